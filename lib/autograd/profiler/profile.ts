/** The profiler itself, under its older names: torch.profiler is made of it. */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { AssertionError, TorchError, warn } from '../../base/errors';
import { current_accelerator } from '../../context/accelerator';
import { native } from '../../native/addon';
import { call } from '../../native/frame';
import type { NativePart } from '../../native/part';
import * as signatures from '../generated/autograd_profiler';
import { type Collected, type ExperimentalConfig, experimentalOf, ProfilerActivity, ProfilerState } from './config';
import { type Context, type ContextClass, contextClass } from './context_class';
import { EventList } from './event_list';
import type { FunctionEvent, FunctionEventAvg } from './function_event';
import { parseEvents } from './parse';
import { Session } from './session';

/** Whether this libtorch can record the kernels of CUDA. */
export function hasCuda(): boolean {
  return current_accelerator()?.type === 'cuda';
}

/** The device whose time is taken, if it is there. */
function usableDevice(device: string | null): string | null {
  if (device === null) return null;
  if (!['cuda', 'xpu', 'mtia', 'hpu'].includes(device)) {
    warn(`The ${device} is not a valid device option.`);
    return null;
  }
  if (device === 'cuda' && hasCuda()) return device;
  warn(`${device.toUpperCase()} is not available, disabling ${device.toUpperCase()} profiling`);
  return null;
}

function withoutTraceOnly(given: Required<ExperimentalConfig>, with_stack: boolean): Required<ExperimentalConfig> {
  if (!given.trace_only || !with_stack) return given;
  warn(
    'trace_only=True is incompatible with with_stack=True (stack traces require event post-processing). ' +
      'Disabling trace_only.',
  );
  return { ...given, trace_only: false };
}

type Given = ReturnType<typeof signatures.profile.read>;

/** What a profile is to do, of its arguments. */
class Settings {
  readonly use_device: string | null;
  readonly use_cpu: boolean;
  readonly acc_events: boolean;
  readonly collected: Collected;
  readonly experimental: Required<ExperimentalConfig>;
  readonly activities = new Set<ProfilerActivity>();
  readonly state: ProfilerState;
  readonly filters: ReadonlyMap<ProfilerActivity, ReadonlySet<string>>;

  constructor(given: Given) {
    if (given.use_cuda) {
      warn("The attribute `use_cuda` will be deprecated soon, please use ``use_device = 'cuda'`` instead.");
    }
    this.use_device = usableDevice(given.use_cuda ? 'cuda' : given.use_device);
    this.use_cpu = given.use_cpu;
    this.acc_events = given.acc_events;
    this.collected = {
      record_shapes: given.record_shapes || given.with_flops,
      profile_memory: given.profile_memory,
      with_stack: given.with_stack,
      with_flops: given.with_flops,
      with_modules: given.with_modules,
    };
    this.experimental = withoutTraceOnly(experimentalOf(given.experimental_config), given.with_stack);
    if (!given.use_cpu && !given.use_kineto) {
      throw new AssertionError('Device-only events supported only with Kineto (use_kineto=True)');
    }
    if (given.use_cpu) this.activities.add(ProfilerActivity.CPU);
    this.state = this.addDevice(given.use_kineto);
    if (this.activities.size === 0) throw new AssertionError('No activities specified for the profiler');
    const filters = given.activity_filters ?? new Map<ProfilerActivity, Iterable<string>>();
    this.filters = new Map([...filters].map(([activity, names]) => [activity, new Set(names)]));
  }

  private addDevice(use_kineto: boolean): ProfilerState {
    if (this.use_device === null) return ProfilerState.KINETO;
    if (!use_kineto) return ProfilerState.KINETO_GPU_FALLBACK;
    this.activities.add(ProfilerActivity.CUDA);
    return ProfilerState.KINETO;
  }
}

class Profile implements Context {
  readonly enabled: boolean;
  readonly use_device: string | null = null;
  /** The id of the trace, made anew for each. */
  trace_id = '';
  private readonly settings: Settings | null;
  private readonly makeId: (() => string) | null;
  private readonly timeout: number | null;
  private entered = false;
  private session: Session | null = null;
  /** @internal What was collected. */
  _results: NativePart | null = null;
  private list: EventList | null = null;
  private earlier: FunctionEvent[] = [];
  /** The trace, which kineto writes once. */
  private trace: Buffer | null = null;

  constructor(...args: signatures.ProfileArgs) {
    const given = signatures.profile.read(args);
    const { post_processing_timeout_s: timeout } = given;
    if (timeout !== null && timeout < 0) throw new RangeError('post_processing_timeout_s must be non-negative');
    this.timeout = timeout;
    this.enabled = given.enabled;
    this.settings = given.enabled ? new Settings(given) : null;
    this.use_device = this.settings?.use_device ?? null;
    this.makeId = given.custom_trace_id_callback;
  }

  /** @internal */
  _enter(): void {
    if (!this.enabled) return;
    if (this.entered) throw new TorchError('Profiler context manager is not reentrant');
    this._prepare_trace();
    this._start_trace();
  }

