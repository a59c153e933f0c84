/**
 * torchvision.transforms: the classes of v2, which do what the older ones do on tensors.
 * https://docs.pytorch.org/vision/0.28/transforms.html
 */
export * from './v2';
export * as v2 from './v2';
