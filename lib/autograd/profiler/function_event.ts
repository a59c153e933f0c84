/** The events of a profile, one by one and added up. https://docs.pytorch.org/docs/2.13/profiler.html */
import { AssertionError, warn } from '../../base/errors';
import { listText } from '../../base/python_text';
import { timeText } from './format';

/** What an event is about: CPU or a device, by libtorch's numbers. */
export enum DeviceType {
  CPU = 0,
  CUDA = 1,
  MKLDNN = 2,
  HIP = 6,
  MTIA = 10,
  XPU = 12,
  HPU = 15,
  PrivateUse1 = 20,
}

/** From when to when, in microseconds since the start of the profile. */
export class Interval {
  constructor(
    readonly start: number,
    readonly end: number,
  ) {}

  /** How long it lasted. */
  elapsed_us(): number {
    return this.end - this.start;
  }
}

/** Work of a device that an operator launched. */
export interface Kernel {
  readonly name: string;
  readonly device: number;
  readonly duration: number;
}

/** Names of deprecated properties: `cuda_time` is `device_time`. */
function deprecated(old: string, current: string): void {
  warn(`\`${old}\` is deprecated, please use \`${current}\` instead.`);
}

/** Times as texts, of what has times and a count. */
export abstract class FormattedTimesMixin {
  abstract readonly count: number;
  abstract readonly cpu_time_total: number;
  abstract readonly device_time_total: number;
  abstract readonly self_cpu_time_total: number;
  abstract readonly self_device_time_total: number;

  /** Microseconds of a call on average. */
  get cpu_time(): number {
    return this.count === 0 ? 0 : this.cpu_time_total / this.count;
  }

  get device_time(): number {
    return this.count === 0 ? 0 : this.device_time_total / this.count;
  }

  /** @deprecated `device_time` */
  get cuda_time(): number {
    deprecated('cuda_time', 'device_time');
    return this.device_time;
  }

  get cpu_time_str(): string {
    return timeText(this.cpu_time);
  }

  get device_time_str(): string {
    return timeText(this.device_time);
  }

  get cpu_time_total_str(): string {
    return timeText(this.cpu_time_total);
  }

  get device_time_total_str(): string {
    return timeText(this.device_time_total);
  }

  get self_cpu_time_total_str(): string {
    return timeText(this.self_cpu_time_total);
  }

  get self_device_time_total_str(): string {
    return timeText(this.self_device_time_total);
  }
}

/** A shape, or one for each tensor of a list. */
export type StructuredShape = readonly number[] | readonly (readonly number[])[];

/** What is known of one event. */
export interface EventFacts {
  readonly id: number;
  readonly name: string;
  readonly trace_name: string | null;
  readonly overload_name: string;
  readonly thread: number;
  readonly fwd_thread: number | null;
  readonly start_us: number;
  readonly end_us: number;
  readonly scope: number;
  readonly sequence_nr: number;
  readonly is_async: boolean;
  readonly device_type: DeviceType;
  readonly device_index: number;
  readonly use_device: string | null;
  readonly cpu_memory_usage: number;
  readonly device_memory_usage: number;
  readonly input_shapes: number[][];
  readonly stack: string[];
  readonly more?: Partial<MoreFacts>;
}

/** What memory events lack. */
export interface MoreFacts {
  readonly concrete_inputs: readonly unknown[];
  readonly kwinputs: Readonly<Record<string, unknown>>;
  readonly input_dtypes: readonly string[];
  readonly structured_input_shapes: readonly StructuredShape[];
  readonly structured_input_strides: readonly StructuredShape[];
  readonly flops: number;
  readonly is_user_annotation: boolean;
  readonly is_python_function: boolean;
  readonly activity_type: string;
  readonly device_resource_id: number;
  readonly metadata_json: string;
  readonly extra_meta: Readonly<Record<string, string>>;
  readonly flow_id: number;
  readonly flow_type: number;
  readonly flow_start: boolean;
  readonly external_id: number;
  readonly linked_correlation_id: number;
  readonly python_id: number;
  readonly python_parent_id: number;
  readonly python_module_id: number;
}

