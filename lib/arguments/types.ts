/** The types that generated signatures name. */

export type { DeviceLike, DType, Generator, Layout, MemoryFormat, Size } from '../base/types';
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
export type { LinearCrossEntropyOptions } from '../nn/modules/linear_cross_entropy_options';
export type { Module } from '../nn/modules/module';
export type { Activation } from '../nn/modules/transformer';
export type { PackedSequence } from '../nn/utils/rnn';
export type { Tensor } from '../tensor/tensor';
