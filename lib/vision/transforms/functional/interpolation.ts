/** How values between pixels are found. https://docs.pytorch.org/vision/0.28/transforms.html */
export const InterpolationMode = {
  NEAREST: 'nearest',
  NEAREST_EXACT: 'nearest-exact',
  BILINEAR: 'bilinear',
  BICUBIC: 'bicubic',
  BOX: 'box',
  HAMMING: 'hamming',
  LANCZOS: 'lanczos',
} as const;

export type InterpolationMode = (typeof InterpolationMode)[keyof typeof InterpolationMode];

export type PaddingMode = 'constant' | 'edge' | 'reflect' | 'symmetric';

/** The value outside an image: one, or one for each channel; null for zero without a soft edge. */
export type Fill = number | readonly number[] | null;

/** One number, or one for height and width. */
export type Size = number | readonly number[];

export function checkInterpolation(mode: InterpolationMode): InterpolationMode {
  const modes = Object.values(InterpolationMode);
  if (modes.includes(mode)) return mode;
  const known = modes.map((name) => `'${name}'`).join(', ');
  throw new RangeError(`Invalid interpolation mode: '${mode}'. Supported string values are: [${known}].`);
}
