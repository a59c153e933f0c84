/**
 * Plots of tensors in the manner of matplotlib.pyplot: functions that draw into the current plot, and Figure and Axes
 * for more than one. https://matplotlib.org/stable/api/pyplot_summary.html
 */
import { requireNumbers, Signature } from '../face/arguments';
import type { Axes, Scale, TextOptions, TitleOptions } from './axes';
import type { Values } from './data';
import { Figure, type FigureOptions, type SaveOptions } from './figure';

export {
  Axes,
  type BarOptions,
  type ConfusionOptions,
  type HistOptions,
  type LineOptions,
  type ScatterOptions,
  type TextOptions,
  type TitleOptions,
} from './axes';
export type { Values } from './data';
export { Figure, type FigureOptions, type SaveOptions } from './figure';
export type { LineStyle, Marker } from './format';
export type { PictureOptions } from './picture';

let currentFigure: Figure | undefined;
let currentAxes: Axes | undefined;

/** A new figure, which becomes the current one. */
export function figure(options?: FigureOptions): Figure {
  currentFigure = new Figure(options);
  currentAxes = undefined;
  return currentFigure;
}

/** The current figure; a new one if there is none. */
export function gcf(): Figure {
  return currentFigure ?? figure();
}

/** The current plot. */
export function gca(): Axes {
  currentAxes ??= gcf().add_subplot();
  return currentAxes;
}

/** Makes a plot the current one: the one at place `index`, from 1, of a table of plots; `subplot(121)` for (1, 2, 1). */
export function subplot(rows = 1, columns?: number, index = 1): Axes {
  requireNumbers('subplot', 'rows, columns, index', [rows, columns ?? 1, index]);
  const place = columns === undefined && rows >= 111 && rows <= 999 ? [...String(rows)].map(Number) : undefined;
  const [r, c, i] = place ?? [rows, columns ?? 1, index];
  currentAxes = gcf().add_subplot(r, c, i);
  return currentAxes;
}

/** A list of `N` things; of any number of them where the compiler does not know `N`. */
type Repeated<T, N extends number, Built extends T[] = []> = number extends N
  ? T[]
  : Built['length'] extends N
    ? Built
    : Built['length'] extends 40
      ? T[]
      : Repeated<T, N, [...Built, T]>;

/** A plot, a list of plots of one row or column, or a list of rows. */
export type Subplots<Rows extends number, Columns extends number> = Rows extends 1
  ? Columns extends 1
    ? Axes
    : Repeated<Axes, Columns>
  : Columns extends 1
    ? Repeated<Axes, Rows>
    : Repeated<Repeated<Axes, Columns>, Rows>;

const ofSubplots = new Signature<FigureOptions & { nrows?: number; ncols?: number }>(
  'subplots',
  { nrows: 1, ncols: 1, figsize: undefined },
  1,
);

/** A new figure with a plot, a list of plots, or a table: `const [fig, ax] = plt.subplots();`. */
export function subplots<Rows extends number = 1, Columns extends number = 1>(
  nrows?: Rows,
  ncols?: Columns,
  options?: FigureOptions,
): [Figure, Subplots<Rows, Columns>];
export function subplots<Rows extends number = 1, Columns extends number = 1>(
  nrows: Rows,
  options: FigureOptions & { ncols?: Columns },
): [Figure, Subplots<Rows, Columns>];
export function subplots<Rows extends number = 1, Columns extends number = 1>(
  options: FigureOptions & { nrows?: Rows; ncols?: Columns },
): [Figure, Subplots<Rows, Columns>];
export function subplots(...args: unknown[]): [Figure, unknown] {
  const { nrows, ncols, figsize } = ofSubplots.read(withoutNulls(args));
  const made = figure(figsize === undefined ? {} : { figsize });
  const table = made.subplots(nrows, ncols);
  currentAxes = table[0]![0]!;
  if (nrows === 1 && ncols === 1) return [made, currentAxes];
  return [made, nrows === 1 || ncols === 1 ? table.flat() : table];
}

