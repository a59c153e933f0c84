/** A function of the list of its samples, which say what to do. */
import { threadId } from 'node:worker_threads';
import torch from 'tsorch';

export interface Order {
  /** Gives this back. */
  value?: unknown;
  /** Adds one here, and waits until the flag beside it is set. */
  gate?: Int32Array;
  throws?: string;
  exits?: number;
  /** Throws outside of the model's function. */
  crashes?: string;
  /** The same, but when its answer is given. */
  crashesLater?: boolean;
  /** Takes more memory than there is. */
  hoards?: boolean;
  /** Never ends. */
  hangs?: boolean;
}

/** What it gives for each sample. */
export interface Answer {
  value: unknown;
  /** How many samples it had been given. */
  batch: number;
  thread: number;
  threads: number;
  training: boolean;
}

async function obey({ gate, throws, exits, crashes, crashesLater, hoards, hangs }: Order): Promise<void> {
  if (gate !== undefined) {
    Atomics.add(gate, 0, 1);
    Atomics.notify(gate, 0);
    Atomics.wait(gate, 1, 0);
  }
  if (throws !== undefined) throw new RangeError(throws);
  if (exits !== undefined) process.exit(exits);
  if (crashes !== undefined) {
    setImmediate(() => {
      throw new Error(crashes);
    });
    await new Promise(() => undefined);
  }
  if (crashesLater) {
    setTimeout(() => {
      throw new Error('later');
    });
  }
  if (hoards) for (const kept: unknown[] = []; ; ) kept.push(new Array(100_000).fill({}).map(() => ({})));
  while (hangs);
}

export default () =>
  async (orders: Order[]): Promise<Answer[]> => {
    for (const order of orders) await obey(order);
    return orders.map(({ value }) => ({
      value,
      batch: orders.length,
      thread: threadId,
      threads: torch.get_num_threads(),
      training: torch.is_grad_enabled(),
    }));
  };
