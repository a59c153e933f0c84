/** The modules of torch.nn. https://docs.pytorch.org/docs/2.13/nn.html */
export type * from '../../generated/signatures/nn_calls'; // how modules are called by name
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
export {
  BCELoss,
  BCEWithLogitsLoss,
  type BCEWithLogitsLossOptions,
  CosineEmbeddingLoss,
  CrossEntropyLoss,
  type CrossEntropyLossOptions,
  CTCLoss,
  type CTCLossOptions,
  GaussianNLLLoss,
  type GaussianNLLLossOptions,
  HingeEmbeddingLoss,
  HuberLoss,
  KLDivLoss,
  L1Loss,
  LinearCrossEntropyLoss,
  type LinearCrossEntropyLossOptions,
  type LossOptions,
  MarginRankingLoss,
  MSELoss,
  MultiLabelMarginLoss,
  MultiLabelSoftMarginLoss,
  MultiMarginLoss,
  type MultiMarginLossOptions,
  NLLLoss,
  NLLLoss2d,
  type NLLLossOptions,
  PoissonNLLLoss,
  type PoissonNLLLossOptions,
  SmoothL1Loss,
  SoftMarginLoss,
  TripletMarginLoss,
  type TripletMarginLossOptions,
  TripletMarginWithDistanceLoss,
  type TripletMarginWithDistanceLossOptions,
} from './loss';
export { Module } from './module';
export * from './normalization';
export * from './padding';
export * from './pixelshuffle';
export {
  AdaptiveAvgPool1d,
  AdaptiveAvgPool2d,
  AdaptiveAvgPool3d,
  AdaptiveMaxPool1d,
  AdaptiveMaxPool2d,
  AdaptiveMaxPool3d,
  AvgPool1d,
  type AvgPool1dOptions,
  AvgPool2d,
  AvgPool3d,
  type AvgPoolOptions,
  FractionalMaxPool2d,
  FractionalMaxPool3d,
  type FractionalMaxPoolOptions,
  LPPool1d,
  LPPool2d,
  LPPool3d,
  type LPPoolOptions,
  MaxPool1d,
  MaxPool2d,
  MaxPool3d,
  type MaxPoolOptions,
  MaxUnpool1d,
  MaxUnpool2d,
  MaxUnpool3d,
  type MaxUnpoolOptions,
} from './pooling';
export * from './rnn';
export * from './sparse';
export * from './transformer';
export * from './upsampling';
