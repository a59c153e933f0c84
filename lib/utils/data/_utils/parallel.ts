/** An epoch read by workers: which one reads what, and in which order the batches come. */
import { TorchError } from '../../../base/errors';
import { inRange } from '../../../context/profiling';
import { discard, type Packed, pack, unpack } from '../../../multiprocessing/packing';
import { rebuildFailure } from './failure';
import type { Result } from './messages';
import type { WorkerPool } from './pool';
import { turn } from './turn';

export interface EpochOptions<Batch> {
  readonly indices: Iterator<unknown>;
  readonly prefetch_factor: number;
  readonly in_order: boolean;
  /** Seconds to wait for a batch; 0 for ever. */
  readonly timeout: number;
  /** Whether the workers wait for another epoch afterwards. */
  readonly persistent: boolean;
  /** What happens to a batch at last. */
  readonly finished: (batch: Batch) => Batch;
}

interface Assigned {
  readonly worker: number;
  readonly index: Packed;
  /** It came before its turn. */
  result: Result | undefined;
}

type Step<Batch> = IteratorResult<Batch, undefined>;
const DONE = { done: true, value: undefined } as const;

/** The schedule of one epoch, which is PyTorch's: `prefetch_factor` tasks a worker, dealt in turn. */
class Schedule<Batch> {
  private readonly assigned = new Map<number, Assigned>();
  /** The number of the next task, and of the one whose batch is due. */
  private next = 0;
  private due = 0;
  private turn = 0;
  /** Whether a worker's stream goes on. */
  private readonly active: boolean[];
  private readonly load: number[];

  constructor(
    private readonly pool: WorkerPool,
    private readonly epoch: number,
    private readonly options: EpochOptions<Batch>,
  ) {
    this.active = Array(pool.size).fill(true);
    this.load = Array(pool.size).fill(0);
    for (let i = 0; i < this.capacity; i++) this.assign();
  }

  private get capacity(): number {
    return this.options.prefetch_factor * this.pool.size;
  }

  /** Hands the next index out. */
  private assign(): void {
    const step = this.options.indices.next();
    if (step.done) return;
    const worker = this.choose();
    if (worker === undefined) return;
    const index = pack(step.value, 'index');
    this.pool.post(worker, { epoch: this.epoch, task: this.next, index });
    this.assigned.set(this.next++, { worker, index, result: undefined });
    this.load[worker]!++;
  }

  /** The next worker in turn whose stream goes on; where order does not matter, one that has not its share yet. */
  private choose(): number | undefined {
    const share = Math.floor(this.capacity / this.active.filter(Boolean).length);
    for (let i = 0; i < this.pool.size; i++) {
      const worker = this.turn;
      this.turn = (this.turn + 1) % this.pool.size;
      if (this.active[worker] && (this.options.in_order || this.load[worker]! < share)) return worker;
    }
    return undefined;
  }

  /** What the loop gets next, where that is known; undefined where a result has to be waited for. */
  step(): Step<Batch> | undefined {
    while (this.due < this.next) {
      const task = this.assigned.get(this.due);
      if (task?.result !== undefined) {
        this.assigned.delete(this.due++);
        return this.deliver(task.result);
      }
      if (task !== undefined && this.active[task.worker]) return undefined;
      this.assigned.delete(this.due++); // delivered before, or its worker's stream has ended
    }
    return DONE;
  }

  accept(result: Result): Step<Batch> | undefined {
    if (result.epoch !== this.epoch) {
      free(result);
      return undefined;
    }
    if (result.kind === 'ended') {
      this.active[result.worker] = false;
      this.assign();
      return undefined;
    }
    const { task } = result;
    if (task !== this.due && this.options.in_order) {
      this.assigned.get(task)!.result = result;
      return undefined;
    }
    this.assigned.delete(task);
    if (task === this.due) this.due++;
    return this.deliver(result);
  }

