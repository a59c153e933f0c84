/// <reference types="node" preserve="true" />
/** Progress bars in the manner of Python's tqdm. https://tqdm.github.io/docs/tqdm/ */

import type { SingleBar } from 'cli-progress';
import { isOptions, keywords, refuse, requireNumber, Signature, type Values } from '../face/arguments';
import { display, kernel, type MimeBundle, optional, plain } from '../face/system';
import { NotebookBar } from './notebook';
import { lineText, postfixValue } from './text';

export interface TqdmOptions {
  /** Text before the bar. */
  desc?: string | null;
  /** How many steps are expected: by default the iterable's `length` or `size`. */
  total?: number | null;
  /** Whether the finished bar stays on the screen. */
  leave?: boolean;
  /** The terminal to draw on; stderr by default. Nothing is drawn on a stream that is none. */
  file?: NodeJS.WriteStream | null;
  /** Width of the line; the terminal's by default. */
  ncols?: number | null;
  /** Seconds between two drawings. */
  mininterval?: number;
  /** Draws nothing; null, the default, stands for "when `file` is no terminal" outside of a notebook. */
  disable?: boolean | null;
  unit?: string;
  /** Shows counts as 12.3k. */
  unit_scale?: boolean;
  postfix?: Record<string, unknown> | null;
  /** Where the count begins. */
  initial?: number;
}

type Source<T> = Iterable<T> | AsyncIterable<T>;

function lengthOf(source: unknown): number | undefined {
  const { length, size } = (source ?? {}) as { length?: unknown; size?: unknown };
  return typeof length === 'number' ? length : typeof size === 'number' ? size : undefined;
}

/**
 * cli-progress draws and throttles; its timer must not keep a process alive that forgot to close a bar. Nothing of the terminal is
 * set, as Ctrl-C may end the program before it could be set back.
 */
function makeBar(options: Values<TqdmOptions>, stream: NodeJS.WriteStream, text: () => string): SingleBar {
  const { SingleBar } = optional<typeof import('cli-progress')>('cli-progress', 'tqdm');
  const settings = { stream, hideCursor: false, clearOnComplete: !options.leave, linewrap: true };
  const fps = 2 / options.mininterval; // it redraws after two of its intervals
  const bar = new SingleBar({ ...settings, fps, format: text });
  const drawn = bar as SingleBar & { render(): void; timer?: NodeJS.Timeout };
  const render = drawn.render;
  drawn.render = function () {
    render.call(this);
    this.timer?.unref();
  };
  return bar;
}

type Bar = Pick<SingleBar, 'start' | 'update' | 'stop'>;

/** Whether to draw the bar at once. */
type Refresh = boolean | { refresh?: boolean };

const ofTqdm = keywords<TqdmOptions>('tqdm', {
  desc: null,
  total: null,
  leave: true,
  file: null,
  ncols: null,
  mininterval: 0.1,
  disable: null,
  unit: 'it',
  unit_scale: false,
  postfix: null,
  initial: 0,
});
const ofUpdate = new Signature<{ n?: number }>('tqdm.update', { n: 1 });
const ofDescription = new Signature<{ desc?: string; refresh?: boolean }>('tqdm.set_description', {
  desc: null,
  refresh: true,
});
const ofPostfix = new Signature<{ s?: string; refresh?: boolean }>('tqdm.set_postfix', { s: '', refresh: true });

/** A bar. Loops go through it with `for … of` or `for await … of`; or `update()` moves it on by hand. */
export class Tqdm<T = unknown> implements Iterable<T>, AsyncIterable<T> {
  n: number;
  desc: string;
  total: number | undefined;
  /** Whether nothing is drawn. */
  readonly disable: boolean;
  private readonly options: Values<TqdmOptions>;
  private readonly initial: number;
  private postfix = '';
  private began = performance.now();
  private bar: Bar | undefined;

  constructor(
    readonly iterable: Source<T> | undefined,
    given?: TqdmOptions,
  ) {
    const options = ofTqdm.read([given]);
    this.options = options;
    const stream = options.file ?? process.stderr;
    this.initial = options.initial;
    this.n = this.initial;
    this.desc = options.desc ?? '';
    this.total = options.total ?? lengthOf(iterable);
    const notebook = options.file === null ? kernel() : undefined;
    this.disable = options.disable ?? (notebook === undefined && !stream.isTTY);
    if (this.disable) return;
    if (options.postfix) this.postfix = this.postfixText(options.postfix);
    const text = () => this.toString();
    this.bar = notebook ? new NotebookBar(notebook, options, text) : makeBar(options, stream, text);
    this.bar.start(this.total ?? 0, this.n);
  }

  *[Symbol.iterator](): Iterator<T> {
    const source = this.iterable as Partial<Iterable<T>> | undefined;
    if (typeof source?.[Symbol.iterator] !== 'function') {
      throw new TypeError(
        `tqdm: there is nothing to iterate over with for … of${source ? ': use for await … of' : ''}`,
      );
    }
    try {
      for (const item of source as Iterable<T>) {
        yield item;
        this.update();
      }
    } finally {
      this.close();
    }
  }

