/** Sizes of kernels, strides and paddings: one number for every dimension, or one a dimension. */

export type Size1 = number | readonly [number];
export type Size2 = number | readonly [number, number];
export type Size3 = number | readonly [number, number, number];
export type Size4 = number | readonly [number, number, number, number];
export type Size6 = number | readonly [number, number, number, number, number, number];

/** Sizes that may be left to the input. */
export type OptionalSize2 = number | null | readonly [number | null, number | null];
export type OptionalSize3 = number | null | readonly [number | null, number | null, number | null];

/** How the losses of elements become one number. */
export type Reduction = 'none' | 'mean' | 'sum';

/** What lies beyond the border of an input. */
export type PaddingMode = 'zeros' | 'reflect' | 'replicate' | 'circular';
