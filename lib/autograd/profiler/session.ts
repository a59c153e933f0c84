/** One recording: from the warm-up of kineto to its results. */
import { watchModuleCalls } from '../../context/module_calls';
import { type Profiling, profiling } from '../../context/profiling';
import { native } from '../../native/addon';
import { call } from '../../native/frame';
import { NativePart } from '../../native/part';
import {
  type Collected,
  configValues,
  type ExperimentalConfig,
  type ProfilerActivity,
  type ProfilerState,
} from './config';
import { framesOf, type Mark } from './frames';
import { type KeptStack, keepStack } from './stacks';

export interface Plan {
  readonly state: ProfilerState;
  readonly activities: ReadonlySet<ProfilerActivity>;
  readonly filters: ReadonlyMap<ProfilerActivity, ReadonlySet<string>>;
  readonly collected: Collected;
  readonly experimental: Required<ExperimentalConfig>;
  readonly trace_id: string;
}

/** The stacks of the calls of a profile, and which modules ran. */
class Stacks {
  private readonly kept: KeptStack[] = [];
  private readonly marks = new Map<number, Mark>();
  private readonly instances = new Map<string, object[]>();

  /** What native code calls before each call of its own. */
  readonly keep = (): void => {
    this.kept.push(keepStack(this.keep));
  };

  readonly around = (module: object, forward: () => unknown): unknown => {
    this.mark({ module: module.constructor.name, instance: this.instanceOf(module) });
    try {
      return forward();
    } finally {
      this.mark('end');
    }
  };

  frames() {
    return framesOf(this.kept, this.marks);
  }

  private mark(mark: Mark): void {
    this.marks.set(this.kept.length, mark);
    call(native.profiler_mark);
  }

  /** The k-th module of its class that ran. */
  private instanceOf(module: object): number {
    const { name } = module.constructor;
    const known = this.instances.get(name) ?? [];
    this.instances.set(name, known);
    const at = known.indexOf(module);
    return at >= 0 ? at : known.push(module) - 1;
  }
}

export class Session implements Profiling {
  private stacks: Stacks | null = null;
  private unwatch: (() => void) | null = null;

  /** Takes the process's profiler. @throws TorchError when a profile is under way */
  constructor(private readonly plan: Plan) {
    const filter: (number | string[])[] = [];
    for (const [activity, names] of plan.filters) filter.push(activity, [...names]);
    call(native.profiler_prepare, [...plan.activities], filter, ...this.values());
  }

  private values() {
    const { state, collected, experimental, trace_id } = this.plan;
    return configValues(state, collected, experimental, trace_id);
  }

  start(): void {
    this.stacks = this.plan.collected.with_stack ? new Stacks() : null;
    call(native.profiler_start, this.stacks?.keep ?? null, ...this.values());
    if (this.stacks !== null) this.unwatch = watchModuleCalls(this.stacks.around);
    profiling.current = this;
  }

  open(name: string, args: string | null = null): () => void {
    const range = call(native.profiler_open_range, name, args);
    let ended = false;
    return () => {
      if (ended || profiling.current !== this) return;
      ended = true;
      call(native.profiler_close_range, range);
    };
  }

  /** Ends it, and gives its results. */
  stop(): NativePart {
    profiling.current = null;
    this.unwatch?.();
    call(native.profiler_detach);
    const { names, numbers } = this.stacks?.frames() ?? { names: [], numbers: [] };
    this.stacks = null;
    const results = call(native.profiler_stop, names, numbers);
    if (!(results instanceof NativePart)) throw new TypeError('a profile has no results');
    return results;
  }
}
