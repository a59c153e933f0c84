/** The garbage collector of the JavaScript engine, called in synchronous code. */
import { createRequire } from 'node:module';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Without options it collects everything; Node 20 takes any options for a minor collection. */
export type Collector = (options?: { type: 'minor'; execution: 'sync' }) => void;

/**
 * V8's own collector. The flag must be set first, and only contexts made after it have the function. Minor collections
 * run on one thread from then on: they are small here, and waking others for them takes longer (docs/performance.md).
 */
function collectorOfV8(): Collector {
  setFlagsFromString('--expose-gc');
  setFlagsFromString('--no-parallel-scavenge');
  return runInNewContext('gc') as Collector;
}

/** Bun runs on JavaScriptCore. */
function collectorOfBun(): Collector {
  const engine = createRequire(__filename)('bun:jsc') as { edenGC(): void; fullGC(): void };
  return (options) => {
    if (options === undefined) engine.fullGC();
    else engine.edenGC();
  };
}

export const collector = process.versions.bun === undefined ? collectorOfV8() : collectorOfBun();
