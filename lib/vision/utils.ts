/** torchvision.utils. https://docs.pytorch.org/vision/0.28/utils.html */

import { writeFileSync } from 'node:fs';
import { extname } from 'node:path';
import { dtypes } from '../base/types';
import { REQUIRED, requireTensors, Signature } from '../face/arguments';
import { jpegBytes, pngBytes } from '../face/files';
import { _torch, tensor } from '../face/tensors';
import { Tensor } from '../tensor/tensor';

export interface GridOptions {
  /** Images in a row. */
  nrow?: number;
  padding?: number;
  /** Brings the values to 0 to 1. */
  normalize?: boolean;
  /** What becomes 0 and 1; the smallest and the largest value by default. */
  value_range?: readonly [number, number] | null;
  /** Each image by its own range. */
  scale_each?: boolean;
  pad_value?: number;
}

type Images = Tensor | readonly Tensor[];

const gridDefaults = {
  nrow: 8,
  padding: 2,
  normalize: false,
  value_range: null,
  scale_each: false,
  pad_value: 0,
};
const ofMakeGrid = new Signature<GridOptions & { tensor: Images }>('make_grid', { tensor: REQUIRED, ...gridDefaults });

/** Lists, single images and grey ones as [N, 3, height, width]. */
function asBatch(name: string, images: Images): Tensor {
  if (!(images instanceof Tensor)) requireTensors(name, 'images', images);
  let batch = images instanceof Tensor ? images : _torch.stack([...images], 0);
  if (batch.ndim === 2) batch = batch.unsqueeze(0);
  if (batch.ndim === 3) batch = batch.unsqueeze(0);
  return batch.ndim === 4 && batch.shape[1] === 1 ? _torch.cat([batch, batch, batch], 1) : batch;
}

function scaleInPlace(image: Tensor, range: readonly [number, number] | null): void {
  const [low, high] = range ?? [image.min().item() as number, image.max().item() as number];
  image
    .clamp_(low, high)
    .sub_(low)
    .div_(Math.max(high - low, 1e-5));
}

/**
 * Images side by side in one: [3, height, width].
 * https://docs.pytorch.org/vision/0.28/generated/torchvision.utils.make_grid.html
 */
export function make_grid(
  ...args: [
    tensor: Images | (GridOptions & { tensor: Images }),
    nrow?: number | GridOptions,
    padding?: number | GridOptions,
    normalize?: boolean | GridOptions,
    value_range?: readonly [number, number] | null | GridOptions,
    scale_each?: boolean | GridOptions,
    pad_value?: number | GridOptions,
  ]
): Tensor {
  const { tensor, nrow, padding, normalize, value_range, scale_each, pad_value } = ofMakeGrid.read(args);
  let batch = asBatch('make_grid', tensor);
  if (normalize) {
    batch = batch.clone();
    if (scale_each) for (const image of batch) scaleInPlace(image, value_range);
    else scaleInPlace(batch, value_range);
  }
  const [count, channels, height, width] = batch.shape as [number, number, number, number];
  if (count === 1) return batch.squeeze(0);
  const columns = Math.min(nrow, count);
  const rows = Math.ceil(count / columns);
  const [down, across] = [height + padding, width + padding];
  const grid = batch.new_full([channels, rows * down + padding, columns * across + padding], pad_value);
  batch.unbind(0).forEach((image, i) => {
    const place = grid.narrow(1, Math.floor(i / columns) * down + padding, height);
    place.narrow(2, (i % columns) * across + padding, width).copy_(image);
  });
  return grid;
}

export interface SaveImageOptions extends GridOptions {
  /** By default what the file's name ends in. */
  format?: string | null;
}

interface SaveImageArguments extends SaveImageOptions {
  tensor: Images;
  fp: string;
}

const ofSaveImage = new Signature<SaveImageArguments>(
  'save_image',
  { tensor: REQUIRED, fp: REQUIRED, format: null, ...gridDefaults },
  Object.keys(gridDefaults).length,
);

/**
 * Writes images, with values from 0 to 1 or bytes, as one PNG or JPEG file.
 * https://docs.pytorch.org/vision/0.28/generated/torchvision.utils.save_image.html
 */
