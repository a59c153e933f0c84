/** One plot. https://matplotlib.org/stable/api/axes_api.html */
import { type Values as Given, isOptions, keywords, requireList, requireNumbers } from '../face/arguments';
import { Tensor } from '../tensor/tensor';
import { type Artist, coordinates } from './artists';
import { colormap, css, cycle } from './colors';
import { extent, histogram, isValues, numbers, type Values } from './data';
import { type LineStyle, type Marker, parseFormat } from './format';
import { type PictureOptions, picture } from './picture';

/** Pixels of one of matplotlib's points, at 100 dots an inch. */
const POINT = 100 / 72;

interface StyleOptions {
  /** What the legend says. */
  label?: string | null;
  /** The next one of the cycle by default. */
  color?: string | null;
  alpha?: number;
}

export interface LineOptions extends StyleOptions {
  /** In points. */
  linewidth?: number | null;
  lw?: number;
  linestyle?: LineStyle | null;
  ls?: LineStyle;
  marker?: Marker;
  markersize?: number;
}

export interface ScatterOptions extends StyleOptions {
  /** Area in square points. */
  s?: number;
  /** A colour, or a value for each point, which `cmap` gives a colour. */
  c?: string | Values | null;
  cmap?: string;
  marker?: Marker;
}

export interface BarOptions extends StyleOptions {
  edgecolor?: string | null;
  width?: number;
  bottom?: number;
}

export interface HistOptions extends StyleOptions {
  /** How many, or their edges. */
  bins?: number | number[];
  range?: [number, number] | null;
  /** Areas that sum to one, not counts. */
  density?: boolean;
  edgecolor?: string | null;
}

export interface ConfusionOptions {
  display_labels?: readonly (string | number)[] | null;
  cmap?: string;
  /** Whether the numbers are written into the cells. */
  include_values?: boolean;
}

export interface TitleOptions {
  color?: string;
  fontsize?: number;
}

export interface TextOptions extends TitleOptions {
  ha?: 'left' | 'center' | 'right';
  va?: 'top' | 'center' | 'bottom';
}

export type Scale = 'linear' | 'log';

const style = { label: null, color: null, alpha: 1 };
const line = { ...style, linewidth: null, lw: 1.5, linestyle: null, ls: '-', marker: '', markersize: 6 };
const ofPlot = keywords<LineOptions>('plot', line);
const ofScatter = keywords<ScatterOptions>('scatter', { ...style, s: 36, c: null, cmap: 'viridis', marker: 'o' });
const ofBar = keywords<BarOptions>('bar', { ...style, edgecolor: null, width: 0.8, bottom: 0 });
const ofHist = keywords<HistOptions>('hist', { ...style, bins: 10, range: null, density: false, edgecolor: null });
const ofMatrix = keywords<ConfusionOptions>('confusion_matrix', {
  display_labels: null,
  cmap: 'Blues',
  include_values: true,
});
const ofArea = keywords<StyleOptions>('fill_between', style);
const ofHorizontal = keywords<LineOptions & { y?: number }>('axhline', { ...line, y: 0 });
const ofVertical = keywords<LineOptions & { x?: number }>('axvline', { ...line, x: 0 });
const ofText = keywords<TextOptions>('text', { color: 'black', fontsize: 10, ha: 'left', va: 'bottom' });
const ofTitle = keywords<TitleOptions>('set_title', { color: 'black', fontsize: 12 });

/** One direction of a plot. */
export class Axis {
  label = '';
  scale: Scale = 'linear';
  inverted = false;
  limits: [number, number] | undefined;
  ticks: number[] | undefined;
  tickLabels: string[] | undefined;
}

/** A plot in a Figure. Methods have matplotlib's names and arguments, and return nothing where nobody uses it. */
export class Axes {
  /** What is drawn; read by render.ts. */
  readonly artists: Artist[] = [];
  readonly xaxis = new Axis();
  readonly yaxis = new Axis();
  title = '';
  titleStyle: Required<TitleOptions> = { color: 'black', fontsize: 12 };
  shown = true;
  hasGrid = false;
  hasLegend = false;
  /** Whether a unit is as long on one axis as on the other. */
  equal = false;
  private colored = 0;