/** null stands for a value that is left out, as None does. */
function withoutNulls<Args extends readonly unknown[]>(args: Args): Args {
  return args.map((value) => value ?? undefined) as unknown as Args;
}

/** `plot` of the current plot. */
export const plot = (...args: Parameters<Axes['plot']>) => gca().plot(...withoutNulls(args));
/** `scatter` of the current plot. */
export const scatter = (...args: Parameters<Axes['scatter']>) => gca().scatter(...withoutNulls(args));
/** `bar` of the current plot. */
export const bar = (...args: Parameters<Axes['bar']>) => gca().bar(...withoutNulls(args));
/** `hist` of the current plot. */
export const hist = (...args: Parameters<Axes['hist']>) => gca().hist(...withoutNulls(args));
/** `imshow` of the current plot. */
export const imshow = (...args: Parameters<Axes['imshow']>) => gca().imshow(...withoutNulls(args));
/** `matshow` of the current plot. */
export const matshow = (...args: Parameters<Axes['matshow']>) => gca().matshow(...withoutNulls(args));
/** `confusion_matrix` of the current plot. */
export const confusion_matrix = (...args: Parameters<Axes['confusion_matrix']>) =>
  gca().confusion_matrix(...withoutNulls(args));
/** `fill_between` of the current plot. */
export const fill_between = (...args: Parameters<Axes['fill_between']>) => gca().fill_between(...withoutNulls(args));
/** `axhline` of the current plot. */
export const axhline = (...args: Parameters<Axes['axhline']>) => gca().axhline(...withoutNulls(args));
/** `axvline` of the current plot. */
export const axvline = (...args: Parameters<Axes['axvline']>) => gca().axvline(...withoutNulls(args));
/** `text` of the current plot. */
export const text = (x: number, y: number, s: string, options?: TextOptions) => gca().text(x, y, s, options);
/** `set_title` of the current plot. */
export const title = (label: string, options?: TitleOptions) => gca().set_title(label, options);
/** `suptitle` of the current figure. */
export const suptitle = (label: string) => gcf().suptitle(label);
/** `set_xlabel` of the current plot. */
export const xlabel = (label: string) => gca().set_xlabel(label);
/** `set_ylabel` of the current plot. */
export const ylabel = (label: string) => gca().set_ylabel(label);
/** `set_xlim` of the current plot. */
export const xlim = (left: number, right: number) => gca().set_xlim(left, right);
/** `set_ylim` of the current plot. */
export const ylim = (bottom: number, top: number) => gca().set_ylim(bottom, top);
/** `set_xscale` of the current plot. */
export const xscale = (scale: Scale) => gca().set_xscale(scale);
/** `set_yscale` of the current plot. */
export const yscale = (scale: Scale) => gca().set_yscale(scale);
/** `set_xticks` of the current plot. */
export const xticks = (ticks: Values, labels?: readonly string[]) => gca().set_xticks(ticks, labels);
/** `set_yticks` of the current plot. */
export const yticks = (ticks: Values, labels?: readonly string[]) => gca().set_yticks(ticks, labels);
/** `legend` of the current plot. */
export const legend = () => gca().legend();
/** `grid` of the current plot. */
export const grid = (visible = true) => gca().grid(visible);
/** `axis` of the current plot. */
export const axis = (option: 'off' | 'on' | 'equal') => gca().axis(option);
/** `clear` of the current plot. */
export const cla = () => gca().clear();

/** Removes all plots of the current figure. */
export function clf(): void {
  gcf().clear();
  currentAxes = undefined;
}

/** Writes the current figure to an SVG or PNG file. */
export function savefig(path: string, options?: SaveOptions): void {
  gcf().savefig(path, options);
}

/** Forgets the current figure. */
export function close(): void {
  currentFigure = undefined;
  currentAxes = undefined;
}
