/** Where and in which dtype modules make their parameters. */
import type { DeviceLike, DType } from '../base/types';

export interface FactoryOptions {
  device?: DeviceLike | null;
  dtype?: DType | null;
}

/** The values of a factory's options. */
export type Factory = { device: DeviceLike | null; dtype: DType | null };