  /**
   * Lines through points: `plot(y)`, `plot(x, y)`, `plot(x, y, 'r--', { label })`. A y of two dimensions has a line in
   * each column. https://matplotlib.org/stable/api/_as_gen/matplotlib.axes.Axes.plot.html
   */
  plot(...args: (Values | string | LineOptions | undefined)[]): void {
    const data = args.filter(isValues);
    const format = parseFormat(args.find((value) => typeof value === 'string') ?? '');
    const options = ofPlot.read([{ ...format, ...(args.find(isOptions) as LineOptions | undefined) }]);
    if (data.length < 1 || data.length > 2) throw new TypeError(`plot() takes y, or x and y, not ${data.length} lists`);
    const y = data[data.length - 1]!;
    const columns = y instanceof Tensor && y.ndim === 2 ? y.unbind(1) : [y];
    for (const column of columns) this.line(data.length === 2 ? data[0] : undefined, column, options);
  }

  private line(x: Values | undefined, y: Values, options: Given<LineOptions>): void {
    this.artists.push({
      kind: 'line',
      points: pairs(x, y),
      width: POINT * (options.linewidth ?? options.lw),
      linestyle: options.linestyle ?? options.ls,
      marker: options.marker,
      markersize: POINT * options.markersize,
      ...this.common(options),
    });
  }

  /** Points. https://matplotlib.org/stable/api/_as_gen/matplotlib.axes.Axes.scatter.html */
  scatter(x: Values, y: Values, given?: ScatterOptions): void {
    const { s, c, marker, cmap, ...style } = ofScatter.read([given]);
    this.artists.push({
      kind: 'points',
      points: pairs(x, y),
      size: POINT * Math.sqrt(s),
      marker,
      ...(isValues(c) ? { colors: mappedColors(numbers(c), cmap) } : {}),
      ...this.common(typeof c === 'string' ? { ...style, color: c } : style),
    });
  }

  /** Bars at numbers or names. https://matplotlib.org/stable/api/_as_gen/matplotlib.axes.Axes.bar.html */
  bar(x: Values | readonly string[], height: Values, given?: BarOptions): void {
    const { width, bottom, edgecolor, ...style } = ofBar.read([given]);
    const places = Array.isArray(x) && typeof x[0] === 'string' ? this.names(x as string[]) : numbers(x as Values);
    const heights = sameLength(places, numbers(height));
    const boxes = places.map((at, i): [number, number, number, number] => [
      at - width / 2,
      at + width / 2,
      bottom,
      bottom + heights[i]!,
    ]);
    this.artists.push({ kind: 'boxes', boxes, ...edge(edgecolor), ...this.common(style) });
  }

  private names(names: string[]): number[] {
    this.set_xticks(
      names.map((_, i) => i),
      names,
    );
    return names.map((_, i) => i);
  }

  /**
   * How often values fall into each bin; returns the heights and the edges.
   * https://matplotlib.org/stable/api/_as_gen/matplotlib.axes.Axes.hist.html
   */
  hist(x: Values, bins?: number | number[] | HistOptions, given?: HistOptions): [number[], number[]] {
    const options = ofHist.read([isOptions(bins) ? bins : { bins, ...given }]);
    const { counts, edges } = histogram(numbers(x), options.bins, options.range);
    const total = counts.reduce((sum, count) => sum + count, 0);
    const heights = options.density ? counts.map((count, i) => count / total / (edges[i + 1]! - edges[i]!)) : counts;
    const boxes = heights.map((height, i): [number, number, number, number] => [edges[i]!, edges[i + 1]!, 0, height]);
    this.artists.push({ kind: 'boxes', boxes, ...edge(options.edgecolor), ...this.common(options) });
    return [heights, edges];
  }

  /**
   * A picture: [height, width] in the colours of `cmap`; [height, width, 3 or 4], or PyTorch's [channels, height, width],
   * of bytes or of floats from 0 to 1. https://matplotlib.org/stable/api/_as_gen/matplotlib.axes.Axes.imshow.html
   */
  imshow(image: Tensor | readonly (readonly number[])[], given?: PictureOptions): void {
    const { width, height, source } = picture(image, given);
    this.artists.push({ kind: 'image', left: -0.5, right: width - 0.5, bottom: height - 0.5, top: -0.5, source });
    this.yaxis.inverted = true;
    this.equal = true;
  }

