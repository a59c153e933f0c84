/** A worker of a DataLoader: reads what it is told to, and posts the batches. */
import type { MessagePort } from 'node:worker_threads';
import { type Packed, pack, unpack } from '../../../multiprocessing/packing';
import { loadModule } from '../../../multiprocessing/places';
import { native } from '../../../native/addon';
import { call } from '../../../native/frame';
import { default_generator } from '../../../tensor/generator';
import { IterableDataset } from '../dataset';
import { describeFailure } from './failure';
import { END, type Fetcher, IterableFetcher, MapFetcher } from './fetch';
import { Cell, type Reply, type Start, type Task, type Work } from './messages';
import { pinned } from './pin_memory';
import { setImporting, setWorkerInfo, WorkerInfo } from './worker_info';

/** Posts a reply and wakes the loop's thread, which may sleep in synchronous code. */
export function postReply(port: MessagePort, signal: SharedArrayBuffer, reply: Reply): void {
  const cells = new Int32Array(signal);
  port.postMessage(reply);
  Atomics.add(cells, Cell.Sent, 1);
  Atomics.notify(cells, Cell.Sent);
}

async function receiveWork(packed: Packed): Promise<Work> {
  setImporting(true);
  try {
    for (const module of packed.modules) await loadModule(module);
    return unpack(packed) as Work;
  } finally {
    setImporting(false);
  }
}

class DataWorker {
  private work: Work | undefined;
  private fetcher: Fetcher<unknown> | undefined;
  private epoch = -1;
  private ended = false;
  /** What the preparation threw; the first task reports it. */
  private failed: { error: unknown } | undefined;
  private readonly cells: Int32Array;

  constructor(private readonly start: Start) {
    this.cells = new Int32Array(start.signal);
  }

  post(reply: Reply): void {
    postReply(this.start.port, this.start.signal, reply);
  }

  async prepare(): Promise<void> {
    const { worker, workers, seed } = this.start;
    this.post({ kind: 'started', worker, thread: call(native.thread_identity) });
    try {
      call(native.set_thread_parallelism, 1);
      default_generator().manual_seed(seed);
      this.work = await receiveWork(this.start.work);
      setWorkerInfo(new WorkerInfo(worker, workers, seed, this.work.dataset));
      await this.work.worker_init_fn?.(worker);
    } catch (error) {
      this.failed = { error };
    }
  }

  async handle({ epoch, task, index }: Task): Promise<void> {
    const { worker } = this.start;
    if (epoch !== Atomics.load(this.cells, Cell.Epoch) || (epoch === this.epoch && this.ended)) return;
    try {
      if (this.failed !== undefined) throw this.failed.error;
      if (epoch !== this.epoch) this.begin(epoch);
      const batch = await this.fetcher!.fetchAsync(unpack(index));
      this.ended = batch === END;
      if (batch === END) return this.post({ kind: 'ended', worker, epoch, task });
      this.post({ kind: 'batch', worker, epoch, task, batch: pack(this.start.pins ? pinned(batch) : batch, 'batch') });
    } catch (error) {
      this.post({ kind: 'failed', worker, epoch, task, failure: describeFailure(error) });
    }
  }

  /** A stream begins anew in every epoch. */
  private begin(epoch: number): void {
    const { dataset, collate_fn } = this.work!;
    const { batched, drop_last } = this.start;
    this.fetcher?.close();
    this.epoch = epoch;
    this.ended = false;
    const options = { dataset, collate_fn, batched, drop_last };
    this.fetcher = dataset instanceof IterableDataset ? new IterableFetcher(options, true) : new MapFetcher(options);
  }
}

/** Serves until the loop's thread ends this one. */
export function runWorker(start: Start): void {
  const worker = new DataWorker(start);
  process.on('uncaughtException', (error) => {
    worker.post({ kind: 'gone', worker: start.worker, failure: describeFailure(error) });
    process.exit(1);
  });
  process.on('exit', () => worker.post({ kind: 'gone', worker: start.worker, failure: null }));
  let last = worker.prepare();
  start.port.on('message', (task: Task) => {
    last = last.then(() => worker.handle(task));
  });
}
