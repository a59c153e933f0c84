/** torch.profiler.profile: the profiler with a schedule. */
import { ProfilerActivity } from '../autograd/profiler/config';
import { type Context, type ContextClass, contextClass } from '../autograd/profiler/context_class';
import type { EventList } from '../autograd/profiler/event_list';
import type { FunctionEventAvg } from '../autograd/profiler/function_event';
import { profile as Recorder } from '../autograd/profiler/profile';
import { record_function } from '../autograd/profiler/record_function';
import { AssertionError, TorchError, warn } from '../base/errors';
import { native } from '../native/addon';
import { call } from '../native/frame';
import { type ParsedActivities, parseActivities } from './activities';
import * as signatures from './generated/profiler';
import { ProfilerAction, recordAlways } from './schedule';

const { NONE, WARMUP, RECORD, RECORD_AND_SAVE } = ProfilerAction;

let toldOfClearing = false;

function tellOfClearing(): void {
  if (toldOfClearing) return;
  toldOfClearing = true;
  warn(
    'Warning: Profiler clears events at the end of each cycle. Only events from the current cycle will be reported. ' +
      'To keep events across cycles, set acc_events=True.',
  );
}

type Given = ReturnType<typeof signatures.profile.read>;

function chosenActivities(given: Given): ParsedActivities {
  const parsed = parseActivities(given.activities);
  if (given.use_cuda !== null) {
    warn('`use_cuda` is deprecated, use `activities` argument instead');
    if (given.use_cuda) parsed.activities.add(ProfilerActivity.CUDA);
    else parsed.activities.delete(ProfilerActivity.CUDA);
  }
  if (parsed.activities.size === 0) throw new AssertionError('No valid profiler activities found');
  return parsed;
}

class Profile implements Context {
  readonly record_shapes: boolean;
  readonly profile_memory: boolean;
  readonly with_stack: boolean;
  readonly with_flops: boolean;
  readonly with_modules: boolean;
  readonly acc_events: boolean;
  readonly activities: ReadonlySet<ProfilerActivity>;
  readonly use_device: string | null;
  readonly schedule: (step: number) => ProfilerAction;
  on_trace_ready: ((prof: Profile) => void) | null;
  /** How often `step` was called. */
  step_num = 0;
  current_action: ProfilerAction;
  /** @internal The recording, of torch.autograd.profiler. */
  _profiler: InstanceType<typeof Recorder> | null = null;

  private readonly given: Given;
  private readonly filters: ReadonlyMap<ProfilerActivity, ReadonlySet<string>>;
  /** Whether steps are ranges of the trace. */
  private readonly record_steps: boolean;
  private stepRange: Disposable | null = null;
  private readonly presetMetadata = new Map<string, string>();
  private makeId: (() => string) | null;
  private running = false;

  constructor(...args: signatures.ProfileArgs) {
    const given = signatures.profile.read(args);
    const { activities, filters } = chosenActivities(given);
    this.given = given;
    this.activities = activities;
    this.filters = filters;
    this.use_device = activities.has(ProfilerActivity.CUDA) ? 'cuda' : null;
    this.record_shapes = given.record_shapes;
    this.profile_memory = given.profile_memory;
    this.with_stack = given.with_stack;
    this.with_flops = given.with_flops;
    this.with_modules = given.with_modules;
    this.acc_events = given.acc_events;
    this.makeId = given.custom_trace_id_callback;
    this.on_trace_ready = given.on_trace_ready as typeof this.on_trace_ready;
    this.record_steps = given.schedule !== null;
    this.schedule = given.schedule ?? recordAlways;
    this.current_action = this.schedule(0);
  }

  // ---- with

  /** @internal */
  _enter(): void {
    this.start();
  }

  /** @internal */
  _exit(): void {
    this.stop();
  }

  /** Ends the profile, if it is under way. */
  [Symbol.dispose](): void {
    this.stop();
  }

  // ---- what happens when