  /** `imshow` for a matrix, with a tick for each of its rows and columns. */
  matshow(matrix: Tensor | readonly (readonly number[])[], options?: PictureOptions): void {
    this.imshow(matrix, options);
  }

  /**
   * How often each class (rows) was taken for each (columns): [classes, classes].
   * https://scikit-learn.org/stable/modules/generated/sklearn.metrics.ConfusionMatrixDisplay.html
   */
  confusion_matrix(matrix: Tensor | readonly (readonly number[])[], given?: ConfusionOptions): void {
    const { display_labels, cmap, include_values } = ofMatrix.read([given]);
    const rows = (matrix instanceof Tensor ? matrix.tolist() : matrix) as number[][];
    requireList('confusion_matrix', 'matrix', rows);
    for (const row of rows) requireList('confusion_matrix', 'matrix', row);
    const labels = (display_labels ?? rows.map((_, i) => i)).map(String);
    this.imshow(rows, { cmap });
    const places = labels.map((_, i) => i);
    this.set_xticks(places, labels);
    this.set_yticks(places, labels);
    this.set_xlabel('Predicted label');
    this.set_ylabel('True label');
    if (!include_values) return;
    const [low, high] = extent(rows.flat()) ?? [0, 1];
    rows.forEach((row, y) => {
      row.forEach((value, x) => {
        const text = Number.isInteger(value) ? String(value) : value.toFixed(2);
        this.text(x, y, text, { ha: 'center', va: 'center', color: value > (low + high) / 2 ? 'white' : 'black' });
      });
    });
  }

  /** The area between two curves. https://matplotlib.org/stable/api/_as_gen/matplotlib.axes.Axes.fill_between.html */
  fill_between(x: Values, y1: Values, y2: Values | number = 0, given?: StyleOptions): void {
    const upper = pairs(x, y1);
    const below = typeof y2 === 'number' ? upper.map(() => y2) : numbers(y2);
    const lower = upper.map(([at], i): [number, number] => [at, below[i]!]);
    this.artists.push({ kind: 'area', points: [...upper, ...lower.reverse()], ...this.common(ofArea.read([given])) });
  }

  /** A horizontal line across the plot. */
  axhline(y: number | (LineOptions & { y?: number }) = 0, given?: LineOptions): void {
    const options = ofHorizontal.read([typeof y === 'number' ? { ...given, y } : y]);
    this.rule('y', options.y, options);
  }

  /** A vertical line across the plot. */
  axvline(x: number | (LineOptions & { x?: number }) = 0, given?: LineOptions): void {
    const options = ofVertical.read([typeof x === 'number' ? { ...given, x } : x]);
    this.rule('x', options.x, options);
  }

  private rule(axis: 'x' | 'y', at: number, options: Given<LineOptions>): void {
    const linestyle = options.linestyle ?? options.ls;
    const width = POINT * (options.linewidth ?? options.lw);
    this.artists.push({ kind: 'rule', axis, at, width, linestyle, ...this.common(options) });
  }

  /** Writes text at a point of the data. */
  text(x: number, y: number, text: string, given?: TextOptions): void {
    const { color, fontsize, ha, va } = ofText.read([given]);
    this.artists.push({ kind: 'text', x, y, text, color: css(color), fontsize, ha, va });
  }

  /** Writes a title above the plot. */
  set_title(title: string, options?: TitleOptions): void {
    const { color, fontsize } = ofTitle.read([options]);
    this.title = title;
    this.titleStyle = { color: css(color), fontsize };
  }

  /** Names the x axis. */
  set_xlabel(label: string): void {
    this.xaxis.label = label;
  }

  /** Names the y axis. */
  set_ylabel(label: string): void {
    this.yaxis.label = label;
  }

  /** Sets where the x axis begins and ends. */
  set_xlim(left: number, right: number): void {
    setLimits(this.xaxis, left, right);
  }

  /** Sets where the y axis begins and ends. */
  set_ylim(bottom: number, top: number): void {
    setLimits(this.yaxis, bottom, top);
  }

  /** 'linear' or 'log'. */
  set_xscale(scale: Scale): void {
    this.xaxis.scale = scale;
  }

