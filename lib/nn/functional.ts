/** torch.nn.functional, by subject. https://docs.pytorch.org/docs/2.13/nn.functional.html */

export * from './functional/activation';
export * from './functional/attention';
export * from './functional/classification_loss';
export * from './functional/conv';
export * from './functional/distance';
export * from './functional/dropout';
export * from './functional/embedding';
export * from './functional/embedding_loss';
export * from './functional/interpolate';
export * from './functional/linear';
export * from './functional/max_pooling';
export * from './functional/normalization';
export * from './functional/padding';
export * from './functional/pooling';
export * from './functional/regression_loss';
export * from './functional/scaled_mm';
export * from './functional/softmax';
export * from './functional/vision';
export * as grad from './grad';
