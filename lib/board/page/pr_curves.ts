/** Precision over recall, of all runs in one chart, at a step. */
import type { At, ByRun, PrCurveReply } from '../replies';
import { askSamples } from './api';
import { type Card, frame, widen } from './cards';
import { short } from './format';
import { type Line, LineChart } from './line_chart';
import type { State } from './state';
import { StepSlider } from './step_slider';

export class PrCurveCard implements Card {
  readonly element: HTMLElement;
  private readonly chart = new LineChart();
  private readonly slider: StepSlider<At>;
  private curves: ByRun<PrCurveReply[]> = {};
  private step = 0;

  constructor(
    private readonly state: State,
    private readonly tag: string,
  ) {
    const { element, body } = frame(
      tag,
      null,
      widen(() => this.element),
    );
    this.element = element;
    this.slider = new StepSlider(({ step }) => {
      this.step = step;
      this.plot();
    });
    body.append(this.chart.element, this.slider.element);
  }

  async load(): Promise<void> {
    this.curves = await askSamples<PrCurveReply[]>('pr_curves', this.tag);
    this.draw();
  }

  draw(): void {
    const all = this.shown().flatMap(([, curves]) => curves);
    const steps = new Map(all.map(({ step, time }) => [step, { step, time }]));
    this.slider.update([...steps.values()].sort((a, b) => a.step - b.step));
    if (all.length === 0) this.plot();
  }

  private shown(): [run: string, curves: PrCurveReply[]][] {
    return Object.entries(this.curves).filter(([run]) => this.state.isShown(run));
  }

  /** Each run's last curve up to the step. */
  private plot(): void {
    const lines = this.shown().flatMap(([run, curves]) => {
      const curve = curves.findLast(({ step }) => step <= this.step);
      return curve === undefined ? [] : [lineOf(run, this.state.color(run), curve)];
    });
    this.chart.draw(lines, { xText: short, xLabel: 'recall', y: [0, 1.05], label: this.tag });
  }
}

function lineOf(label: string, color: string, { precision, recall }: PrCurveReply): Line {
  // From the strictest threshold on. Where two have the same recall, the better precision is the curve's.
  const best = new Map<number, number>();
  recall.forEach((at, i) => {
    if (at === 0 && precision[i] === 0) return; // above all predictions
    best.set(at, Math.max(best.get(at) ?? 0, precision[i]!));
  });
  const points = [...best].sort(([a], [b]) => a - b);
  return { label, color, x: points.map(([at]) => at), y: points.map(([, value]) => value) };
}