  async *[Symbol.asyncIterator](): AsyncIterator<T> {
    if (this.iterable === undefined) throw new TypeError('tqdm: there is nothing to iterate over');
    try {
      for await (const item of this.iterable) {
        yield item;
        this.update();
      }
    } finally {
      this.close();
    }
  }

  /** Counts `n` more steps. */
  update(...args: [n?: number | { n?: number }]): void {
    const { n } = ofUpdate.read(args);
    requireNumber('tqdm.update', 'n', n);
    this.n += n;
    this.bar?.update(this.n);
  }

  /** Sets the text before the bar. */
  set_description(desc: string | null = null, refresh: Refresh = true): void {
    this.desc = desc ?? '';
    if (ofDescription.read([desc, refresh]).refresh) this.refresh();
  }

  /** Shows names and values after the bar: `set_postfix({ loss: loss.item() })`. */
  set_postfix(values: Record<string, unknown>, refresh: Refresh = true): void {
    this.set_postfix_str(this.disable ? '' : this.postfixText(values), refresh);
  }

  /** Sets the text behind the bar. */
  set_postfix_str(text: string, refresh: Refresh = true): void {
    this.postfix = text;
    if (ofPostfix.read([text, refresh]).refresh) this.refresh();
  }

  /** Shows the present state, unless the last drawing was just before. */
  refresh(): void {
    this.bar?.update(this.n);
  }

  /** Begins again, with another total if one is given. */
  reset(total?: number): void {
    this.n = this.initial;
    this.began = performance.now();
    if (total !== undefined) this.total = total;
    this.refresh();
  }

  /** Draws the last state and lets go of the terminal. */
  close(): void {
    this.bar?.stop();
    this.bar = undefined;
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /** As notebooks show it. */
  [display](): MimeBundle {
    return plain(this);
  }

  /** The line as it is drawn. */
  toString(): string {
    const { unit, unit_scale, ncols, file } = this.options;
    const { desc, n, initial, total, postfix } = this;
    const elapsed = (performance.now() - this.began) / 1000;
    const width = ncols ?? ((file ?? process.stderr).columns ?? 80) - 1;
    return lineText({ desc, n, initial, total, elapsed, unit, unit_scale, postfix, ncols: width });
  }

  private postfixText(values: Record<string, unknown>): string {
    return Object.entries(values)
      .map(([name, value]) => `${name}=${postfixValue(value)}`)
      .join(', ');
  }
}

/**
 * Shows how far a loop is, on stderr when that is a terminal, or in a notebook of Deno:
 * `for (const [x, y] of tqdm(loader, { desc: 'train' }))`.
 * Without an iterable it is a bar to be moved by `update()` and closed by `close()` or `using`.
 */
export function tqdm<T>(iterable: Source<T>, options?: TqdmOptions): Tqdm<T>;
export function tqdm(options?: TqdmOptions): Tqdm<never>;
export function tqdm<T>(first?: Source<T> | TqdmOptions, options?: TqdmOptions): Tqdm<T> {
  const source = first as Partial<Iterable<T> & AsyncIterable<T>> | null | undefined;
  const iterates = [source?.[Symbol.iterator], source?.[Symbol.asyncIterator]].some((each) => each !== undefined);
  if (!iterates && (first ?? null) !== null && !isOptions(first)) refuse('tqdm', 'iterable', 'iterable', first);
  return iterates ? new Tqdm(first as Source<T>, options) : new Tqdm<T>(undefined, (first ?? {}) as TqdmOptions);
}

/** Prints a line on stdout. Beside an open bar use this rather than `console.log`: the bar's line is cleared first. */
tqdm.write = (text: string, file: NodeJS.WriteStream = process.stdout): void => {
  if (process.stderr.isTTY && file.isTTY) file.write('\r\x1b[K');
  file.write(`${text}\n`);
};

class Range implements Iterable<number> {
  readonly length: number;

  constructor(
    readonly start: number,
    stop: number,
    readonly step: number,
  ) {
    if (step === 0) throw new RangeError('range() arg 3 must not be zero');
    this.length = Math.max(0, Math.ceil((stop - start) / step));
  }

  *[Symbol.iterator](): Iterator<number> {
    for (let i = 0; i < this.length; i++) yield this.start + i * this.step;
  }
}

/** `tqdm(range(…))`. */
export function trange(stop: number, options?: TqdmOptions): Tqdm<number>;
export function trange(start: number, stop: number, options?: TqdmOptions): Tqdm<number>;
export function trange(start: number, stop: number, step: number, options?: TqdmOptions): Tqdm<number>;
export function trange(...args: (number | TqdmOptions | undefined)[]): Tqdm<number> {
  const numbers = args.filter((value) => typeof value === 'number');
  const options = args.find(isOptions) as TqdmOptions | undefined;
  const [start, stop, step] = numbers.length === 1 ? [0, numbers[0]!, 1] : [numbers[0]!, numbers[1]!, numbers[2] ?? 1];
  return tqdm(new Range(start, stop, step), options);
}
