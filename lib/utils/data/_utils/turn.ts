/** Letting the event loop turn in the middle of a loop over batches that are there already. */

/** Timers, signals and requests have had their turn when it is fulfilled: awaiting what is ready gives them none. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
