/** What a profile is asked to record. */
import { ProfilerActivity } from '../autograd/profiler/config';
import { hasCuda } from '../autograd/profiler/profile';

/** Activities, or the kinds of events wanted of them: `new Map([[ProfilerActivity.CUDA, ['GPU_MEMCPY']]])`. */
export type Activities = Iterable<ProfilerActivity | ReadonlyMap<ProfilerActivity, Iterable<string>>>;

export interface ParsedActivities {
  readonly activities: Set<ProfilerActivity>;
  readonly filters: Map<ProfilerActivity, Set<string>>;
}

/**
 * What can be profiled with this libtorch and on this machine.
 * https://docs.pytorch.org/docs/2.13/profiler.html#torch.profiler.supported_activities
 */
export function supported_activities(): Set<ProfilerActivity> {
  return new Set([ProfilerActivity.CPU, ...(hasCuda() ? [ProfilerActivity.CUDA] : [])]);
}

/** @throws RangeError for an activity given twice, TypeError for what is none */
export function parseActivities(given: Activities | null): ParsedActivities {
  if (given === null) return { activities: supported_activities(), filters: new Map() };
  const activities = new Set<ProfilerActivity>();
  const filters = new Map<ProfilerActivity, Set<string>>();
  const add = (activity: ProfilerActivity) => {
    const name = `ProfilerActivity.${ProfilerActivity[activity]}`;
    if (activities.has(activity)) throw new RangeError(`Activity ${name} specified more than once`);
    activities.add(activity);
  };
  for (const item of given) {
    if (typeof item === 'number') add(item);
    else if (item instanceof Map) {
      for (const [activity, names] of item as ReadonlyMap<ProfilerActivity, Iterable<string>>) {
        add(activity);
        filters.set(activity, new Set(names));
      }
    } else throw new TypeError(`Expected ProfilerActivity or Map, got ${typeof item}`);
  }
  return { activities, filters };
}
