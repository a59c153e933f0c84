/**
 * Runs workloads on request; see bench/README.md for the protocol. Requests are read without the event loop, so that
 * everything happens in one synchronous run, as in a training loop.
 */
import { readSync } from 'node:fs';
import torch from 'tsorch';
import { data } from './data';
import { operations } from './operations';
import { optimizers } from './optimizers';
import { inference, training } from './training';
import type { Workloads } from './workload';

/** Steps of a `tidy` scope. */
const SCOPE = 100;

type Run = (iterations: number) => void;

function loop(step: () => unknown): Run {
  return (iterations) => {
    for (let i = 0; i < iterations; i++) step();
  };
}

function tidyLoop(run: Run, scope: number): Run {
  return (iterations) => {
    for (let left = iterations; left > 0; left -= scope) torch.tidy(() => run(Math.min(scope, left)));
  };
}

const workloads: Workloads = { ...operations, ...training, ...inference, ...optimizers, ...data };
const prepared = new Map<string, Run>();

/** `NAME`, or `NAME:tidy` for the same inside `tidy`: each training step in one scope, small operations a hundred. */
function runOf(name: string): Run {
  const known = prepared.get(name);
  if (known !== undefined) return known;
  const [workload, mode] = name.split(':') as [string, string?];
  const step = workloads[workload]!();
  const run = mode === 'tidy' ? tidyLoop(loop(step), workload in operations ? SCOPE : 1) : loop(step);
  prepared.set(name, run);
  return run;
}

function cpuNanoseconds(): number {
  const { user, system } = process.cpuUsage();
  return 1000 * (user + system);
}

function measure(run: Run, iterations: number): string {
  const cpu = cpuNanoseconds();
  const wall = process.hrtime.bigint();
  run(iterations);
  if (device !== undefined) torch.accelerator.synchronize();
  return `${process.hrtime.bigint() - wall} ${cpuNanoseconds() - cpu}`;
}

/** The lines of standard input. */
function* lines(): Generator<string> {
  const buffer = Buffer.alloc(4096);
  let text = '';
  for (let count = readSync(0, buffer); count > 0; count = readSync(0, buffer)) {
    text += buffer.toString('utf8', 0, count);
    const complete = text.split('\n');
    text = complete.pop()!;
    yield* complete;
  }
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

const [, , threads, device] = process.argv;
torch.set_num_threads(Number(threads));
if (device !== undefined) torch.set_default_device(device);
say(`libtorch ${torch.__version__}`);
say(`workloads ${Object.keys(workloads).join(' ')}`);
say('ready');
for (const line of lines()) {
  const [name, iterations] = line.split(' ') as [string, string];
  say(measure(runOf(name), Number(iterations)));
}
