/** A slider over the steps of samples. At its right end it goes with the newest. */
import type { At } from '../replies';
import { h } from './dom';
import { clock } from './format';

export class StepSlider<Sample extends At> {
  readonly element: HTMLElement;
  private readonly input = h('input', { type: 'range', min: 0, max: 0, step: 1, 'aria-label': 'step' });
  private readonly text = h('output', {});
  private samples: readonly Sample[] = [];

  constructor(private readonly show: (sample: Sample) => void) {
    this.input.addEventListener('input', () => this.draw());
    this.element = h('div', { class: 'steps' }, this.input, this.text);
  }

  update(samples: readonly Sample[]): void {
    const following = Number(this.input.value) >= this.samples.length - 1;
    this.samples = samples;
    this.input.max = String(Math.max(samples.length - 1, 0));
    this.input.disabled = samples.length < 2;
    if (following) this.input.value = this.input.max;
    this.draw();
  }

  private draw(): void {
    const sample = this.samples[Number(this.input.value)];
    if (sample === undefined) return;
    this.text.replaceChildren(`step ${sample.step}`, h('span', { class: 'dim' }, clock(sample.time)));
    this.input.setAttribute('aria-valuetext', `step ${sample.step}`);
    this.show(sample);
  }
}
