/** Ctrl-C ends training after the batch, so that the weights are still written; a second one ends the program at once. */
import { setImmediate } from 'node:timers/promises';

let heard = false;

function listen(): void {
  process.once('SIGINT', () => {
    heard = true;
    process.exitCode = 130; // as shells say of what Ctrl-C has ended
    console.error('\nstopping after this batch (Ctrl-C once more stops at once)');
  });
}

/** Whether Ctrl-C was pressed during a loop of `untilInterrupted`. */
export const interrupted = (): boolean => heard;

/** Each item until Ctrl-C. The event loop turns between them: in a loop without that no signal is heard. */
export async function* untilInterrupted<T>(items: Iterable<T> | AsyncIterable<T>): AsyncGenerator<T, void> {
  if (process.listenerCount('SIGINT') === 0 && !heard) listen();
  for await (const item of items) {
    yield item;
    await setImmediate();
    if (heard) return;
  }
}

/** 1 to `count`. */
export function* counted(count: number): Generator<number> {
  for (let i = 1; i <= count; i++) yield i;
}