  /** 'linear' or 'log'. */
  set_yscale(scale: Scale): void {
    this.yaxis.scale = scale;
  }

  /** Sets where the x axis has marks, and what they say. */
  set_xticks(ticks: Values, labels?: readonly string[]): void {
    if (labels !== undefined) requireList('xticks', 'labels', labels);
    setTicks(this.xaxis, ticks, labels);
  }

  /** Sets where the y axis has marks, and what they say. */
  set_yticks(ticks: Values, labels?: readonly string[]): void {
    if (labels !== undefined) requireList('yticks', 'labels', labels);
    setTicks(this.yaxis, ticks, labels);
  }

  /** Lets the y axis run downwards. */
  invert_yaxis(): void {
    this.yaxis.inverted = !this.yaxis.inverted;
  }

  /** Names the labelled lines, in the corner with the fewest points. */
  legend(): void {
    this.hasLegend = true;
  }

  /** Shows or hides grid lines. */
  grid(visible = true): void {
    this.hasGrid = visible;
  }

  /** `axis('off')` hides frame, ticks and labels; `axis('equal')` makes units equally long. */
  axis(option: 'off' | 'on' | 'equal'): void {
    if (option === 'equal') this.equal = true;
    else this.shown = option === 'on';
  }

  /** Removes all that was drawn and set. */
  clear(): void {
    Object.assign(this, { ...new Axes(), artists: this.artists });
    this.artists.length = 0;
  }

  /** The same as `clear`. */
  cla(): void {
    this.clear();
  }

  /** What is in sight along an axis: the set limits, or all there is with a margin. */
  limits(name: 'x' | 'y'): [number, number] {
    const axis = name === 'x' ? this.xaxis : this.yaxis;
    if (axis.limits !== undefined) return axis.limits;
    const all = this.artists.flatMap((artist) => coordinates(artist, name));
    const [low, high] = extent(axis.scale === 'log' ? all.filter((value) => value > 0) : all) ?? [0, 1];
    if (axis.scale === 'log') return [low === high ? low / 2 : low, low === high ? high * 2 : high];
    if (this.artists.some(({ kind }) => kind === 'image')) return [low, high];
    const margin = low === high ? 0.5 : 0.05 * (high - low);
    const drawn = this.artists.filter(({ kind }) => kind !== 'rule' && kind !== 'text');
    const stands = name === 'y' && low === 0 && drawn.every(({ kind }) => kind === 'boxes');
    return [stands ? 0 : low - margin, high + margin];
  }

  private common({ label, color, alpha }: Given<StyleOptions>) {
    const chosen = css(color ?? cycle[this.colored % cycle.length]!);
    if (color === null) this.colored++;
    return { color: chosen, alpha, ...(label === null ? {} : { label }) };
  }
}

function edge(edgecolor: string | null): { edgecolor?: string } {
  return edgecolor === null ? {} : { edgecolor: css(edgecolor) };
}

function setLimits(axis: Axis, from: number, to: number): void {
  requireNumbers('set_lim', 'limits', [from, to]);
  axis.limits = [Math.min(from, to), Math.max(from, to)];
  axis.inverted = from > to;
}

function setTicks(axis: Axis, ticks: Values, labels: readonly string[] | undefined): void {
  axis.ticks = numbers(ticks);
  axis.tickLabels = labels && sameLength(axis.ticks, [...labels]);
}

function mappedColors(values: number[], cmap: string): string[] {
  const color = colormap(cmap);
  const [low, high] = extent(values) ?? [0, 1];
  return values.map((value) => `rgb(${color(high > low ? (value - low) / (high - low) : 0).join(',')})`);
}

function sameLength<T>(x: readonly unknown[], y: T[]): T[] {
  if (x.length !== y.length) {
    throw new RangeError(`x and y must have same first dimension, but have shapes (${x.length},) and (${y.length},)`);
  }
  return y;
}

function pairs(x: Values | undefined, y: Values): [number, number][] {
  const ys = numbers(y);
  const xs = x === undefined ? ys.map((_, i) => i) : numbers(x);
  sameLength(xs, ys);
  return ys.map((value, i) => [xs[i]!, value]);
}