/** One operator, range, frame or piece of a device's work. */
export class FunctionEvent extends FormattedTimesMixin {
  readonly id: number;
  /** Of a distributed run; -1 outside of one. */
  readonly node_id = -1;
  readonly name: string;
  /** The name with the number of a step, which `name` leaves out; null for what no trace shows. */
  readonly trace_name: string | null;
  readonly overload_name: string;
  readonly time_range: Interval;
  thread: number;
  /** The thread of the operator whose derivative this is. */
  readonly fwd_thread: number | null;
  kernels: Kernel[] = [];
  readonly count = 1;
  cpu_children: FunctionEvent[] = [];
  cpu_parent: FunctionEvent | null = null;
  /** With `record_shapes`; [] for what is no tensor. */
  readonly input_shapes: number[][];
  /** Of numbers and texts, with `record_shapes`. */
  readonly concrete_inputs: readonly unknown[];
  readonly kwinputs: Readonly<Record<string, unknown>>;
  readonly input_dtypes: readonly string[];
  /** As `input_shapes`, with the shapes of lists of tensors. */
  readonly structured_input_shapes: readonly StructuredShape[];
  readonly structured_input_strides: readonly StructuredShape[];
  /** The frames around it, innermost first: with `with_stack` and the experiment `verbose`. */
  stack: string[];
  /** 0 for an operator, 1 for a node of the backward pass, 7 for a range of the user's. */
  readonly scope: number;
  readonly use_device: string | null;
  readonly cpu_memory_usage: number;
  readonly device_memory_usage: number;
  /** Whether it began and ended on different threads. */
  readonly is_async: boolean;
  readonly is_remote = false;
  readonly sequence_nr: number;
  readonly device_type: DeviceType;
  readonly device_index: number;
  readonly device_resource_id: number;
  /** Whether its device time was measured by events of the stream. */
  is_legacy = false;
  /** Of operators with a formula, with `with_flops`. */
  readonly flops: number;
  readonly is_user_annotation: boolean;
  /** Whether it is a frame of the program. */
  readonly is_python_function: boolean;
  readonly activity_type: string | null;
  /** What kineto knows of a kernel, as texts by its own names. */
  readonly event_metadata: Readonly<Record<string, string>> | null;
  readonly flow_id: number | null;
  readonly flow_type: number | null;
  readonly flow_start: boolean | null;
  readonly external_id: number;
  readonly linked_correlation_id: number;
  readonly python_id: number;
  readonly python_parent_id: number;
  readonly python_module_id: number;

  private readonly metadata: string | null;

  constructor(facts: EventFacts) {
    super();
    const { more = {} } = facts;
    this.id = facts.id;
    this.name = facts.name;
    this.trace_name = facts.trace_name;
    this.overload_name = facts.overload_name;
    this.time_range = new Interval(facts.start_us, facts.end_us);
    this.thread = facts.thread;
    this.fwd_thread = facts.fwd_thread;
    this.scope = facts.scope;
    this.sequence_nr = facts.sequence_nr;
    this.is_async = facts.is_async;
    this.device_type = facts.device_type;
    this.device_index = facts.device_index;
    this.use_device = facts.use_device;
    this.cpu_memory_usage = facts.cpu_memory_usage;
    this.device_memory_usage = facts.device_memory_usage;
    this.input_shapes = facts.input_shapes;
    this.stack = facts.stack;
    this.concrete_inputs = more.concrete_inputs ?? [];
    this.kwinputs = more.kwinputs ?? {};
    this.input_dtypes = more.input_dtypes ?? [];
    this.structured_input_shapes = more.structured_input_shapes ?? [];
    this.structured_input_strides = more.structured_input_strides ?? [];
    this.flops = more.flops ?? 0;
    this.is_user_annotation = more.is_user_annotation ?? false;
    this.is_python_function = more.is_python_function ?? false;
    this.activity_type = more.activity_type ?? null;
    this.device_resource_id = more.device_resource_id ?? facts.thread;
    this.metadata = more.metadata_json ?? null;
    const meta = more.extra_meta ?? {};
    this.event_metadata = Object.keys(meta).length > 0 ? meta : null;
    this.flow_id = more.flow_id ?? null;
    this.flow_type = more.flow_type ?? null;
    this.flow_start = more.flow_start ?? null;
    this.external_id = more.external_id ?? 0;
    this.linked_correlation_id = more.linked_correlation_id ?? 0;
    this.python_id = more.python_id ?? -1;
    this.python_parent_id = more.python_parent_id ?? -1;
    this.python_module_id = more.python_module_id ?? -1;
  }

  /** What events are grouped by. */
  get key(): string {
    return this.name;
  }

  /** @deprecated `event_metadata` */
  get metadata_json(): string | null {
    warn('`metadata_json` is deprecated. Use `event_metadata` instead.');
    return this.metadata;
  }

  /** Adds work that it launched. */
  append_kernel(name: string, device: number, duration: number): void {
    this.kernels.push({ name, device, duration });
  }

  /** Adds an event inside of it. */
  append_cpu_child(child: FunctionEvent): void {
    this.cpu_children.push(child);
  }

  /** Says which event it is inside of. */
  set_cpu_parent(parent: FunctionEvent): void {
    this.cpu_parent = parent;
  }

  /** Whether it has a time of its own on the CPU: what ends on another thread has none. */
  private get isLocal(): boolean {
    return !this.is_async && this.device_type === DeviceType.CPU;
  }

  get self_cpu_memory_usage(): number {
    if (!this.isLocal) return 0;
    return this.cpu_memory_usage - sum(this.cpu_children, (child) => child.cpu_memory_usage);
  }

  get self_device_memory_usage(): number {
    if (!this.isLocal) return 0;
    return this.device_memory_usage - sum(this.cpu_children, (child) => child.device_memory_usage);
  }

  get cpu_time_total(): number {
    return this.device_type === DeviceType.CPU ? this.time_range.elapsed_us() : 0;
  }

