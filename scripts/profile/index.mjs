// npx tsorch profile [options] script.js [arguments]: runs a program as node does, and says at its end where the time went.
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

export const usage = `usage: npx tsorch profile [options] script.js [arguments of the script]
  --sort NAME    the column to sort by: self_cpu_time_total (the default), cpu_time_total, count, cpu_memory_usage, …
  --limit N      rows of the table (20; 0 for all)
  --shapes       a row for each combination of input shapes
  --memory       memory that operators take
  --flops        floating-point operations of matrix products and convolutions
  --stack        the program's lines and modules
  --trace FILE   a trace for ui.perfetto.dev, compressed if the name ends in .gz`;

const options = /** @type {const} */ ({
  sort: { type: 'string', default: 'self_cpu_time_total' },
  limit: { type: 'string', default: '20' },
  shapes: { type: 'boolean', default: false },
  memory: { type: 'boolean', default: false },
  flops: { type: 'boolean', default: false },
  stack: { type: 'boolean', default: false },
  trace: { type: 'string' },
});

/** The options end where the script is named: what follows is its own. @param {string[]} args */
function splitArguments(args) {
  const { tokens } = parseArgs({ args, options, allowPositionals: true, strict: false, tokens: true });
  const script = tokens.find(({ kind }) => kind === 'positional');
  if (script === undefined) throw new Error(usage);
  return { ours: args.slice(0, script.index), program: args.slice(script.index) };
}

/** @param {string[]} args */
function read(args) {
  try {
    const { ours, program } = splitArguments(args);
    const { values } = parseArgs({ args: ours, options });
    const limit = Number(values.limit);
    if (!Number.isInteger(limit) || limit < 0) throw new Error(`--limit ${values.limit} is no number of rows`);
    return { program, settings: { ...values, limit: limit || -1, trace: values.trace && resolve(values.trace) } };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new Error(message === usage ? usage : `${message}\n${usage}`);
  }
}

/** Runs the program; its exit code is that of this one. @param {string[]} args */
export async function profile(args) {
  const { program, settings } = read(args);
  const preload = fileURLToPath(new URL('./preload.cjs', import.meta.url));
  const child = spawn(process.execPath, ['--require', preload, ...program], {
    stdio: 'inherit',
    // Kineto says on stderr when it starts and stops, unless it is told to be silent.
    env: { KINETO_LOG_LEVEL: '6', ...process.env, TSORCH_PROFILE: JSON.stringify(settings) },
  });
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM'])) process.on(signal, () => child.kill(signal));
  process.exitCode = await new Promise((done, fail) => {
    child.on('error', fail);
    child.on('close', (code, signal) => done(code ?? 128 + (signal === null ? 0 : constants.signals[signal])));
  });
}
