/** Calls that are written down for a native thread instead of run (native/async/job.h). */
import { native } from '../native/addon';
import { call } from '../native/frame';
import { isOptions } from '../native/kinds';
import { NativePart } from '../native/part';
import { recording } from '../operators/pending';

/** What stands for a program's result that is no tensor. It can be given back, and nothing else. */
class PendingResult {
  constructor(
    readonly part: NativePart,
    readonly convert: (value: unknown) => unknown,
  ) {}
}

let results: PendingResult[] | null = null;

/** The result of a program, by `convert`; while calls are written down, what stands for it. */
export function resultOf(value: unknown, convert: (value: unknown) => unknown): unknown {
  if (results === null || !(value instanceof NativePart)) return convert(value);
  const pending = new PendingResult(value, convert);
  results.push(pending);
  return pending;
}

/** What was written down, and how to read what its function gave. */
export interface Recorded<Result> {
  readonly job: NativePart;
  /** Once the job is over: the function's value with the results in the places of what stood for them. */
  finish(): Result;
}

/** Writes down what `fn` calls. */
export function record<Result>(fn: () => Result): Recorded<Result> {
  call(native.job_begin);
  results = [];
  recording.active = true;
  const pending = results;
  let value: Result;
  let job: NativePart;
  try {
    value = fn();
  } finally {
    job = call(native.job_end);
    results = null;
    recording.active = false;
  }
  if (value instanceof Promise) {
    value.catch(() => {}); // what it meets after its first await is of no job any more
    throw new TypeError('the function of torch.run_async gives a promise: calls after an await cannot be written down');
  }
  return {
    job,
    finish() {
      call(native.job_finish, job);
      return (pending.length > 0 ? computed(value) : value) as Result;
    },
  };
}

/** The value with the results of programs in it. */
function computed(value: unknown): unknown {
  if (value instanceof PendingResult) return value.convert(call(native.job_value, value.part));
  if (Array.isArray(value)) return value.map(computed);
  if (value instanceof Map) return new Map([...value].map(([key, each]) => [key, computed(each)]));
  if (!isOptions(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, computed(each)]));
}