  private deliver(result: Result): Step<Batch> {
    this.load[result.worker]!--;
    this.assign();
    if (result.kind === 'failed') throw rebuildFailure(result.failure, result.worker);
    const batch = this.received((result as Extract<Result, { kind: 'batch' }>).batch);
    return { done: false, value: this.options.finished(batch) };
  }

  /** What a worker has shared ends with it. */
  private received(batch: Packed): Batch {
    try {
      return unpack(batch) as Batch;
    } catch (error) {
      this.pool.explainLoss();
      throw error;
    }
  }

  /** Frees what will not be read. */
  close(): void {
    for (const { index, result } of this.assigned.values()) {
      discard(index);
      if (result !== undefined) free(result);
    }
    this.assigned.clear();
    this.options.indices.return?.();
  }
}

function free(result: Result): void {
  if (result.kind === 'batch') discard(result.batch);
}

/** The batches of an epoch, one loop's. */
export class ParallelEpoch<Batch> {
  private readonly schedule: Schedule<Batch>;
  private ended = false;

  constructor(
    private readonly pool: WorkerPool,
    epoch: number,
    private readonly options: EpochOptions<Batch>,
  ) {
    pool.begin(epoch);
    this.schedule = new Schedule(pool, epoch, options);
  }

  private get patience(): number {
    return this.options.timeout > 0 ? 1000 * this.options.timeout : Number.POSITIVE_INFINITY;
  }

  next(): Step<Batch> {
    if (this.ended) return DONE;
    try {
      let step = this.schedule.step();
      while (step === undefined) step = this.accepted(this.pool.wait(this.patience));
      if (step.done) void this.close();
      return step;
    } catch (error) {
      void this.close();
      throw error;
    }
  }

  async nextAsync(): Promise<Step<Batch>> {
    if (this.ended) return DONE;
    try {
      let step = this.schedule.step();
      while (step === undefined) step = this.accepted(await this.pool.waitAsync(this.patience));
      if (step.done) await this.close();
      return step;
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  private accepted(result: Result | undefined): Step<Batch> | undefined {
    if (this.ended) return DONE; // another epoch has begun meanwhile
    if (result === undefined) throw new TorchError(`DataLoader timed out after ${this.options.timeout} seconds`);
    return this.schedule.accept(result) ?? this.schedule.step();
  }

  /** Leaves the epoch; its workers end with it unless they wait for another. */
  close(): Promise<unknown> {
    if (this.ended) return Promise.resolve();
    this.ended = true;
    this.schedule.close();
    this.pool.begin(-1); // what is still to do is not worth doing
    return this.options.persistent && !this.pool.broken ? Promise.resolve() : this.pool.close();
  }
}

/** How profiles name the getting of a batch. */
const byWorkers = () => 'enumerate(DataLoader)#_MultiProcessingDataLoaderIter.__next__';

/** A loop over an epoch: what it does not finish is ended when it is collected. */
export class ParallelIterator<Batch> implements IterableIterator<Batch> {
  constructor(private readonly epoch: ParallelEpoch<Batch>) {}

  next(): IteratorResult<Batch, undefined> {
    return inRange(byWorkers, () => this.epoch.next());
  }

  return(): IteratorResult<Batch, undefined> {
    void this.epoch.close();
    return DONE;
  }

  [Symbol.iterator](): this {
    return this;
  }
}

/** The same for `for await`; calls wait for one another. */
export class AsyncParallelIterator<Batch> implements AsyncIterableIterator<Batch> {
  private last: Promise<unknown> = Promise.resolve();

  constructor(private readonly epoch: ParallelEpoch<Batch>) {}

  next(): Promise<IteratorResult<Batch, undefined>> {
    const step = this.last.then(turn).then(() => inRange(byWorkers, () => this.epoch.nextAsync()));
    this.last = step.catch(() => {});
    return step;
  }

  async return(): Promise<IteratorResult<Batch, undefined>> {
    await this.epoch.close();
    return DONE;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
