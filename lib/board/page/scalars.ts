/** Curves of numbers, of all runs in one chart. */
import type { ByRun, ScalarReply } from '../replies';
import { smoothed } from '../smoothing';
import { askSamples } from './api';
import { type Card, frame, widen } from './cards';
import { h } from './dom';
import { clock, duration, short, toNumber } from './format';
import { type ChartOptions, type Line, LineChart } from './line_chart';
import type { State } from './state';

/** Points of one run in the order of x. */
interface Curve {
  run: string;
  label: string;
  steps: number[];
  times: number[];
  values: number[];
}

export class ScalarCard implements Card {
  readonly element: HTMLElement;
  private readonly chart = new LineChart();
  private curves: Curve[] = [];

  constructor(
    private readonly state: State,
    private readonly title: string,
    private readonly tags: readonly string[],
  ) {
    const save = h('button', { type: 'button', class: 'icon', title: 'Save as CSV', click: () => this.save() }, '⤓');
    const { element, body } = frame(
      title,
      null,
      save,
      widen(() => this.element),
    );
    this.element = element;
    body.append(this.chart.element);
  }

  async load(): Promise<void> {
    const replies = await Promise.all(this.tags.map((tag) => askSamples<ScalarReply>('scalars', tag)));
    this.curves = replies.flatMap((reply, i) => curvesOf(reply, this.tags.length > 1 ? this.tags[i]! : null));
    this.draw();
  }

  draw(): void {
    const { smoothing, log } = this.state.settings;
    const shown = this.curves.filter(({ run }) => this.state.isShown(run));
    const lines = shown.flatMap((curve) => this.linesOf(curve, smoothing, log));
    this.chart.draw(lines, this.options(lines));
  }

  private linesOf(curve: Curve, smoothing: number, log: boolean): Line[] {
    const x = this.x(curve);
    const drawn = (values: readonly number[]) =>
      values.map((value) => (Number.isFinite(value) && (!log || value > 0) ? value : null));
    const smooth = smoothed(curve.values, smoothing);
    const color = this.state.color(curve.label);
    const main: Line = {
      label: curve.label,
      color,
      ...unique(x, drawn(smooth)),
      reading: (i) => (smoothing > 0 ? `${short(smooth[i]!)} (${short(curve.values[i]!)})` : short(curve.values[i]!)),
      note: (i) => (this.state.settings.axis === 'step' ? clock(curve.times[i]!) : `step ${curve.steps[i]}`),
    };
    if (smoothing === 0) return [main];
    return [{ label: curve.label, color, ...unique(x, drawn(curve.values)), faint: true }, main];
  }

  private x({ steps, times }: Curve): number[] {
    const { axis } = this.state.settings;
    if (axis === 'step') return steps;
    return axis === 'wall' ? times : times.map((time) => time - times[0]!);
  }

  private options(lines: readonly Line[]): ChartOptions {
    const { axis, log, outliers } = this.state.settings;
    const xText = { step: (value: number) => short(value), relative: duration, wall: clock }[axis];
    const limits = outliers ? middle(lines) : undefined;
    return { log, time: axis === 'wall', xText, label: this.title, ...(limits === undefined ? {} : { y: limits }) };
  }

  private save(): void {
    const rows = this.curves.flatMap(({ label, steps, times, values }) =>
      steps.map((step, i) => [JSON.stringify(label), step, times[i], values[i]].join(',')),
    );
    const file = new Blob([['run,step,wall_time,value', ...rows, ''].join('\n')], { type: 'text/csv' });
    const url = URL.createObjectURL(file);
    h('a', { href: url, download: `${this.title.replace(/[^\w.-]+/g, '_')}.csv` }).click();
    setTimeout(() => URL.revokeObjectURL(url), 1000);
  }
}

/** Samples in the order of their steps: a run that was taken up again may have written some twice. */
function curvesOf(reply: ByRun<ScalarReply>, tag: string | null): Curve[] {
  return Object.entries(reply).map(([run, { steps, times, values }]) => {
    const order = steps.map((_, i) => i).sort((a, b) => steps[a]! - steps[b]! || times[a]! - times[b]!);
    return {
      run,
      label: tag === null ? run : `${run} ${tag}`,
      steps: order.map((i) => steps[i]!),
      times: order.map((i) => times[i]!),
      values: order.map((i) => toNumber(values[i]!)),
    };
  });
}

/** Lists in rising order of x, each x a hair behind the one before it where two are the same. */
function unique(x: readonly number[], y: readonly (number | null)[]): Pick<Line, 'x' | 'y'> {
  const order = x.map((_, i) => i).sort((a, b) => x[a]! - x[b]!);
  const rising: number[] = [];
  for (const i of order) {
    const last = rising.at(-1);
    rising.push(last !== undefined && x[i]! <= last ? last + Math.max(Math.abs(last) * 1e-12, 1e-9) : x[i]!);
  }
  return { x: rising, y: order.map((i) => y[i]!) };
}

/** From the 5th to the 95th percentile of what is drawn bold, with some room. */
function middle(lines: readonly Line[]): [number, number] | undefined {
  const all = lines.filter(({ faint }) => !faint).flatMap(({ y }) => y.filter((value) => value !== null));
  const sorted = all.sort((a, b) => a - b);
  if (sorted.length === 0) return undefined;
  const [low, high] = [0.05, 0.95].map((share) => sorted[Math.round(share * (sorted.length - 1))]!) as [number, number];
  const room = (high - low) * 0.1 || Math.abs(high) * 0.1 || 1;
  return [low - room, high + room];
}
