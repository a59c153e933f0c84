// Runs before a program that `npx tsorch profile` starts: profiles it, and shows the table when it ends.
'use strict';
const { basename } = require('node:path');
const { isMainThread } = require('node:worker_threads');

/** @typedef {{ sort: string, limit: number, shapes: boolean, memory: boolean, flops: boolean, stack: boolean, trace?: string }} Settings */

/** @param {Settings} settings */
function start(settings) {
  const { default: torch } = require('../../dist/entries/main.js');
  const { profile, record_function } = torch.profiler;
  const { shapes, memory, flops, stack } = settings;
  const prof = new profile({
    record_shapes: shapes,
    profile_memory: memory,
    with_flops: flops,
    with_stack: stack,
  });
  prof.start();
  // What is left for this row alone is JavaScript, and waiting.
  const all = record_function(basename(process.argv[1] ?? 'node'));
  return () => {
    all.exit();
    prof.stop();
    const rows = prof.key_averages({ group_by_input_shape: shapes });
    process.stderr.write(rows.table({ sort_by: settings.sort, row_limit: settings.limit }));
    if (settings.trace) prof.export_chrome_trace(settings.trace);
  };
}

/** A program that a signal ends has no end of its own: give it one, unless it listens itself. */
function endOnSignals() {
  for (const [signal, code] of /** @type {const} */ ([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ])) {
    const end = () => {
      if (process.listenerCount(signal) === 1) process.exit(code);
    };
    process.on(signal, end);
  }
}

// Worker threads get the same flags; kineto serves one thread at a time.
if (isMainThread && process.env.TSORCH_PROFILE !== undefined) {
  const finish = start(JSON.parse(process.env.TSORCH_PROFILE));
  delete process.env.TSORCH_PROFILE; // what the program starts itself is not meant
  endOnSignals();
  process.once('exit', finish);
}
