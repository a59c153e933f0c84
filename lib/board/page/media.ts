/** Pictures and sounds, each run with a slider over its steps. */
import type { AudioReply, ByRun, ImageReply } from '../replies';
import { askSamples, blobUrl } from './api';
import { type Card, frame, widen } from './cards';
import { h, swatch } from './dom';
import { clock } from './format';
import type { State } from './state';
import { StepSlider } from './step_slider';

type Sample = ImageReply | AudioReply;

/** One run's part of a card. */
class Strip {
  readonly element: HTMLElement;
  private readonly stage = h('div', { class: 'stage' });
  private readonly slider: StepSlider<Sample>;
  private shown = '';

  constructor(
    private readonly kind: 'images' | 'audio',
    private readonly run: string,
    private readonly tag: string,
    color: string,
  ) {
    this.slider = new StepSlider((sample) => this.show(sample));
    const caption = h('figcaption', {}, swatch(color), run);
    this.element = h('figure', { class: 'strip' }, caption, this.stage, this.slider.element);
  }

  update(samples: readonly Sample[]): void {
    this.slider.update(samples);
  }

  private show(sample: Sample): void {
    const key = sample.ids.join();
    if (key === this.shown) return; // a sound that plays goes on
    this.shown = key;
    this.stage.replaceChildren(...sample.ids.map((id) => this.medium(id, sample)));
  }

  private medium(id: number, sample: Sample): HTMLElement {
    const src = blobUrl(this.kind, this.run, this.tag, id);
    if (this.kind === 'audio') return h('audio', { src, controls: true, preload: 'none' });
    const alt = `${this.tag}, ${this.run}, step ${sample.step}, ${clock(sample.time)}`;
    const { width, height } = sample as ImageReply;
    return h('img', { src, alt, width: width || null, height: height || null, class: width < 200 ? 'small' : null });
  }
}

export class MediaCard implements Card {
  readonly element: HTMLElement;
  private readonly body: HTMLElement;
  private readonly strips = new Map<string, Strip>();
  private samples: ByRun<Sample[]> = {};

  constructor(
    private readonly state: State,
    private readonly kind: 'images' | 'audio',
    private readonly tag: string,
  ) {
    const { element, body } = frame(
      tag,
      null,
      widen(() => this.element),
    );
    this.element = element;
    this.body = body;
    body.classList.add('strips');
  }

  async load(): Promise<void> {
    this.samples = await askSamples<Sample[]>(this.kind, this.tag);
    this.draw();
  }

  draw(): void {
    const runs = Object.keys(this.samples).filter((run) => this.state.isShown(run));
    const strips = runs.map((run) => {
      const strip = this.strips.get(run) ?? new Strip(this.kind, run, this.tag, this.state.color(run));
      this.strips.set(run, strip);
      strip.update(this.samples[run]!);
      return strip.element;
    });
    if (strips.some((strip, i) => this.body.children[i] !== strip) || strips.length !== this.body.children.length) {
      this.body.replaceChildren(...strips);
    }
  }
}
