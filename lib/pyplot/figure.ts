/** A sheet with plots. https://matplotlib.org/stable/api/figure_api.html */

import { writeFileSync } from 'node:fs';
import { extname } from 'node:path';
import { keywords, requireCount } from '../face/arguments';
import { decode_image, runCodec } from '../face/files';
import { display, type MimeBundle } from '../face/system';
import { tensor } from '../face/tensors';
import type { Tensor } from '../tensor/tensor';
import { Axes } from './axes';
import type { Cell } from './layout';
import { type Plot, renderSvg } from './render';

export interface FigureOptions {
  /** Width and height in inches of 100 pixels. */
  figsize?: [number, number];
}

export interface SaveOptions {
  /** By default what the file's name ends in. */
  format?: 'svg' | 'png';
  /** Dots an inch of a PNG. */
  dpi?: number;
}

const ofFigure = keywords<FigureOptions>('Figure', { figsize: [6.4, 4.8] });

/** Pixels of an inch. */
const INCH = 100;

/** A picture with one plot or a table of them. */
export class Figure {
  private readonly plots: Plot[] = [];
  private title = '';
  readonly figsize: [number, number];

  constructor(options?: FigureOptions) {
    this.figsize = ofFigure.read([options]).figsize;
  }

  get axes(): Axes[] {
    return this.plots.map(({ axes }) => axes);
  }

  /** The plot at place `index` (from 1, row by row) of a table of plots. */
  add_subplot(rows = 1, columns = 1, index = 1): Axes {
    for (const [name, value] of Object.entries({ rows, columns, index })) requireCount('add_subplot', name, value);
    if (!(index >= 1 && index <= rows * columns)) {
      throw new RangeError(`num must be an integer with 1 <= num <= ${rows * columns}, not ${index}`);
    }
    const cell: Cell = { row: Math.floor((index - 1) / columns), column: (index - 1) % columns, rows, columns };
    const same = (other: Cell) => (Object.keys(cell) as (keyof Cell)[]).every((key) => cell[key] === other[key]);
    const found = this.plots.find((plot) => same(plot.cell));
    if (found !== undefined) return found.axes;
    const axes = new Axes();
    this.plots.push({ axes, cell });
    return axes;
  }

  /** A table of plots, row by row. */
  subplots(rows = 1, columns = 1): Axes[][] {
    for (const count of [rows, columns]) {
      if (Number.isInteger(count) && count > 0 && count <= 1000) continue;
      throw new RangeError(
        `subplots(): numbers of rows and columns must be positive integers, got ${rows} and ${columns}`,
      );
    }
    return Array.from({ length: rows }, (_, row) =>
      Array.from({ length: columns }, (_, column) => this.add_subplot(rows, columns, row * columns + column + 1)),
    );
  }

  /** Writes a title above all plots. */
  suptitle(text: string): void {
    this.title = text;
  }

  /** Removes all plots. */
  clear(): void {
    this.plots.length = 0;
    this.title = '';
  }

  /** The figure as an SVG document. Needs the package `echarts`. */
  to_svg(): string {
    return renderSvg(this.plots, this.title, this.figsize[0] * INCH, this.figsize[1] * INCH);
  }

  /** As notebooks show it: the drawing. */
  [display](): MimeBundle {
    const [width, height] = this.figsize.map((inches) => Math.round(inches * INCH));
    const text = `<Figure size ${width}x${height} with ${this.plots.length} Axes>`;
    return { 'text/plain': text, 'image/svg+xml': this.to_svg() };
  }

  /** The figure as a PNG file. Needs `echarts` and `sharp`. */
  to_png(dpi = INCH): Uint8Array {
    return runCodec<Uint8Array>('to_png', 'rasterize', this.to_svg(), dpi / INCH);
  }

  /** The figure's pixels: uint8 [3, height, width]. */
  to_image(dpi = INCH): Tensor {
    return decode_image(tensor(this.to_png(dpi)), { mode: 'RGB' });
  }

  /** Writes an SVG or a PNG. https://matplotlib.org/stable/api/_as_gen/matplotlib.figure.Figure.savefig.html */
  savefig(path: string, { format, dpi }: SaveOptions = {}): void {
    const kind = format ?? extname(path).slice(1).toLowerCase();
    if (kind !== 'svg' && kind !== 'png') {
      throw new RangeError(`Format '${kind}' is not supported (supported formats: png, svg)`);
    }
    writeFileSync(path, kind === 'svg' ? this.to_svg() : this.to_png(dpi));
  }
}
