/** Lines on uPlot: zoom by dragging, double click or Escape for all of it, arrow keys move the reading. */
import uPlot from 'uplot';
import { h, swatch } from './dom';
import { short } from './format';

export interface Line {
  label: string;
  color: string;
  x: readonly number[];
  /** null where there is nothing to draw. */
  y: readonly (number | null)[];
  /** Drawn thin, and left out of the reading. */
  faint?: boolean;
  /** What is said at a point, after its value. */
  note?: (index: number) => string;
  /** What is read at a point instead of the value drawn. */
  reading?: (index: number) => string;
}

/** Between the lines of these places. */
export interface Band {
  between: [upper: number, lower: number];
  fill: string;
}

export interface ChartOptions {
  log?: boolean;
  time?: boolean;
  xText: (value: number) => string;
  xLabel?: string;
  /** Limits of y; the data's own when left out. */
  y?: [min: number, max: number];
  bands?: Band[];
  label: string;
}

const MOST_ROWS = 12;
const reduced = (value: string) => getComputedStyle(document.documentElement).getPropertyValue(value).trim();

export class LineChart {
  readonly element = h('div', { class: 'chart', tabindex: 0, role: 'img' });
  private readonly tip = h('div', { class: 'tip', hidden: true });
  private plot: uPlot | undefined;
  private lines: readonly Line[] = [];
  /** By line: the place of each x of the chart in the line's own lists. */
  private places: Map<number, number>[] = [];
  private options: ChartOptions | undefined;
  private zoomed = false;
  private shape = '';

  constructor() {
    new ResizeObserver(() => this.resize()).observe(this.element);
    this.element.addEventListener('keydown', (event) => this.key(event));
    this.element.addEventListener('dblclick', () => {
      this.zoomed = false;
    });
    this.element.addEventListener('blur', () => this.hide());
  }

  draw(lines: readonly Line[], options: ChartOptions): void {
    this.lines = lines;
    this.options = options;
    this.places = lines.map(({ x }) => new Map(x.map((value, i) => [value, i])));
    this.element.setAttribute('aria-label', this.summary());
    const data = joined(lines);
    const dark = reduced('--fg') + reduced('--grid');
    const shape = JSON.stringify([lines.map(({ label, color, faint }) => [label, color, faint]), options, dark]);
    if (this.plot !== undefined && shape === this.shape) {
      this.plot.setData(data, !this.zoomed);
      if (this.zoomed) this.plot.redraw();
      return;
    }
    this.shape = shape;
    this.build(data);
  }

  private build(data: uPlot.AlignedData): void {
    const scales = this.zoomed && this.plot ? this.limits() : undefined;
    this.plot?.destroy();
    this.plot = new uPlot(this.settings(), data, this.element);
    this.plot.over.append(this.tip);
    this.hide();
    if (scales !== undefined) for (const [name, limits] of Object.entries(scales)) this.plot.setScale(name, limits);
  }

  private limits(): Record<string, { min: number; max: number }> {
    const limits = (name: string) => ({ min: this.plot!.scales[name]!.min!, max: this.plot!.scales[name]!.max! });
    return { x: limits('x'), y: limits('y') };
  }

  private settings(): uPlot.Options {
    const options = this.options!;
    const [foreground, grid] = [reduced('--dim'), reduced('--grid')];
    const axis: uPlot.Axis = {
      stroke: foreground,
      grid: { stroke: grid, width: 1 },
      ticks: { stroke: grid, width: 1 },
    };
    const small = '11px system-ui, sans-serif';
    return {
      ...this.size(),
      legend: { show: false },
      cursor: {
        drag: { x: true, y: true, uni: 24 },
        points: { size: (_, i) => (this.lines[i - 1]?.faint ? 0 : 7) },
        dataIdx: (plot, series, index) => nearest(plot.data[series]!, plot.data[0], index),
      },
      scales: {
        x: { time: options.time === true },
        y: { distr: options.log ? 3 : 1, ...(options.y === undefined ? {} : { range: [options.y[0], options.y[1]] }) },
      },
      axes: [
        {
          ...axis,
          font: small,
          size: 30,
          ...(options.time ? {} : { values: (_, all) => all.map(options.xText) }),
          ...(options.xLabel === undefined ? {} : { label: options.xLabel, labelFont: small, labelSize: 18 }),
        },
        {
          ...axis,
          font: small,
          size: 54,
          values: (_, all) => all.map((value) => (value === null ? '' : short(value))),
        },
      ],
      bands: (options.bands ?? []).map(({ between: [upper, lower], fill }) => ({
        series: [upper + 1, lower + 1],
        fill,
      })),
      series: [{}, ...this.lines.map(series)],
      hooks: {
        setCursor: [(plot) => this.read(plot)],
        setSelect: [
          (plot) => {
            if (plot.select.width > 0 || plot.select.height > 0) this.zoomed = true;
          },
        ],
      },
    };
  }