  get self_cpu_time_total(): number {
    if (!this.isLocal) return 0;
    return this.cpu_time_total - sum(this.cpu_children, (child) => child.cpu_time_total);
  }

  get device_time_total(): number {
    if (this.is_async || this.use_device === null) return 0;
    if (this.device_type !== DeviceType.CPU) return this.time_range.elapsed_us();
    const own = sum(this.kernels, ({ duration }) => duration);
    return this.is_legacy ? own : own + sum(this.cpu_children, (child) => child.device_time_total);
  }

  get self_device_time_total(): number {
    if (this.is_async || this.use_device === null) return 0;
    if (this.device_type !== DeviceType.CPU) return this.device_time_total;
    return this.device_time_total - sum(this.cpu_children, (child) => child.device_time_total);
  }

  override toString(): string {
    const device = this.use_device ?? 'None';
    return (
      `<FunctionEvent id=${this.id} name=${this.name} overload_name=${this.overload_name} ` +
      `device_type=DeviceType.${DeviceType[this.device_type]} node_id=${this.node_id} cpu_time=${this.cpu_time_str} ` +
      `start_us=${this.time_range.start} end_us=${this.time_range.end} ` +
      `cpu_children=${listText(this.cpu_children.map(({ id }) => id))} ${device}_time=${this.device_time_str} ` +
      `name=${this.name} thread=${this.thread} input_shapes=${listText(this.input_shapes)} ` +
      `cpu_memory_usage=${this.cpu_memory_usage} ${device}_memory_usage=${this.device_memory_usage} ` +
      `is_async=${python(this.is_async)} is_remote=${python(this.is_remote)} seq_nr=${this.sequence_nr} ` +
      `is_legacy=${python(this.is_legacy)}>`
    );
  }
}

function python(flag: boolean): string {
  return flag ? 'True' : 'False';
}

function sum<Value>(values: readonly Value[], of: (value: Value) => number): number {
  let total = 0;
  for (const value of values) total += of(value);
  return total;
}

/** Events with the same key, added up. */
export class FunctionEventAvg extends FormattedTimesMixin {
  key: string | null = null;
  count = 0;
  node_id = 0;
  is_async = false;
  is_remote = false;
  use_device: string | null = null;
  cpu_time_total = 0;
  device_time_total = 0;
  self_cpu_time_total = 0;
  self_device_time_total = 0;
  /** '' unless they were grouped by shapes. */
  input_shapes: readonly (readonly number[])[] | '' = '';
  overload_name = '';
  stack: string[] = [];
  scope: number | null = null;
  cpu_memory_usage = 0;
  device_memory_usage = 0;
  self_cpu_memory_usage = 0;
  self_device_memory_usage = 0;
  cpu_children: FunctionEvent[] | null = null;
  cpu_parent: FunctionEvent | null = null;
  device_type: DeviceType = DeviceType.CPU;
  is_legacy = false;
  flops = 0;
  is_user_annotation = false;

  /** Adds an event, or more of them. @throws AssertionError for one with another key */
  add(other: FunctionEvent | FunctionEventAvg): this {
    if (this.key === null) this.adopt(other);
    if (other.key !== this.key) throw new AssertionError(`Expected keys to match, but got ${other.key} vs ${this.key}`);
    this.cpu_time_total += other.cpu_time_total;
    this.device_time_total += other.device_time_total;
    this.self_cpu_time_total += other.self_cpu_time_total;
    this.self_device_time_total += other.self_device_time_total;
    this.cpu_memory_usage += other.cpu_memory_usage;
    this.device_memory_usage += other.device_memory_usage;
    this.self_cpu_memory_usage += other.self_cpu_memory_usage;
    this.self_device_memory_usage += other.self_device_memory_usage;
    this.count += other.count;
    this.flops += other.flops;
    return this;
  }

  private adopt(other: FunctionEvent | FunctionEventAvg): void {
    this.key = other.key;
    this.node_id = other.node_id;
    this.is_async = other.is_async;
    this.is_remote = other.is_remote;
    this.cpu_parent = other.cpu_parent;
    this.cpu_children = other.cpu_children;
    this.overload_name = other.overload_name;
    this.input_shapes = other.input_shapes;
    this.stack = other.stack;
    this.scope = other.scope;
    this.device_type = other.device_type;
    this.is_legacy = other.is_legacy;
    this.use_device = other.use_device;
    this.is_user_annotation = other.is_user_annotation;
  }

  override toString(): string {
    const device = this.use_device ?? 'cuda';
    const shapes = this.input_shapes === '' ? '' : listText(this.input_shapes);
    return (
      `<FunctionEventAvg key=${this.key} self_cpu_time=${this.self_cpu_time_total_str} cpu_time=${this.cpu_time_str} ` +
      ` self_${device}_time=${this.self_device_time_total_str} ${device}_time=${this.device_time_str} ` +
      `input_shapes=${shapes} cpu_memory_usage=${this.cpu_memory_usage} ` +
      `${device}_memory_usage=${this.device_memory_usage}>`
    );
  }
}
