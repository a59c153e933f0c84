/** A thread of the suite about locks, values and queues: does one job and ends. */
import { parentPort, workerData } from 'node:worker_threads';
import torch, { type Tensor } from 'tsorch';
import {
  type ArrayType,
  type EventType,
  type LockType,
  type QueueType,
  type RawValueType,
  type RLockType,
  receive,
  type Shared,
  type ValueType,
} from 'tsorch/multiprocessing';

export interface Work {
  lock: LockType | RLockType;
  raw: RawValueType;
  value: ValueType;
  array: ArrayType;
  go: EventType;
  jobs: QueueType<number | null>;
  results: QueueType<unknown>;
}

const jobs = {
  /** Adds one a thousand times in the ways that lose counts without a lock. */
  count({ lock, raw, value, array, go }: Work) {
    go.wait();
    for (let i = 0; i < 1000; i++) {
      lock.with(() => {
        raw.value = Number(raw.value) + 1;
      });
      value.with(() => {
        value.value = Number(value.value) + 2;
      });
      {
        using _ = array.with();
        array.index_put_([1], Number(array.index(1)) + 3);
      }
    }
  },
  /** Squares numbers until there are no more. */
  square({ jobs, results }: Work) {
    for (let job = jobs.get(); job !== null; job = jobs.get())
      results.put({ job, square: torch.tensor(job).pow(2).item() });
    results.put('done');
  },
  /** Shares a tensor, and changes it when told. */
  tensor({ results, go }: Work) {
    const x: Tensor = torch.ones(3);
    results.put([x, x]);
    go.wait();
    x.add_(1);
    results.put('changed');
  },
  /** Keeps the lock for good. */
  keep({ lock, go }: Work) {
    lock.acquire();
    go.set();
  },
};

export type Job = keyof typeof jobs;

const { job, work } = workerData as { job: Job; work: Shared<Work> };
jobs[job](receive(work));
parentPort!.postMessage('ended');
parentPort!.once('message', () => process.exit());
