/** Which steps of a program are profiled. */
import { AssertionError, warn } from '../base/errors';
import * as signatures from './generated/profiler';

/** What is done in a step. https://docs.pytorch.org/docs/2.13/profiler.html#torch.profiler.ProfilerAction */
export enum ProfilerAction {
  NONE = 0,
  /** The profiler runs, so that its start does not count, and what it records is thrown away. */
  WARMUP = 1,
  RECORD = 2,
  /** The last step of a cycle. */
  RECORD_AND_SAVE = 3,
}

/**
 * A schedule for `profile`: after `skip_first` steps, cycles of `wait` steps in which nothing is done, `warmup` steps,
 * and `active` steps that are recorded; `repeat` cycles, or for ever when that is 0.
 * https://docs.pytorch.org/docs/2.13/profiler.html#torch.profiler.schedule
 * @throws AssertionError for negative numbers, and for no active step
 *
 * @example
 * const { ProfilerAction, schedule } = torch.profiler;
 * const plan = schedule({ wait: 1, warmup: 1, active: 2, repeat: 1 });
 * console.log([0, 1, 2, 3, 4].map((step) => ProfilerAction[plan(step)]).join(' ')); // NONE WARMUP RECORD RECORD_AND_SAVE NONE
 */
export function schedule(...args: signatures.ScheduleArgs): (step: number) => ProfilerAction {
  const { wait, warmup, active, repeat, skip_first, skip_first_wait } = signatures.schedule.read(args);
  if (wait < 0 || warmup < 0 || active <= 0 || repeat < 0 || skip_first < 0) {
    throw new AssertionError(
      `Invalid profiler schedule arguments. Got wait=${wait} (need >= 0), warmup=${warmup} (need >= 0), ` +
        `active=${active} (need > 0), repeat=${repeat} (need >= 0), skip_first=${skip_first} (need >= 0).`,
    );
  }
  if (warmup === 0) warn("Profiler won't be using warmup, this can skew profiler results");
  const length = wait + warmup + active;
  return (step) => {
    if (step < 0) throw new AssertionError(`Step must be non-negative. Got ${step}.`);
    if (step < skip_first) return ProfilerAction.NONE;
    const since = step - skip_first + (skip_first_wait !== 0 ? wait : 0);
    if (repeat > 0 && since / length >= repeat) return ProfilerAction.NONE;
    const at = since % length;
    if (at < wait) return ProfilerAction.NONE;
    if (at < wait + warmup) return ProfilerAction.WARMUP;
    return at < length - 1 ? ProfilerAction.RECORD : ProfilerAction.RECORD_AND_SAVE;
  };
}

/** Records every step. */
export function recordAlways(): ProfilerAction {
  return ProfilerAction.RECORD;
}
