/** The types that generated signatures name. */

export type { DeviceLike, DType, Layout, MemoryFormat, Size } from '../base/types';
export type { Categorical } from '../distributions/categorical';
export type { Distribution } from '../distributions/distribution';
export type { Transform } from '../distributions/transforms/transform';
export type { Argnums } from '../functorch/argnums';
export type { Randomness } from '../functorch/layers';
export type { Dims } from '../functorch/vmap';
export type {
  OptionalSize2,
  OptionalSize3,
  PaddingMode,
  Reduction,
  Size1,
  Size2,
  Size3,
  Size4,
  Size6,
} from '../nn/common_types';
export type { BagMode } from '../nn/functional/embedding';
export type { InterpolationMode } from '../nn/functional/interpolate';
export type { ScalingType, SwizzleType } from '../nn/functional/scaled_mm';
export type { OutputSize } from '../nn/functional/sizes';
export type { GridSampleMode, GridSamplePadding } from '../nn/functional/vision';
export type { FanMode, Nonlinearity } from '../nn/init';
export type { _BatchNorm } from '../nn/modules/batchnorm';
export type { _ConvNd } from '../nn/modules/conv';
export type { Linear } from '../nn/modules/linear';
export type {
  LinearCrossEntropyOptions,
  LinearCrossEntropyOptions as ChunkingOptions,
} from '../nn/modules/linear_cross_entropy_options';
export type { Module } from '../nn/modules/module';
export type { Activation } from '../nn/modules/transformer';
export type { NamedTensors } from '../nn/utils/functional_call';
export type { OrthogonalMap } from '../nn/utils/parametrizations';
export type { Parametrization } from '../nn/utils/parametrize';
export type { BasePruningMethod, PruningTarget } from '../nn/utils/prune';
export type { PackedSequence } from '../nn/utils/rnn';
export type { Params } from '../optim/arguments';
export type { NumberLike } from '../optim/checks';
export type { LrLambda } from '../optim/lr_scheduler/decay';
export type { AnyOptimizer, LRScheduler } from '../optim/lr_scheduler/scheduler';
export type { AvgFn, MultiAvgFn } from '../optim/swa_utils';
export type { Generator } from '../tensor/generator';
export type { Tensor } from '../tensor/tensor';
