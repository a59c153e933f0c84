/** The modules of torch.nn. https://docs.pytorch.org/docs/2.13/nn.html */
export * from './activation';
export * from './adaptive';
export { MultiheadAttention, type MultiheadAttentionOptions } from './attention';
export {
  BatchNorm1d,
  BatchNorm2d,
  BatchNorm3d,
  LazyBatchNorm1d,
  LazyBatchNorm2d,
  LazyBatchNorm3d,
  SyncBatchNorm,
} from './batchnorm';
export * from './channelshuffle';
export * from './container';
export { Conv1d, Conv2d, Conv3d, ConvTranspose1d, ConvTranspose2d, ConvTranspose3d } from './conv';
export * from './distance';
export { AlphaDropout, Dropout, Dropout1d, Dropout2d, Dropout3d, FeatureAlphaDropout } from './dropout';
export * from './flatten';
export * from './fold';
export {
  InstanceNorm1d,
  InstanceNorm2d,
  InstanceNorm3d,
  LazyInstanceNorm1d,
  LazyInstanceNorm2d,
  LazyInstanceNorm3d,
} from './instancenorm';
export * from './lazy_conv';
export { Bilinear, Identity, LazyLinear, Linear } from './linear';
export * from './linear_cross_entropy_options';
export * from './loss';
export { Module } from './module';
export * from './normalization';
export * from './padding';
export * from './pixelshuffle';
export * from './pooling';
export * from './rnn';
export * from './sparse';
export * from './transformer';
export * from './upsampling';
