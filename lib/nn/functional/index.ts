/** torch.nn.functional, by subject. https://docs.pytorch.org/docs/2.13/nn.functional.html */

export * as grad from '../grad';
export * from './activation';
export * from './attention';
export * from './classification_loss';
export * from './conv';
export * from './distance';
export * from './dropout';
export * from './embedding';
export * from './embedding_loss';
export * from './interpolate';
export * from './linear';
export * from './max_pooling';
export * from './normalization';
export * from './padding';
export * from './pooling';
export * from './regression_loss';
export * from './scaled_mm';
export * from './softmax';
export * from './vision';
