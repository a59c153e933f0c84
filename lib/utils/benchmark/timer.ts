/** Runs a statement again and again and takes the time. */

import { NotImplementedError } from '../../base/errors';
import { namespace } from '../../base/namespace';
import { is_available, synchronize } from '../../context/accelerator';
import { native } from '../../native/addon';
import { call } from '../../native/frame';
import { typeName } from '../../native/kinds';
import * as signatures from '../generated/utils_benchmark';
import { Measurement, TaskSpec } from './measurement';

/** Seconds on a clock that only goes forward; an accelerator has finished its work by then. */
export function timer(): number {
  if (is_available()) synchronize();
  return Number(process.hrtime.bigint()) / 1e9;
}

/** A statement: JavaScript's text, or a function. */
export type Statement = string | (() => unknown);

export type { TimerOptions } from '../generated/utils_benchmark';

type TimerOptions = Omit<signatures.TimerOptions, 'timer'> & { timer?: (() => number) | null };

/** Called during a measurement with what has run so far. */
type Callback = (number: number, time: number) => void;

/** Removes what all lines of a text are indented by, a first empty line, and space at the end. */
function dedent(text: string): string {
  const lines = text.replace(/^\n/, '').trimEnd().split('\n');
  const depths = lines.filter((line) => line.trim() !== '').map((line) => line.length - line.trimStart().length);
  const depth = depths.length > 0 ? Math.min(...depths) : 0;
  return lines.map((line) => line.slice(depth)).join('\n');
}

function textOf(name: string, statement: Statement): string {
  if (typeof statement === 'string') return dedent(statement);
  if (typeof statement === 'function') return dedent(String(statement).replace(/^\(\)\s*=>\s*/, ''));
  throw new TypeError(`Timer(): argument '${name}' must be a string or a function, not ${typeName(statement)}`);
}

/** Times a number of runs, setup before them. */
type Run = (number: number) => number;

const code = (text: string) => (text === 'pass' ? '' : text);

/** Texts become one function, so that the loop costs as little as it can; functions are called. */
function compile(stmt: Statement, setup: Statement, global_setup: string, given: TimerOptions): Run {
  const globals: Record<string, unknown> = {
    ...namespace,
    ...given.globals,
  };
  const values: Record<string, unknown> = { ...globals, $timer: given.timer ?? timer, $stmt: stmt, $setup: setup };
  const body = `${code(global_setup)}
return ($number) => {
${typeof setup === 'function' ? '$setup()' : code(setup)};
const $start = $timer();
for (let $i = 0; $i < $number; $i++) {
${typeof stmt === 'function' ? '$stmt()' : code(stmt)};
}
return $timer() - $start;
};`;
  return new Function(...Object.keys(values), body)(...Object.values(values)) as Run;
}

/** `fn` with libtorch's threads at `count`. */
function withThreads<Result>(count: number, fn: () => Result): Result {
  const before = call(native.get_num_threads);
  call(native.set_num_threads, count);
  try {
    return fn();
  } finally {
    call(native.set_num_threads, before);
  }
}

const median = (values: number[]) => values.sort((a, b) => a - b)[Math.floor((values.length - 1) / 2)]!;

/** Above this the number of runs in a timing does not grow. */
const MOST_RUNS = 2 ** 31 - 1;

/**
 * Times a statement: `new Timer('x.add(1)', { globals: { x } }).timeit(100)`. On one thread of libtorch's, unless
 * `num_threads` says otherwise.
 * https://docs.pytorch.org/docs/2.13/benchmark_utils.html#torch.utils.benchmark.Timer
 */
export class Timer {
  private readonly task_spec: TaskSpec;
  private readonly run: Run;

