/** Tensors as pictures in a plot. */

import { dtypes } from '../base/types';
import { keywords, type Values } from '../face/arguments';
import { pngBytes } from '../face/files';
import { tensor } from '../face/tensors';
import type { Tensor } from '../tensor/tensor';
import { Tensor as TensorClass } from '../tensor/tensor';
import { colormap } from './colors';
import { doubles, extent } from './data';

export interface PictureOptions {
  /** Colours for values without colour. */
  cmap?: string;
  /** The values of the first and the last colour; the smallest and the largest by default. */
  vmin?: number | null;
  vmax?: number | null;
}

export interface Picture {
  width: number;
  height: number;
  /** A PNG file as a data URL. */
  source: string;
}

const ofPicture = keywords<PictureOptions>('imshow', { cmap: 'viridis', vmin: null, vmax: null });

const CHANNELS = [1, 3, 4];

/** [height, width], or [height, width, channels], of an image that may also come as PyTorch's [channels, height, width]. */
function channelsLast(image: Tensor): Tensor {
  const { shape } = image;
  if (image.ndim === 2) return image;
  if (image.ndim === 3) {
    const last = CHANNELS.includes(shape[2]!)
      ? image
      : CHANNELS.includes(shape[0]!)
        ? image.permute(1, 2, 0)
        : undefined;
    if (last !== undefined) return last.shape[2] === 1 ? last.squeeze(2) : last;
  }
  throw new TypeError(`Invalid shape (${shape.join(', ')}) for image data`);
}

/** One byte for each channel: values of a colour are bytes, or shares from 0 to 1. */
function colourBytes(image: Tensor): Tensor {
  if (image.dtype === dtypes.uint8) return image;
  const shares = image.to(dtypes.float64).clamp(0, 1);
  return shares.mul(255).round().to(dtypes.uint8);
}

function mapped(image: Tensor, { cmap, vmin, vmax }: Values<PictureOptions>): Tensor {
  const values = doubles(image);
  const [low, high] = extent(values) ?? [0, 1];
  const [from, to] = [vmin ?? low, vmax ?? high];
  const color = colormap(cmap);
  const bytes = new Uint8Array(3 * values.length);
  values.forEach((value, i) => {
    bytes.set(color(to > from ? (value - from) / (to - from) : 0), 3 * i);
  });
  return tensor(bytes).view(...image.shape, 3);
}

export function picture(data: Tensor | readonly (readonly number[])[], given?: PictureOptions): Picture {
  const options = ofPicture.read([given]);
  const pixels = data instanceof TensorClass ? data : tensor(data as number[][]);
  const image = channelsLast(pixels.detach().cpu());
  const [height, width] = image.shape as [number, number];
  const colours = image.ndim === 2 ? mapped(image, options) : colourBytes(image);
  const png = pngBytes(colours.permute(2, 0, 1), 6, 'imshow');
  return { width, height, source: `data:image/png;base64,${Buffer.from(png).toString('base64')}` };
}
