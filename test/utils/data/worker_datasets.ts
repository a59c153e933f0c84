/** Datasets and functions that the workers of the suites import. */
import torch, { type Tensor } from 'tsorch';
import { Dataset, get_worker_info, IterableDataset } from 'tsorch/utils/data';

/** Each sample tells its index, its worker and what the worker draws next. */
export class Draws extends Dataset<[Tensor, number, Tensor]> {
  readonly values: Tensor;

  constructor(readonly count: number) {
    super();
    this.values = torch.arange(count);
  }

  override __getitem__(index: number): [Tensor, number, Tensor] {
    return [this.values.index(index).mul(2), get_worker_info()?.id ?? -1, torch.rand(1)];
  }

  override __len__() {
    return this.count;
  }
}

export class Counter extends IterableDataset<number> {
  constructor(
    readonly count: number,
    readonly said = count,
  ) {
    super();
  }

  override *__iter__() {
    const info = get_worker_info();
    const [first, step] = info === null ? [0, 1] : [info.id, info.num_workers];
    for (let i = first; i < this.count; i += step) yield i;
  }

  override __len__() {
    return this.said;
  }
}

/** What the worker knows about itself. */
export class Info extends Dataset<number[]> {
  offset = 0;

  override __getitem__(index: number): number[] {
    const info = get_worker_info<Info>()!;
    if (info.dataset !== this) throw new Error('another dataset');
    const isOwn = info.rng.torch_generator.initial_seed() === info.seed;
    return [index, info.id, info.num_workers, Number(BigInt(info.seed) % 2n ** 31n), this.offset, isOwn ? 1 : 0];
  }

  override __len__() {
    return 4;
  }
}

export async function set_offset(worker: number): Promise<void> {
  await null;
  get_worker_info<Info>()!.dataset.offset = 10 + worker;
}

export class Unreadable extends Error {
  code = 'ENODATA';
}

export class Broken extends Dataset<number> {
  constructor(readonly what: string) {
    super();
  }

  override __getitem__(index: number): number {
    if (index === 2) {
      if (this.what === 'own') throw new Unreadable('no data', { cause: new Error('the disk is gone') });
      if (this.what === 'text') throw 'just text';
      if (this.what === 'torch') return torch.ones(2).add(torch.ones(3)).item();
      throw new RangeError(`no sample ${index}`);
    }
    return index;
  }

  override __len__() {
    return 4;
  }
}

export class Later extends Dataset<Promise<number>> {
  override async __getitem__(index: number): Promise<number> {
    await new Promise((resolve) => setTimeout(resolve, 1));
    return index;
  }

  override __len__() {
    return 5;
  }
}

/** Worker 0 begins when worker 1 has begun so many samples. */
export class Uneven extends Dataset<number> {
  readonly reads = new Int32Array(new SharedArrayBuffer(4));

  constructor(readonly needed: number) {
    super();
  }

  override __getitem__(index: number): number {
    const { reads, needed } = this;
    if (get_worker_info()!.id === 1) Atomics.add(reads, 0, 1);
    else for (let n = 0; n < needed; n = Atomics.load(reads, 0)) Atomics.wait(reads, 0, n, 10);
    return index;
  }

  override __len__() {
    return 6;
  }
}

export class Rows extends Dataset<Tensor> {
  constructor(
    readonly rows: Tensor,
    readonly transform: ((x: Tensor) => Tensor) | null = null,
  ) {
    super();
  }

  override __getitem__(index: number): Tensor {
    const row = this.rows.index(index);
    return this.transform === null ? row : this.transform(row);
  }

  override __len__() {
    return this.rows.length;
  }
}

/** Its state is private, so it says how it is made again. */
export class Private extends Dataset<number> {
  readonly #factor: number;

  constructor(factor: number) {
    super();
    this.#factor = factor;
  }

  override __getitem__(index: number): number {
    return index * this.#factor;
  }

  override __len__() {
    return 4;
  }

  __reduce__() {
    return [Private, [this.#factor]] as const;
  }
}

/** The workers open what cannot be handed over themselves. */
export class Stateful extends Dataset<string> {
  readonly open: () => string;

  constructor(readonly name: string) {
    super();
    this.open = () => this.name;
  }

  override __getitem__(index: number): string {
    return `${this.open()}${index}`;
  }

  override __len__() {
    return 2;
  }

  __getstate__() {
    return { name: this.name.toUpperCase() };
  }

  __setstate__({ name }: { name: string }) {
    Object.assign(this, { name, open: () => name });
  }
}

export const halve = (x: Tensor) => x.div(2);
export const total = (batch: number[]) => batch.reduce((a, b) => a + b, 0);
export const leave = () => process.exit(3);
export const crash = () => {
  setTimeout(() => {
    throw new Error('in a timer');
  });
  return new Promise(() => {});
};
export const sleep_forever = (): never => {
  for (;;) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100);
};
