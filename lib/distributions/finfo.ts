import type { DType } from '../base/types';

/** Limits of a floating point dtype. */
export interface FloatInfo {
  /** The distance from 1 to the next larger number. */
  readonly eps: number;
  /** The smallest normal number. */
  readonly tiny: number;
  readonly max: number;
}

const limits: Partial<Record<string, FloatInfo>> = {
  float64: { eps: 2 ** -52, tiny: 2 ** -1022, max: Number.MAX_VALUE },
  float32: { eps: 2 ** -23, tiny: 2 ** -126, max: (2 - 2 ** -23) * 2 ** 127 },
  float16: { eps: 2 ** -10, tiny: 2 ** -14, max: 65504 },
  bfloat16: { eps: 2 ** -7, tiny: 2 ** -126, max: (2 - 2 ** -7) * 2 ** 127 },
};

/** The limits of a dtype, `torch.finfo` in Python. */
export function finfo(dtype: DType): FloatInfo {
  const info = limits[dtype.to_real().name];
  if (info === undefined) throw new TypeError(`torch.finfo() requires a floating point input type.`);
  return info;
}
