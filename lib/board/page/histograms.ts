/** Histograms of one run over its steps, one behind the other, and the same as bands of percentiles. */
import { percentiles, range, rebinned } from '../buckets';
import type { HistogramReply } from '../replies';
import { askSamples } from './api';
import { type Card, frame, widen } from './cards';
import { h, svg, swatch } from './dom';
import { clock, duration, short } from './format';
import { LineChart } from './line_chart';
import type { State } from './state';

/** One card for each tag of each run: the key is both. */
export const histogramKey = (run: string, tag: string): string => JSON.stringify([run, tag]);

abstract class RunCard implements Card {
  readonly element: HTMLElement;
  protected readonly body: HTMLElement;
  protected readonly run: string;
  protected readonly tag: string;
  protected samples: HistogramReply[] = [];

  constructor(
    protected readonly state: State,
    key: string,
  ) {
    [this.run, this.tag] = JSON.parse(key) as [string, string];
    const name = h('span', {}, swatch(state.color(this.run)), this.run);
    const { element, body } = frame(
      this.tag,
      name,
      widen(() => this.element),
    );
    this.element = element;
    this.body = body;
  }

  async load(): Promise<void> {
    const all = await askSamples<HistogramReply[]>('histograms', this.tag);
    this.samples = all[this.run] ?? [];
    this.draw();
  }

  abstract draw(): void;
}

const [WIDTH, HEIGHT, LEFT, BOTTOM, TOP] = [420, 240, 8, 22, 44];
const [BINS, MOST] = [40, 30];

/** Some of them evenly, the last among them. */
function some<T>(all: readonly T[], most: number): T[] {
  if (all.length <= most) return [...all];
  return Array.from({ length: most }, (_, i) => all[Math.round((i * (all.length - 1)) / (most - 1))]!);
}

export class HistogramCard extends RunCard {
  private readonly readout = h('output', { class: 'readout' });

  draw(): void {
    const samples = some(this.samples, MOST);
    const limits = range(samples.map(({ buckets }) => buckets));
    if (limits === undefined) {
      this.body.replaceChildren(h('p', { class: 'empty' }, 'no values'));
      return;
    }
    const [min, max] = limits[0] === limits[1] ? [limits[0] - 0.5, limits[1] + 0.5] : limits;
    const counts = samples.map(({ buckets }) => rebinned(buckets, [min, max], BINS));
    const highest = Math.max(...counts.flat()) || 1;
    const right = WIDTH - 64;
    const x = (bin: number) => LEFT + ((bin + 0.5) * (right - LEFT)) / BINS;
    const base = (i: number) => {
      const back = samples.length > 1 ? (samples.length - 1 - i) / (samples.length - 1) : 0;
      return HEIGHT - BOTTOM - back * (HEIGHT - BOTTOM - TOP - 40);
    };
    const ridges = samples.map((sample, i) => {
      const points = counts[i]!.map((count, bin) => `${x(bin)},${base(i) - (count / highest) * 70}`);
      const path = `M${LEFT},${base(i)}L${points.join('L')}L${right},${base(i)}`;
      const ridge = svg('path', { d: `${path}Z`, class: 'ridge' });
      ridge.style.fill = this.state.color(this.run);
      ridge.style.fillOpacity = String(0.35 + (0.55 * (i + 1)) / samples.length);
      ridge.addEventListener('pointerenter', () => this.tell(sample));
      return ridge;
    });
    this.body.replaceChildren(this.picture(ridges, samples, base, [min, max], right), this.readout);
    this.tell(samples.at(-1)!);
  }

  private picture(
    ridges: SVGElement[],
    samples: readonly HistogramReply[],
    base: (i: number) => number,
    [min, max]: [number, number],
    right: number,
  ): SVGElement {
    const ticks = [0, 0.25, 0.5, 0.75, 1].map((share) => {
      const anchor = share === 0 ? 'start' : share === 1 ? 'end' : 'middle';
      const value = short(Number((min + share * (max - min)).toPrecision(3)));
      return svg('text', { x: LEFT + share * (right - LEFT), y: HEIGHT - 6, 'text-anchor': anchor }, value);
    });
    const labelled = some(
      samples.map((_, i) => i),
      6,
    );
    const steps = labelled.map((i) => svg('text', { x: right + 6, y: base(i) + 3 }, String(samples[i]!.step)));
    const label = `${this.tag}, ${this.run}: ${samples.length} histograms from ${short(min)} to ${short(max)}`;
    const attributes = { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, class: 'ridges', role: 'img', 'aria-label': label };
    return svg('svg', attributes, ...ridges, ...ticks, ...steps);
  }

  private tell({ step, time, buckets }: HistogramReply): void {
    const [low, , , , median, , , , high] = percentiles(buckets);
    const count = buckets.reduce((sum, bucket) => sum + bucket[2], 0);
    const values = `${short(low!)} … median ${short(median!)} … ${short(high!)}`;
    this.readout.replaceChildren(
      `step ${step}: ${short(count)} values, ${values}`,
      h('span', { class: 'dim' }, clock(time)),
    );
  }
}

const NAMES = ['least', '6.7 %', '15.9 %', '30.9 %', 'median', '69.1 %', '84.1 %', '93.3 %', 'greatest'];

export class DistributionCard extends RunCard {
  private readonly chart = new LineChart();

  draw(): void {
    if (!this.chart.element.isConnected) this.body.replaceChildren(this.chart.element);
    const { axis } = this.state.settings;
    const filled = this.samples.filter(({ buckets }) => buckets.length > 0);
    const first = filled[0]?.time ?? 0;
    const x = filled.map(({ step, time }) => (axis === 'step' ? step : axis === 'wall' ? time : time - first));
    const curves = filled.map(({ buckets }) => percentiles(buckets));
    const color = this.state.color(this.run);
    const lines = NAMES.map((label, i) => ({
      label,
      color: i === 4 ? color : `${color}55`,
      x,
      y: curves.map((all) => all[i]!),
    }));
    const bands = [0, 1, 2, 3].flatMap((i) => [
      { between: [8 - i, 7 - i] as [number, number], fill: color + ['18', '2c', '48', '68'][i] },
      { between: [i + 1, i] as [number, number], fill: color + ['18', '2c', '48', '68'][i] },
    ]);
    const xText = { step: (value: number) => short(value), relative: duration, wall: clock }[axis];
    this.chart.draw(lines, { bands, xText, time: axis === 'wall', label: `${this.tag}, ${this.run}` });
  }
}
