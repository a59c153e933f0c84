/** What tutorials take from torchvision. https://docs.pytorch.org/vision/0.28/ */
export * as datasets from './datasets';
export * as io from './io';
export * as models from './models';
export * as transforms from './transforms';
export * as utils from './utils';
