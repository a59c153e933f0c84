/** tsorch/notebook: pictures and tables in notebooks, and a way to show values in any kernel. */
import { dtypes } from '../base/types';
import { pngBytes } from '../face/files';
import { kernel, type MimeBundle, plain, display as symbol, tableBundle } from '../face/system';
import type { Tensor } from '../tensor/tensor';
import { utils } from '../vision';

export type { MimeBundle } from '../face/system';

/** Something that shows itself. */
export interface Displayed {
  [symbol](): MimeBundle | Promise<MimeBundle>;
}

/** A picture that shows itself, as a PNG. */
export class Picture implements Displayed {
  constructor(
    readonly width: number,
    readonly height: number,
    readonly png: Uint8Array,
  ) {}

  [symbol](): MimeBundle {
    return { 'text/plain': String(this), 'image/png': Buffer.from(this.png).toString('base64') };
  }

  toString(): string {
    return `<Picture size ${this.width}x${this.height}>`;
  }
}

/** Options of `vision.utils.make_grid`. */
export type PictureOptions = Parameters<typeof utils.make_grid>[1] & object;

/**
 * A tensor as a picture: `[H, W]`, `[C, H, W]` or several as `[N, C, H, W]`, with one or three channels; bytes, or floats
 * from 0 to 1, which `normalize: true` makes of other floats. Needs the package `sharp`.
 */
export function picture(tensor: Tensor, options: PictureOptions = {}): Picture {
  const grid = utils.make_grid(tensor.detach().cpu(), options);
  const bytes = grid.dtype === dtypes.uint8 ? grid : grid.to(dtypes.float32).mul(255).add(0.5).clamp(0, 255);
  const [, height, width] = grid.shape as [number, number, number];
  return new Picture(width, height, pngBytes(bytes.to(dtypes.uint8), 6, 'picture'));
}

/**
 * Rows as a table.
 */
export function table(columns: readonly string[], rows: readonly (readonly unknown[])[]): Displayed {
  const lines = [columns, ...rows].map((row) => row.join('\t'));
  return { [symbol]: () => tableBundle(columns, rows, lines.join('\n')) };
}

/** What a value shows in a notebook, by MIME type: text for what does not say. */
export async function bundleOf(value: unknown): Promise<MimeBundle> {
  const shows = (value as Partial<Displayed> | null | undefined)?.[symbol];
  return typeof shows === 'function' ? await shows.call(value) : plain(value);
}

/** What shows an output: `display` of the package `tslab`. */
export interface Target {
  raw(type: string, data: string): unknown;
}

/** From the richest. */
const TYPES = ['image/svg+xml', 'image/png', 'text/html', 'text/plain'];

/**
 * Shows a value in the middle of a cell: in Deno's kernel `display(figure)`, in tslab `display(figure, tslab.display)`, since
 * tslab does not ask values how they look. Elsewhere its text is printed.
 */
export async function display(value: unknown, target?: Target): Promise<void> {
  const bundle = await bundleOf(value);
  if (target !== undefined) {
    const type = TYPES.find((each) => bundle[each] !== undefined)!;
    target.raw(type, bundle[type]!);
    return;
  }
  const running = kernel();
  if (running === undefined) console.log(bundle['text/plain']);
  else await running.display({ [symbol]: () => bundle });
}
