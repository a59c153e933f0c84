/** Texts of one run over its steps. */
import type { TextReply } from '../replies';
import { askSamples } from './api';
import { type Card, frame } from './cards';
import { h, swatch } from './dom';
import type { State } from './state';
import { StepSlider } from './step_slider';

/** Loaded with the first text. */
const renderer = () => import('./markdown.js');

export class TextCard implements Card {
  readonly element: HTMLElement;
  private readonly text = h('div', { class: 'text' });
  private readonly slider = new StepSlider<TextReply>((sample) => void this.show(sample));
  private readonly run: string;
  private readonly tag: string;
  private shown: TextReply | undefined;

  constructor(state: State, key: string) {
    [this.run, this.tag] = JSON.parse(key) as [string, string];
    const { element, body } = frame(this.tag, h('span', {}, swatch(state.color(this.run)), this.run));
    this.element = element;
    element.classList.add('wide', 'texts');
    body.append(this.text, this.slider.element);
  }

  async load(): Promise<void> {
    const all = await askSamples<TextReply[]>('text', this.tag);
    this.slider.update(all[this.run] ?? []);
  }

  draw(): void {}

  private async show(sample: TextReply): Promise<void> {
    this.shown = sample;
    const { render } = await renderer();
    if (this.shown === sample) this.text.replaceChildren(...sample.text.map(render));
  }
}
