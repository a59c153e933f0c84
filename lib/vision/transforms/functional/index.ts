/** Transforms as functions. https://docs.pytorch.org/vision/0.28/transforms.html#functional-transforms */
export * from './affine';
export * from './color';
export {
  center_crop,
  crop,
  erase,
  five_crop,
  get_dimensions,
  get_size,
  hflip,
  horizontal_flip,
  type PadOptions,
  pad,
  type ResizeOptions,
  resize,
  resized_crop,
  ten_crop,
  vertical_flip,
  vflip,
} from './geometry';
export { type Fill, InterpolationMode, type PaddingMode, type Size } from './interpolation';
export {
  convert_image_dtype,
  normalize,
  pil_to_tensor,
  to_dtype,
  to_image,
  to_pil_image,
  to_tensor,
} from './types';
