/** What a section prints and computes, beside what its Python original does (golden/*.py). */
import torch, { type Tensor } from 'tsorch';

export type Entry = string | number[];

export interface Recorder {
  /** A printed value: compared character by character. */
  show(x: unknown): void;
  /** A computed value, compared as PyTorch's own tests compare float32. */
  value(x: Tensor | number | readonly number[]): void;
}

const RELATIVE = 1.3e-6;
const ABSOLUTE = 1e-5;

function record(run: (recorder: Recorder) => void): Entry[] {
  const entries: Entry[] = [];
  run({
    show: (x) => entries.push(printed(x)),
    value: (x) =>
      entries.push(
        torch
          .as_tensor(x as Tensor)
          .detach()
          .to(torch.float64)
          .reshape(-1)
          .tolist() as number[],
      ),
  });
  return entries;
}

/** Python's `str`, of what the sections show. */
function printed(x: unknown): string {
  if (typeof x === 'boolean') return x ? 'True' : 'False';
  if (Array.isArray(x)) return `[${x.map(printed).join(', ')}]`;
  return String(x);
}

/** Losses at the end of many steps carry every step's rounding: `relative` says how much of it is allowed. */
export function expectSection(
  golden: Record<string, Entry[]>,
  name: string,
  run: (recorder: Recorder) => void,
  relative = RELATIVE,
): void {
  const want = golden[name];
  if (want === undefined) throw new Error(`${name} is not in the golden file`);
  torch.set_num_threads(1); // as the golden scripts
  const got = record(run);
  expect(got.map(kind)).toEqual(want.map(kind));
  want.forEach((entry, i) => {
    if (typeof entry === 'string') expect(got[i]).toBe(entry);
    else expectClose(got[i] as number[], entry, relative, `${name}, entry ${i}`);
  });
}

const kind = (entry: Entry) => (typeof entry === 'string' ? 'text' : entry.length);

export function expectClose(got: readonly number[], want: readonly number[], relative: number, where: string): void {
  want.forEach((value, i) => {
    if (!(Math.abs(got[i]! - value) <= ABSOLUTE + relative * Math.abs(value))) {
      throw new Error(`${where}: element ${i} is ${got[i]}, PyTorch has ${value}`);
    }
  });
}