  /** @internal Warms the profiler up. */
  _prepare_trace(): void {
    const { state, activities, filters, collected, experimental } = this.settings!;
    this.entered = true;
    this.trace_id = this.makeId === null ? randomBytes(16).toString('hex').toUpperCase() : this.makeId();
    const { trace_id } = this;
    this.session = new Session({ state, activities, filters, collected, experimental, trace_id });
  }

  /** @internal */
  _start_trace(): void {
    this.entered = true;
    this.session!.start();
  }

  /** @internal */
  _exit(): void {
    const { session, settings } = this;
    if (session === null || settings === null) return;
    this.session = null;
    if (settings.acc_events && this.list !== null) this.earlier = [...this.list];
    this.list = null;
    this.trace = null;
    this._results = session.stop();
    if (settings.acc_events && !settings.experimental.trace_only) this.events();
  }

  [Symbol.dispose](): void {
    this._exit();
  }

  /** The events, made of what was collected when they are first asked for. */
  get function_events(): EventList {
    return this.events();
  }

  private events(): EventList {
    const { settings } = this;
    if (settings?.experimental.trace_only) {
      throw new TorchError(
        'events() is not available when trace_only=True in ExperimentalConfig. Use export_chrome_trace() instead.',
      );
    }
    if (this.list !== null) return this.list;
    if (settings === null || this._results === null) throw new AssertionError('Expected profiling results');
    const { profile_memory, with_flops } = settings.collected;
    const facts = { use_device: this.use_device, profile_memory, with_flops };
    const list = new EventList(parseEvents(this._results, this.use_device, this.timeout), facts);
    list._build_tree();
    for (const event of this.earlier) list.push(event);
    this.earlier = [];
    this.list = list;
    return list;
  }

  /**
   * The table of all events: see `key_averages` for that of their sums.
   * https://docs.pytorch.org/docs/2.13/autograd.html#torch.autograd.profiler.profile.table
   */
  table(...args: signatures.ProfileTableArgs): string {
    return this.events().table({ ...signatures.profile_table.read(args) });
  }

  /**
   * Sums of the events with one name.
   * https://docs.pytorch.org/docs/2.13/autograd.html#torch.autograd.profiler.profile.key_averages
   */
  key_averages(...args: signatures.ProfileKeyAveragesArgs): EventList<FunctionEventAvg> {
    const [byShape, depth, byOverload] = signatures.profile_key_averages.list(args);
    return this.events().key_averages(byShape, depth, byOverload);
  }

  /** All events added up. */
  total_average(): FunctionEventAvg {
    return this.events().total_average();
  }

  /** Microseconds that all events took on the CPU. */
  get self_cpu_time_total(): number {
    return this.events().self_cpu_time_total;
  }

  /**
   * Writes the trace for chrome://tracing and Perfetto.
   * https://docs.pytorch.org/docs/2.13/autograd.html#torch.autograd.profiler.profile.export_chrome_trace
   */
  export_chrome_trace(...args: signatures.ProfileExportChromeTraceArgs): void {
    const [path] = signatures.profile_export_chrome_trace.list(args);
    if (this._results === null) throw new AssertionError('Expected profiling results');
    this.trace ??= traceOf(this._results);
    writeFileSync(path, path.endsWith('.gz') ? gzipSync(this.trace) : this.trace);
  }

  /** Writes stacks and their times, for flame graphs. */
  export_stacks(...args: signatures.ProfileExportStacksArgs): void {
    const [path, metric] = signatures.profile_export_stacks.list(args);
    const events = this.events();
    if (!this.settings!.collected.with_stack) {
      throw new AssertionError('export_stacks() requires with_stack=True');
    }
    events.export_stacks(path, metric);
  }

  /** Has activities recorded or not, from now on. */
  toggle_collection_dynamic(...args: signatures.ProfileToggleCollectionDynamicArgs): void {
    const [enabled, activities] = signatures.profile_toggle_collection_dynamic.list(args);
    call(native.profiler_toggle, enabled, [...activities]);
  }

  toString(): string {
    return this._results === null ? '<unfinished torch.autograd.profile>' : this.events().toString();
  }
}

/** The text of a trace; kineto knows only how to write it to a file. */
function traceOf(results: NativePart): Buffer {
  const folder = mkdtempSync(join(tmpdir(), 'tsorch-trace-'));
  try {
    const path = join(folder, 'trace.json');
    call(native.profile_save, results, path);
    return readFileSync(path);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** @internal */
export type profile = Profile;

/**
 * Records which operators run, and when: `new profile(…)`, or `profile(…)` to begin at once. `torch.profiler` has more.
 * https://docs.pytorch.org/docs/2.13/autograd.html#torch.autograd.profiler.profile
 *
 * @example
 * const prof = torch.autograd.profiler.profile((_prof) => torch.ones(3).add(1));
 * console.log(prof.key_averages().map(({ key }) => key).includes('aten::add')); // true
 */
export const profile: ContextClass<Profile, signatures.ProfileArgs> = contextClass<Profile, signatures.ProfileArgs>(
  'profile',
  Profile,
);
