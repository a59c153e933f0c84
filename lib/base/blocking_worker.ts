/** The worker's side of blocking.ts. */
import { workerData } from 'node:worker_threads';
import { type Reply, type Request, Signal, type WorkerData } from './blocking';

const { port, signal } = workerData as WorkerData;

type Functions = Readonly<Record<string, (...args: unknown[]) => unknown>>;

async function answer({ module, name, args }: Request): Promise<Reply> {
  let functions: Functions;
  try {
    functions = require(module);
  } catch (error) {
    return { error, unloaded: true };
  }
  try {
    return { value: await functions[name]!(...args) };
  } catch (error) {
    return { error };
  }
}

function tell(state: number): void {
  Atomics.store(signal, 0, state);
  Atomics.notify(signal, 0);
}

port.on('message', async (request: Request) => {
  const reply = await answer(request);
  try {
    port.postMessage(reply);
  } catch (error) {
    port.postMessage({ error: new Error(String(error)) } satisfies Reply); // it could not be copied
  }
  tell(Signal.replied);
});

// Whoever waits shall not wait for ever.
process.on('exit', () => tell(Signal.ended));