  private size(): { width: number; height: number } {
    const { clientWidth, clientHeight } = this.element;
    return { width: Math.max(clientWidth, 120), height: Math.max(clientHeight, 120) };
  }

  private resize(): void {
    if (this.element.isConnected && this.element.clientWidth > 0) this.plot?.setSize(this.size());
  }

  private key(event: KeyboardEvent): void {
    const plot = this.plot;
    if (plot === undefined) return;
    const far = event.shiftKey ? 10 : 1;
    if (event.key === 'ArrowRight') this.move(plot, far);
    else if (event.key === 'ArrowLeft') this.move(plot, -far);
    else if (event.key === 'Escape') this.reset(plot);
    else return;
    event.preventDefault();
  }

  private move(plot: uPlot, by: number): void {
    const x = plot.data[0];
    const from = plot.cursor.idx ?? (by > 0 ? -1 : x.length);
    const to = Math.max(0, Math.min(x.length - 1, from + by));
    const heights = plot.data.slice(1).map((values) => values[to]);
    const height = heights.find((value) => typeof value === 'number');
    const top = height === undefined || height === null ? 0 : plot.valToPos(height, 'y');
    plot.setCursor({ left: plot.valToPos(x[to]!, 'x'), top });
  }

  private reset(plot: uPlot): void {
    this.zoomed = false;
    this.hide();
    plot.setData(plot.data, true);
  }

  private hide(): void {
    this.tip.hidden = true;
  }

  /** The table beside the cursor: what each line has there, the nearest first. */
  private read(plot: uPlot): void {
    const { left = -1, top, idxs } = plot.cursor;
    const rows = this.lines.flatMap((line, i) => {
      const at = left < 0 ? undefined : idxs?.[i + 1];
      const value = at === null || at === undefined ? null : plot.data[i + 1]![at];
      if (line.faint || at === null || at === undefined || value === null || value === undefined) return [];
      const x = plot.data[0][at]!;
      const distance = Math.abs(plot.valToPos(value, 'y') - (top ?? 0));
      return [{ line, x, value, distance, place: this.places[i]!.get(x) ?? 0 }];
    });
    this.tip.hidden = rows.length === 0;
    const near = rows.sort((a, b) => a.distance - b.distance).slice(0, MOST_ROWS);
    const cells = near.map(({ line, x, value, place }) =>
      h(
        'tr',
        {},
        h('td', {}, swatch(line.color), line.label),
        h('td', { class: 'number' }, line.reading?.(place) ?? short(value)),
        h('td', { class: 'number' }, this.options!.xText(x)),
        h('td', { class: 'dim' }, line.note?.(place) ?? ''),
      ),
    );
    this.tip.replaceChildren(h('table', {}, h('tbody', {}, ...cells)));
    this.placeTip(plot, left);
  }

  private placeTip(plot: uPlot, left: number): void {
    const { offsetWidth: width } = this.tip;
    const room = plot.over.clientWidth - left;
    this.tip.style.left = `${room > width + 24 ? left + 16 : Math.max(left - width - 16, -48)}px`;
    this.tip.style.top = `${plot.over.clientHeight + 8}px`;
  }

  private summary(): string {
    const last = this.lines.filter(({ faint, y }) => !faint && y.length > 0).slice(0, MOST_ROWS);
    const texts = last.map(({ label, y, x, reading }) => {
      const value = reading?.(y.length - 1) ?? short(y.at(-1) ?? Number.NaN);
      return `${label} ${value} at ${this.options!.xText(x.at(-1)!)}`;
    });
    return `${this.options!.label}: ${texts.join(', ')}`;
  }
}

function series(line: Line): uPlot.Series {
  return {
    label: line.label,
    stroke: line.faint ? `${line.color}50` : line.color,
    width: line.faint ? 1 : 1.75,
    spanGaps: true,
    points: { show: line.y.length === 1 && !line.faint, size: 6, fill: line.color },
  };
}

/** All lines over one list of x. */
function joined(lines: readonly Line[]): uPlot.AlignedData {
  if (lines.length === 0) return [[], []];
  return uPlot.join(lines.map(({ x, y }) => [x as number[], y as (number | null)[]]));
}

/** The place nearest to `index` at which a line has a value. */
function nearest(values: ArrayLike<number | null | undefined>, x: ArrayLike<number>, index: number): number {
  const has = (i: number) => values[i] !== null && values[i] !== undefined;
  if (has(index)) return index;
  let [before, after] = [index - 1, index + 1];
  while (before >= 0 && !has(before)) before--;
  while (after < values.length && !has(after)) after++;
  if (before < 0) return Math.min(after, values.length - 1);
  if (after >= values.length) return before;
  return x[index]! - x[before]! <= x[after]! - x[index]! ? before : after;
}