  /** Begins, with what the schedule says of the first step. */
  start(): void {
    if (this.running) throw new TorchError('Profiler context manager is not reentrant');
    this.transit(NONE, this.current_action);
    this.running = true;
    this.openStep();
  }

  /** Ends the profile; a trace that was being recorded is ready. Does nothing where there is none. */
  stop(): void {
    if (!this.running) return;
    this.running = false;
    this.closeStep();
    this.end(this.current_action);
  }

  /** Says that the next step begins. */
  step(): void {
    this.closeStep();
    const before = this.current_action;
    const action = this.schedule(this.step_num + 1);
    this.step_num++;
    this.current_action = action;
    if (!this.running) return;
    this.transit(before, action);
    this.openStep();
  }

  private openStep(): void {
    if (this.record_steps) this.stepRange = record_function(`ProfilerStep#${this.step_num}`);
  }

  private closeStep(): void {
    this.stepRange?.[Symbol.dispose]();
    this.stepRange = null;
  }

  private transit(before: ProfilerAction, action: ProfilerAction): void {
    const goesOn = before === RECORD && action >= RECORD;
    if (goesOn || (before === WARMUP && action === WARMUP)) return;
    if (before === RECORD) warn(`Incorrect schedule: RECORD followed by ${ProfilerAction[action]}`);
    if (before === WARMUP && action === NONE) {
      warn('Incorrect schedule: WARMUP followed by NONE');
      this.start_trace();
    }
    if (before >= RECORD || (before === WARMUP && action === NONE)) this.stop_trace();
    if (before === RECORD_AND_SAVE) this.traceReady();
    // After an incorrect RECORD, WARMUP nothing was prepared: recording begins with what comes next.
    if (action !== NONE && before !== WARMUP) this.prepare_trace();
    if (action >= RECORD) this.start_trace();
  }

  private end(action: ProfilerAction): void {
    if (action === NONE) return;
    if (action === WARMUP) this.start_trace();
    this.stop_trace();
    if (action >= RECORD) this.traceReady();
  }

  private traceReady(): void {
    this.on_trace_ready?.(this);
  }

  /** Warms the profiler up. */
  prepare_trace(): void {
    const { given, use_device } = this;
    if (this._profiler !== null && !this.acc_events) tellOfClearing();
    if (this._profiler === null || !this.acc_events) {
      this._profiler = new Recorder({
        use_cpu: this.activities.has(ProfilerActivity.CPU),
        use_device,
        record_shapes: this.record_shapes,
        with_flops: this.with_flops,
        profile_memory: this.profile_memory,
        with_stack: this.with_stack,
        with_modules: this.with_modules,
        use_kineto: true,
        experimental_config: given.experimental_config,
        acc_events: this.acc_events,
        custom_trace_id_callback: this.makeId,
        post_processing_timeout_s: given.post_processing_timeout_s,
        activity_filters: this.filters,
      });
    }
    this._profiler._prepare_trace();
  }

  /** Begins to record. */
  start_trace(): void {
    this.recorder('starting trace')._start_trace();
    for (const name of ['profile_memory', 'with_stack', 'record_shapes', 'with_modules', 'with_flops'] as const) {
      if (this[name]) this.add_metadata_json(name, '1');
    }
    for (const [key, value] of this.presetMetadata) this.add_metadata_json(key, value);
  }

  /** Ends the recording. */
  stop_trace(): void {
    this.recorder('stopping trace')._exit();
  }

  private recorder(what: string): InstanceType<typeof Recorder> {
    if (this._profiler === null) throw new AssertionError(`Profiler must be initialized before ${what}`);
    return this._profiler;
  }

  // ---- what was recorded

  /**
   * All events, one by one.
   * https://docs.pytorch.org/docs/2.13/profiler.html#torch.profiler._KinetoProfile.events
   */
  events(): EventList {
    return this.recorder('accessing events').function_events;
  }

