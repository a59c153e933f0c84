/** torch.optim.lr_scheduler. https://docs.pytorch.org/docs/2.13/optim.html#how-to-adjust-learning-rate */
export { ChainedScheduler, SequentialLR } from './composed';
export { CosineAnnealingLR, CosineAnnealingWarmRestarts } from './cosine';
export { CyclicLR, OneCycleLR } from './cyclic';
export { ExponentialLR, LambdaLR, MultiplicativeLR, MultiStepLR, PolynomialLR, StepLR } from './decay';
export { ReduceLROnPlateau } from './plateau';
export { LRScheduler } from './scheduler';
export { ConstantLR, LinearLR } from './warmup';
