/** Between dtypes, and between bytes and shares. https://docs.pytorch.org/vision/0.28/transforms.html#conversion */

import { TorchError } from '../../../base/errors';
import { DType, dtypes } from '../../../base/types';
import { REQUIRED, refuse, requireTensor, Signature } from '../../../face/arguments';
import { tensor } from '../../../face/tensors';
import type { Tensor } from '../../../tensor/tensor';

/** [channels, height, width] of an image; batches come before. */
export function dimensionsOf(image: Tensor): [channels: number, height: number, width: number] {
  if (image.ndim < 2) throw new TypeError('Tensor is not a torch image.');
  const [height, width] = image.shape.slice(-2) as [number, number];
  return [image.ndim === 2 ? 1 : image.shape[image.ndim - 3]!, height, width];
}

/** How many bits of an integer dtype hold values. */
export function valueBits(dtype: DType): number {
  switch (dtype) {
    case dtypes.uint8:
      return 8;
    case dtypes.int8:
      return 7;
    case dtypes.int16:
      return 15;
    case dtypes.uint16:
      return 16;
    case dtypes.int32:
      return 31;
    case dtypes.int64:
      return 63;
    default:
      throw new TypeError(`Number of value bits is only defined for integer dtypes, but got ${dtype}.`);
  }
}

/** The brightest value of a dtype: 255 for bytes, 1 for floats. */
export function maxValue(dtype: DType): number {
  if (dtype === dtypes.int64) return 2 ** 63; // as a float; 2^63 − 1 is none
  return dtype.is_floating_point || dtype === dtypes.bool ? 1 : 2 ** valueBits(dtype) - 1;
}

interface DTypeArguments {
  image: Tensor;
  dtype?: DType;
  scale?: boolean;
}

type ScaleOptions = Pick<DTypeArguments, 'scale'>;

type DTypeOptions = Omit<DTypeArguments, 'image'>;

const ofToDtype = new Signature<DTypeArguments>('to_dtype', { image: REQUIRED, dtype: dtypes.float32, scale: false });

/**
 * Another dtype; with `scale` the brightest value of one becomes that of the other.
 * https://docs.pytorch.org/vision/0.28/generated/torchvision.transforms.v2.functional.to_dtype.html
 */
export function to_dtype(
  ...args: [image: Tensor, dtype?: DType | DTypeOptions, scale?: boolean | ScaleOptions] | [args: DTypeArguments]
): Tensor {
  const { image, dtype, scale } = ofToDtype.read(args);
  requireTensor('to_dtype', 'image', image);
  if (!(dtype instanceof DType)) refuse('to_dtype', 'dtype', 'torch.dtype', dtype);
  if (image.dtype === dtype) return image;
  if (!scale) return image.to(dtype);
  const [from, to] = [image.dtype.is_floating_point, dtype.is_floating_point];
  if (from && to) return image.to(dtype);
  if (from) return floatsToIntegers(image, dtype);
  if (to) return image.to(dtype).mul_(1 / maxValue(image.dtype));
  return integersToIntegers(image, dtype);
}

function floatsToIntegers(image: Tensor, dtype: DType): Tensor {
  const imprecise = image.dtype === dtypes.float32 && (dtype === dtypes.int32 || dtype === dtypes.int64);
  if (imprecise || (image.dtype === dtypes.float64 && dtype === dtypes.int64)) {
    throw new TorchError(`The conversion from ${image.dtype} to ${dtype} cannot be performed safely.`);
  }
  return image.mul(maxValue(dtype) + 1 - 1e-3).to(dtype);
}

function integersToIntegers(image: Tensor, dtype: DType): Tensor {
  const difference = valueBits(image.dtype) - valueBits(dtype);
  // uint16 has no shifts.
  if (difference > 0) {
    const shifts = image.dtype !== dtypes.uint16;
    return (shifts ? image.bitwise_right_shift(difference) : image.div(2 ** difference)).to(dtype);
  }
  const wide = image.to(dtype);
  return dtype === dtypes.uint16 ? wide.mul(2 ** -difference) : wide.bitwise_left_shift_(-difference);
}

/** `to_dtype` with scaling. */
export function convert_image_dtype(image: Tensor, dtype: DType = dtypes.float32): Tensor {
  requireTensor('convert_image_dtype', 'image', image);
  if (!(dtype instanceof DType)) refuse('convert_image_dtype', 'dtype', 'torch.dtype', dtype);
  return to_dtype(image, dtype, true);
}

/** Bytes to floats from 0 to 1; floats stay. A matrix is a grey image. */
export function to_tensor(image: Tensor): Tensor {
  requireTensor('to_tensor', 'image', image);
  const withChannels = image.ndim === 2 ? image.unsqueeze(0) : image;
  return withChannels.dtype === dtypes.uint8 ? withChannels.to(dtypes.float32).div_(255) : withChannels;
}

/** The image as it is: images are tensors here. */
export function to_image(image: Tensor): Tensor {
  requireTensor('to_image', 'image', image);
  return image.ndim === 2 ? image.unsqueeze(0) : image;
}

/** The image as it is, which is a uint8 tensor already. */
export function pil_to_tensor(image: Tensor): Tensor {
  requireTensor('pil_to_tensor', 'image', image);
  return to_image(image);
}

/** Bytes from floats of 0 to 1, which is what an image in a file has. */
export function to_pil_image(image: Tensor): Tensor {
  requireTensor('to_pil_image', 'image', image);
  const whole = to_image(image);
  return whole.dtype.is_floating_point ? whole.mul(255).to(dtypes.uint8) : whole;
}

/**
 * (image − mean) / std, for each channel; floats only.
 * https://docs.pytorch.org/vision/0.28/generated/torchvision.transforms.v2.functional.normalize.html
 */
export function normalize(
  image: Tensor,
  mean: readonly number[],
  std: readonly number[],
  inplace: boolean | { inplace?: boolean } = false,
): Tensor {
  requireTensor('normalize', 'image', image);
  if (!image.dtype.is_floating_point) throw new TypeError(`Input tensor should be a float tensor. Got ${image.dtype}.`);
  if (image.ndim < 3) {
    const shape = `torch.Size([${image.shape.join(', ')}])`;
    throw new RangeError(`Expected tensor to be a tensor image of size (..., C, H, W). Got ${shape}.`);
  }
  if (std.some((value) => value === 0)) throw new RangeError('std evaluated to zero, leading to division by zero.');
  const { dtype, device } = image;
  const perChannel = (values: readonly number[]) => tensor([...values], { dtype, device }).view(-1, 1, 1);
  const isInplace = typeof inplace === 'boolean' ? inplace : (inplace.inplace ?? false);
  const centred = isInplace ? image.sub_(perChannel(mean)) : image.sub(perChannel(mean));
  return centred.div_(perChannel(std));
}