export function save_image(
  ...args:
    | [
        tensor: Images,
        fp: string | (SaveImageOptions & { fp: string }),
        format?: string | null | SaveImageOptions,
        options?: GridOptions,
      ]
    | [args: SaveImageArguments]
): void {
  const { fp, format, ...gridArguments } = ofSaveImage.read(args);
  const kind = (format ?? extname(fp).slice(1)).toLowerCase();
  const grid = make_grid(gridArguments).detach();
  const isBytes = grid.dtype === dtypes.uint8;
  const bytes = isBytes ? grid : grid.to(dtypes.float32).mul(255).add_(0.5).clamp_(0, 255).to(dtypes.uint8);
  if (kind === 'png') writeFileSync(fp, pngBytes(bytes, 6, 'save_image'));
  else if (kind === 'jpg' || kind === 'jpeg') writeFileSync(fp, jpegBytes(bytes));
  else throw new RangeError(`unknown file extension: .${kind} (png, jpg and jpeg are known)`);
}

export interface BoxOptions {
  /** Red, green, blue: one colour, or one for each box. */
  colors?: readonly number[] | readonly (readonly number[])[] | null;
  width?: number;
  fill?: boolean;
}

interface BoxArguments extends BoxOptions {
  image: Tensor;
  boxes: Tensor;
}

const ofBoxes = new Signature<BoxArguments>(
  'draw_bounding_boxes',
  { image: REQUIRED, boxes: REQUIRED, colors: null, fill: false, width: 1 },
  3,
  { image: 'Tensor', boxes: 'Tensor' },
);

/**
 * Rectangles [N, 4] (left, top, right, bottom) drawn into a copy of a uint8 or float image [3, height, width].
 * https://docs.pytorch.org/vision/0.28/generated/torchvision.utils.draw_bounding_boxes.html
 */
export function draw_bounding_boxes(
  ...args:
    | [image: Tensor, boxes: Tensor | (BoxOptions & { boxes: Tensor }), options?: BoxOptions]
    | [args: BoxArguments]
): Tensor {
  const { image, boxes, colors, width, fill } = ofBoxes.read(args);
  if (image.ndim !== 3 || image.shape[0] !== 3) throw new RangeError('Pass individual images, not batches');
  const drawn = image.clone();
  const [, height, across] = image.shape as [number, number, number];
  const inside = (value: number, end: number) => Math.min(Math.max(Math.round(value), 0), end);
  (boxes.tolist() as number[][]).forEach(([left, top, right, bottom], i) => {
    if (left! > right! || top! > bottom!) throw new RangeError('Boxes need to be in (xmin, ymin, xmax, ymax) format.');
    const colour = colourOf(colors, i);
    const paint = (x1: number, y1: number, x2: number, y2: number, share = 1) => {
      const [fromX, toX] = [inside(x1, across), inside(x2, across)];
      const [fromY, toY] = [inside(y1, height), inside(y2, height)];
      if (fromX >= toX || fromY >= toY) return;
      const part = drawn.narrow(1, fromY, toY - fromY).narrow(2, fromX, toX - fromX);
      const scale = image.dtype.is_floating_point ? 1 / 255 : 1;
      const value = tensor([...colour], { dtype: dtypes.float32 })
        .mul(scale)
        .view(3, 1, 1);
      part.copy_(
        part
          .to(dtypes.float32)
          .mul(1 - share)
          .add(value.mul(share)),
      );
    };
    if (fill) paint(left!, top!, right! + 1, bottom! + 1, 100 / 255);
    paint(left!, top!, right! + 1, top! + width);
    paint(left!, bottom! + 1 - width, right! + 1, bottom! + 1);
    paint(left!, top!, left! + width, bottom! + 1);
    paint(right! + 1 - width, top!, right! + 1, bottom! + 1);
  });
  return drawn;
}

function colourOf(colors: BoxOptions['colors'], i: number): readonly number[] {
  if (!colors) return [255, 0, 0];
  const first = colors[0];
  if (typeof first === 'number') return colors as readonly number[];
  const list = colors as readonly (readonly number[])[];
  if (i >= list.length) throw new RangeError(`Number of colors must be equal or larger than the number of objects`);
  return list[i]!;
}
