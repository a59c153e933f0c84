/** The worker's side of blocking.ts. */
import { workerData } from 'node:worker_threads';
import type { Reply, Request, WorkerData } from './blocking';

const { port, signal } = workerData as WorkerData;

async function answer({ module, name, args }: Request): Promise<Reply> {
  try {
    const functions: Record<string, (...args: unknown[]) => unknown> = require(module);
    return { value: await functions[name]!(...args) };
  } catch (error) {
    return { error };
  }
}

port.on('message', async (request: Request) => {
  port.postMessage(await answer(request));
  Atomics.store(signal, 0, 1);
  Atomics.notify(signal, 0);
});
