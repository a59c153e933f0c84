/**
 * Makes frames of the stacks of a profile's calls: what two calls in a row have in common went on between them. A frame
 * lasts from the first call inside of it to the last; one that is left and entered again in the same place without
 * another call in between counts as one.
 */
import { type KeptStack, type Place, StackReader } from './stacks';

/** A call that begins or ends the forward of a module. */
export type Mark = { readonly module: string; readonly instance: number } | 'end';

interface Open {
  readonly place: Place | null;
  /** The name of the class, empty for a frame. */
  readonly module: string;
  readonly instance: number;
  /** How many frames of the stack are below what comes next. */
  readonly depth: number;
  readonly first: number;
  last: number;
}

/** Frames as native code takes them: see `profiler_stop`. */
export interface FrameTable {
  readonly names: string[];
  readonly numbers: number[];
}

class FrameMaker {
  private readonly open: Open[] = [];
  /** In the order in which they began, the outer first: kineto leaves those that begin together as they come. */
  private readonly all: Open[] = [];

  /** The next call. */
  add(at: number, places: readonly Place[], mark: Mark | undefined): void {
    let keep = this.open.findLastIndex(({ place }) => place === null) + 1;
    let depth = keep > 0 ? this.open[keep - 1]!.depth : 0;
    while (keep < this.open.length && this.open[keep]!.place!.key === places[depth]?.key) {
      keep++;
      depth++;
    }
    this.closeTo(keep);
    for (; depth < places.length; depth++) this.enter(at, places[depth]!, '', 0, depth + 1);
    const top = this.open[this.open.length - 1];
    if (top !== undefined) top.last = at;
    if (mark === 'end') this.endModule(at);
    else if (mark !== undefined) this.enter(at, null, mark.module, mark.instance, places.length);
  }

  finish(): FrameTable {
    this.closeTo(0);
    return tableOf(this.all);
  }

  private enter(at: number, place: Place | null, module: string, instance: number, depth: number): void {
    const entered = { place, module, instance, depth, first: at, last: at };
    this.open.push(entered);
    this.all.push(entered);
  }

  private endModule(at: number): void {
    const module = this.open.findLastIndex(({ place }) => place === null);
    if (module < 0) return; // it began before the profile
    this.open[module]!.last = at;
    this.closeTo(module);
  }

  private closeTo(length: number): void {
    while (this.open.length > length) {
      const ended = this.open.pop()!;
      const outer = this.open[this.open.length - 1];
      if (outer !== undefined) outer.last = Math.max(outer.last, ended.last);
    }
  }
}

function tableOf(frames: readonly Open[]): FrameTable {
  const names = new Map<string, number>();
  const numberOf = (name: string): number => {
    const known = names.get(name) ?? names.size;
    names.set(name, known);
    return known;
  };
  const numbers: number[] = [];
  for (const { place, module, instance, first, last } of frames) {
    const file = numberOf(place?.file ?? '');
    numbers.push(file, place?.line ?? 0, numberOf(place?.name ?? ''), numberOf(module), instance, first, last);
  }
  return { names: [...names.keys()], numbers };
}

/** The frames of all calls; `marks` are by the numbers of calls. */
export function framesOf(stacks: readonly KeptStack[], marks: ReadonlyMap<number, Mark>): FrameTable {
  const reader = new StackReader();
  const maker = new FrameMaker();
  stacks.forEach((kept, at) => {
    maker.add(at, reader.read(kept), marks.get(at));
  });
  return maker.finish();
}