  constructor(...args: signatures.TimerArgs) {
    const given = signatures.Timer.read(args);
    const { label, sub_label, description, env, num_threads, language } = given;
    if (!/^(javascript|js|typescript|ts|python|py)$/i.test(language)) {
      throw new RangeError(`Invalid language \`${language}\`.`);
    }
    if (!Number.isInteger(num_threads) || num_threads < 1) {
      throw new RangeError(`Timer(): num_threads must be a positive integer, got ${num_threads}`);
    }
    const [stmt, setup] = [textOf('stmt', given.stmt), textOf('setup', given.setup)];
    const { global_setup } = given;
    this.task_spec = new TaskSpec({ stmt, setup, global_setup, label, sub_label, description, env, num_threads });
    const runnable = (statement: Statement, text: string) => (typeof statement === 'function' ? statement : text);
    this.run = compile(runnable(given.stmt, stmt), runnable(given.setup, setup), global_setup, given);
  }

  /** At least a nanosecond, which no operation goes below. */
  private time(number: number): number {
    return Math.max(this.run(number), 1e-9);
  }

  private measurement(number_per_run: number, raw_times: number[]): Measurement {
    return new Measurement({ number_per_run, raw_times, task_spec: this.task_spec });
  }

  /** Times `number` runs at once, after a hundredth of them to warm up. */
  timeit(number = 1_000_000): Measurement {
    return withThreads(this.task_spec.num_threads, () => {
      this.time(Math.max(Math.floor(number / 100), 2));
      return this.measurement(number, [this.time(number)]);
    });
  }

  /** How many runs make a timing long enough that the clock itself does not count. */
  private blockSize(least: number): number {
    const overhead = median(Array.from({ length: 5 }, () => this.time(0)));
    for (let number = 1; ; number *= 10) {
      const time = this.time(number);
      const negligible = overhead / time <= 1e-4 && time >= least / 1000;
      if (negligible || time > least || number * 10 > MOST_RUNS) return number;
    }
  }

  private measure(number: number, least: number, most: number, callback: Callback | null, enough: Enough): Measurement {
    const times: number[] = [];
    for (let total = 0; total < least || !enough(times); ) {
      const time = this.time(number);
      times.push(time);
      total += time;
      callback?.(number, time);
      if (total > most) break;
    }
    return this.measurement(number, times);
  }

  /**
   * Times blocks of runs until `min_run_time` seconds are over.
   * https://docs.pytorch.org/docs/2.13/benchmark_utils.html#torch.utils.benchmark.Timer.blocked_autorange
   */
  blocked_autorange(...args: signatures.TimerBlockedAutorangeArgs): Measurement {
    const [callback, min_run_time] = signatures.Timer_blocked_autorange.list(args);
    return withThreads(this.task_spec.num_threads, () => {
      const number = this.blockSize(min_run_time);
      return this.measure(number, min_run_time, Infinity, callback, (times) => times.length > 0);
    });
  }

  /**
   * Times blocks of runs until the interquartile range is below `threshold` of the median, or time is up.
   * https://docs.pytorch.org/docs/2.13/benchmark_utils.html#torch.utils.benchmark.Timer.adaptive_autorange
   */
  adaptive_autorange(...args: signatures.TimerAdaptiveAutorangeArgs): Measurement {
    const [threshold, min_run_time, max_run_time, callback] = signatures.Timer_adaptive_autorange.list(args);
    return withThreads(this.task_spec.num_threads, () => {
      const number = this.blockSize(0.05);
      const enough = (times: readonly number[]) =>
        times.length > 3 && this.measurement(number, [...times]).meets_confidence(threshold);
      return this.measure(number, min_run_time, max_run_time, callback, enough);
    });
  }

  /** Left out: as in PyTorch, `timeit` and `blocked_autorange` take its place. */
  repeat(): never {
    throw new NotImplementedError('See `Timer.blocked_autorange.`');
  }

  /** Left out: as in PyTorch, `blocked_autorange` takes its place. */
  autorange(): never {
    throw new NotImplementedError('See `Timer.blocked_autorange.`');
  }

  /** Instruction counts come from Valgrind running Python. */
  collect_callgrind(): never {
    throw new NotImplementedError('Timer.collect_callgrind() runs the statement in Python under Valgrind');
  }
}

type Enough = (times: readonly number[]) => boolean;