  /**
   * Sums of the events with one name: `.table({ sort_by: 'self_cpu_time_total' })` shows them.
   * https://docs.pytorch.org/docs/2.13/profiler.html#torch.profiler._KinetoProfile.key_averages
   */
  key_averages(...args: signatures.KinetoProfileKeyAveragesArgs): EventList<FunctionEventAvg> {
    const given = signatures._KinetoProfile_key_averages.list(args);
    return this.recorder('getting key averages').key_averages(...given);
  }

  /**
   * Writes the trace of the last cycle for chrome://tracing and Perfetto, compressed if the name of the file ends in .gz.
   * https://docs.pytorch.org/docs/2.13/profiler.html#torch.profiler._KinetoProfile.export_chrome_trace
   */
  export_chrome_trace(...args: signatures.KinetoProfileExportChromeTraceArgs): void {
    const [path] = signatures._KinetoProfile_export_chrome_trace.list(args);
    this.recorder('exporting chrome trace').export_chrome_trace(path);
  }

  /**
   * Writes stacks and their times, for flame graphs. Stacks want `with_stack` and the experiment `verbose`.
   * https://docs.pytorch.org/docs/2.13/profiler.html#torch.profiler._KinetoProfile.export_stacks
   */
  export_stacks(...args: signatures.KinetoProfileExportStacksArgs): void {
    const [path, metric] = signatures._KinetoProfile_export_stacks.list(args);
    this.recorder('exporting stacks').export_stacks(path, metric);
  }

  // ---- beside it

  /** Has activities recorded or not, from now on. */
  toggle_collection_dynamic(...args: signatures.KinetoProfileToggleCollectionDynamicArgs): void {
    const [enable, activities] = signatures._KinetoProfile_toggle_collection_dynamic.list(args);
    this._profiler?.toggle_collection_dynamic(enable, activities);
  }

  /** Puts a text into the trace. Kineto writes backslashes as slashes, so double quotes become single ones. */
  add_metadata(...args: signatures.KinetoProfileAddMetadataArgs): void {
    const [key, value] = signatures._KinetoProfile_add_metadata.list(args);
    call(native.profiler_add_metadata, key, `"${value.replaceAll('"', "'")}"`);
  }

  /** Puts a value into the trace, in JSON. */
  add_metadata_json(...args: signatures.KinetoProfileAddMetadataJsonArgs): void {
    const [key, value] = signatures._KinetoProfile_add_metadata_json.list(args);
    call(native.profiler_add_metadata, key, value);
  }

  /** Puts a value into each trace that begins from now on, in JSON. */
  preset_metadata_json(...args: signatures.KinetoProfilePresetMetadataJsonArgs): void {
    const [key, value] = signatures._KinetoProfile_preset_metadata_json.list(args);
    this.presetMetadata.set(key, value);
  }

  /** Makes the ids of the traces that begin from now on. */
  set_custom_trace_id_callback(...args: signatures.ProfileSetCustomTraceIdCallbackArgs): void {
    [this.makeId] = signatures.profile_set_custom_trace_id_callback.list(args);
  }

  /** The id of the trace that is being recorded, or was last; null before the first. */
  get_trace_id(): string | null {
    return this._profiler?.trace_id ?? null;
  }
}

export type profile = Profile;

/**
 * Records which operators run, when, and for how long: `profile(options, callback)` while the callback runs (a promise
 * that it returns is waited for), and gives the profile; `using prof = profile(options)` until the end of the block;
 * `new profile(options)` from its `start` to its `stop`.
 *
 * One profile is under way in a process, on the thread that began it: another is refused.
 * https://docs.pytorch.org/docs/2.13/profiler.html#torch.profiler.profile
 * @throws TorchError when a profile is under way
 *
 * @example
 * const { profile, ProfilerActivity } = torch.profiler;
 * const model = new nn.Linear(10, 5);
 * const prof = profile({ activities: [ProfilerActivity.CPU] }, () => model(torch.randn(3, 10)));
 * const [row] = prof.key_averages().filter(({ key }) => key === 'aten::addmm');
 * console.log(row.count); // 1
 */
export const profile: ContextClass<Profile, signatures.ProfileArgs> = contextClass<Profile, signatures.ProfileArgs>(
  'profile',
  Profile,
);
