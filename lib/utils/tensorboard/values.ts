/** What SummaryWriter takes as numbers and tensors. */

import { AssertionError } from '../../base/errors';
import { dtypes } from '../../base/types';
import { callOperator, tensor } from '../../face/tensors';
import { Tensor } from '../../tensor/tensor';

/** A number, or a tensor with one element. */
export type Scalar = number | bigint | boolean | Tensor;

/** A tensor, or what makes one. */
export type TensorLike = Tensor | ArrayBufferView | readonly number[] | readonly (readonly number[])[];

export function scalarOf(value: Scalar): number {
  if (!(value instanceof Tensor)) return Number(value);
  if (value.numel() !== 1) {
    const { shape } = value;
    throw new AssertionError(`Tensor should contain one element (0 dimensions). Was given size: (${shape.join(', ')})`);
  }
  return Number(value.detach().item());
}

export function tensorOf(value: TensorLike): Tensor {
  return value instanceof Tensor ? value.detach().cpu() : tensor(value as number[]);
}

/** All elements as doubles. */
export function elements(value: TensorLike): Float64Array {
  return tensorOf(value).to(dtypes.float64).contiguous().typed_array() as Float64Array;
}

/** Bytes from shares of 0 to 1, or from bytes. */
function pixelBytes(image: Tensor): Tensor {
  if (image.dtype === dtypes.uint8) return image;
  return image.to(dtypes.float32).mul(255).clamp(0, 255).to(dtypes.uint8);
}

/** A uint8 [channels, height, width] of images in any order of dimensions, several of them side by side. */
export function imageOf(value: TensorLike, dataformats: string): Tensor {
  const image = tensorOf(value);
  const format = dataformats.toUpperCase();
  if (new Set(format).size !== format.length) {
    throw new AssertionError(`You can not use the same dimension shorthand twice. input_format: ${dataformats}`);
  }
  if (image.ndim !== format.length) {
    throw new AssertionError(
      `size of input tensor and input format are different. tensor shape: (${image.shape.join(', ')}), input_format: ${dataformats}`,
    );
  }
  const order = (names: string) => image.permute(...[...names].map((name) => format.indexOf(name)));
  if (format.length === 4) return pixelBytes(imageGrid(order('NCHW')));
  if (format.length === 3) return pixelBytes(coloured(order('CHW')));
  return pixelBytes(order('HW').expand(3, -1, -1));
}

/** Grey images become three equal channels. */
function coloured(image: Tensor): Tensor {
  return image.shape[0] === 1 ? image.expand(3, -1, -1) : image;
}

/** [N, 1 or 3, H, W] as one picture, `columns` in a row, the rest black. */
export function imageGrid(images: Tensor, columns = 8): Tensor {
  const [count, channels, height, width] = images.shape as [number, number, number, number];
  if (channels !== 1 && channels !== 3) throw new AssertionError('Input should be a 4D array with 1 or 3 channels');
  const across = Math.min(count, columns);
  const down = Math.ceil(count / across);
  const padded =
    down * across === count
      ? images
      : callOperator<Tensor>('constant_pad_nd', images, [0, 0, 0, 0, 0, 0, 0, down * across - count], 0);
  const rows = padded.expand(-1, 3, -1, -1).reshape(down, across, 3, height, width);
  return rows.permute(2, 0, 3, 1, 4).reshape(3, down * height, across * width);
}
