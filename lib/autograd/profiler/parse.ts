/** Makes events of what kineto collected. */
import { warn } from '../../base/errors';
import { native } from '../../native/addon';
import { call } from '../../native/frame';
import type { NativeProfileEvent } from '../../native/functions';
import type { NativePart } from '../../native/part';
import { byTime } from './event_list';
import { DeviceType, type EventFacts, FunctionEvent, type MoreFacts } from './function_event';

const CHUNK = 4096;

const MEMORY = '[memory]';
const OUT_OF_MEMORY = '[OutOfMemory]';

/** Events that are no news to anybody. */
const left = new Set([
  MEMORY,
  OUT_OF_MEMORY,
  'profiler::_record_function_enter',
  'profiler::_record_function_enter_new',
  'profiler::_record_function_exit',
  'aten::is_leaf',
  'aten::output_nr',
  'aten::_version',
]);

const onCPU = [DeviceType.CPU, DeviceType.MKLDNN];
const onDevice = [DeviceType.CUDA, DeviceType.PrivateUse1, DeviceType.HIP, DeviceType.XPU];
const withKernels = [DeviceType.CUDA, DeviceType.PrivateUse1, DeviceType.XPU];

/** The values of an event by name. */
class Raw {
  readonly name: string;
  readonly overload_name: string;
  readonly start: number;
  readonly end: number;
  readonly id: number;
  readonly linked: number;
  readonly thread: number;
  readonly endThread: number;
  readonly device_type: DeviceType;
  readonly nbytes: number;

  constructor(readonly values: NativeProfileEvent) {
    this.name = values[0];
    this.overload_name = values[1];
    this.start = values[2];
    this.end = values[3];
    this.id = Number(values[4]);
    this.linked = Number(values[5]);
    this.thread = Number(values[6]);
    this.endThread = Number(values[7]);
    this.device_type = values[15];
    this.nbytes = Number(values[18]);
  }
}

function rawEvents(profile: NativePart): Raw[] {
  const events: Raw[] = [];
  for (;;) {
    const some = call(native.profile_events, profile, events.length, CHUNK);
    for (const values of some) events.push(new Raw(values));
    if (some.length < CHUNK) return events;
  }
}

/** Blocks of memory that were taken or given back, in the order of time. */
class MemoryRecords {
  private readonly records: { readonly raw: Raw; counted: boolean }[];

  constructor(events: readonly Raw[]) {
    this.records = events.filter(({ name }) => name === MEMORY).map((raw) => ({ raw, counted: false }));
    this.records.sort((a, b) => a.raw.start - b.raw.start);
  }

  /** The bytes of what happened from `start` to `end`, which count as somebody's from now on. */
  take(start: number, end: number): [cpu: number, device: number] {
    let cpu = 0;
    let device = 0;
    for (let at = this.firstFrom(start); at < this.records.length; at++) {
      const record = this.records[at]!;
      if (record.raw.start > end) break;
      record.counted = true;
      cpu += bytesOf(record.raw, onCPU);
      device += bytesOf(record.raw, onDevice);
    }
    return [cpu, device];
  }

  /** Those that no event had. */
  get others(): Raw[] {
    return this.records.filter(({ counted }) => !counted).map(({ raw }) => raw);
  }

  private firstFrom(start: number): number {
    let low = 0;
    let high = this.records.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.records[middle]!.raw.start < start) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function bytesOf({ device_type, nbytes }: Raw, types: readonly DeviceType[]): number {
  return types.includes(device_type) ? nbytes : 0;
}

/** All steps of a schedule are one row of the table. */
function keyOf(name: string): string {
  return name.startsWith('ProfilerStep#') ? 'ProfilerStep*' : name;
}

function moreOf(values: NativeProfileEvent): MoreFacts {
  const [flow_id, flow_type, flow_start, external_id] = values[30];
  return {
    is_python_function: values[13],
    is_user_annotation: values[14] === 'user_annotation' || values[14] === 'gpu_user_annotation',
    activity_type: values[14],
    device_resource_id: Number(values[17]),
    flops: Number(values[19]),
    structured_input_shapes: values[22],
    structured_input_strides: values[23],
    input_dtypes: values[24],
    concrete_inputs: values[25],
    kwinputs: values[26],
    metadata_json: values[28],
    extra_meta: values[29],
    flow_id,
    flow_type,
    flow_start,
    external_id: Number(external_id),
    linked_correlation_id: Number(values[5]),
    python_id: Number(values[31]),
    python_parent_id: Number(values[32]),
    python_module_id: Number(values[33]),
  };
}

function factsOf(raw: Raw, use_device: string | null, [cpu, device]: [number, number]): EventFacts {
  const { values } = raw;
  return {
    id: raw.id,
    name: keyOf(raw.name),
    trace_name: raw.name,
    overload_name: raw.overload_name,
    thread: raw.thread,
    fwd_thread: Number(values[8]),
    start_us: raw.start / 1000,
    end_us: raw.end / 1000,
    scope: values[9],
    sequence_nr: Number(values[10]),
    is_async: values[11] || raw.thread !== raw.endThread,
    device_type: raw.device_type,
    device_index: values[16],
    use_device,
    cpu_memory_usage: cpu,
    device_memory_usage: device,
    input_shapes: values[21],
    stack: values[27],
    more: moreOf(values),
  };
}

/** An event for memory that was taken or given back outside of all others. */
function memoryEvent(raw: Raw, id: number, use_device: string | null): FunctionEvent {
  return new FunctionEvent({
    id,
    name: raw.name,
    trace_name: null,
    overload_name: '',
    thread: raw.thread,
    fwd_thread: raw.thread,
    start_us: raw.start / 1000,
    end_us: raw.start / 1000,
    scope: 0,
    sequence_nr: -1,
    is_async: false,
    device_type: DeviceType.CPU,
    device_index: 0,
    use_device,
    cpu_memory_usage: bytesOf(raw, onCPU),
    device_memory_usage: bytesOf(raw, onDevice),
    input_shapes: [],
    stack: [],
  });
}

/** Gives operators the kernels that they launched. */
function linkKernels(frontend: readonly FunctionEvent[], launched: ReadonlyMap<number, FunctionEvent[]>): void {
  for (const event of frontend) {
    if (event.device_type !== DeviceType.CPU || event.is_async) continue;
    for (const other of launched.get(event.id) ?? []) {
      if (withKernels.includes(other.device_type)) {
        event.append_kernel(other.name, other.device_index, other.time_range.elapsed_us());
      } else if (other.device_type === DeviceType.CPU) {
        other.thread = event.thread;
      }
    }
  }
}

/** The device time of an operator, where events of the stream measured it. */
function addDeviceTime(event: FunctionEvent, raw: Raw): void {
  const time = raw.values[20];
  if (event.use_device !== 'cuda' || event.device_type !== DeviceType.CPU || event.is_async || time <= 0) return;
  event.append_kernel(event.name, event.device_index, time);
  event.is_legacy = true;
}

/** The events of a profile in the order of time; when `seconds` have passed, only those that are made. */
export function parseEvents(profile: NativePart, use_device: string | null, seconds: number | null): FunctionEvent[] {
  const deadline = performance.now() + 1000 * (seconds ?? Number.POSITIVE_INFINITY);
  const raws = rawEvents(profile);
  const memory = new MemoryRecords(raws);
  const events: FunctionEvent[] = [];
  const frontend: FunctionEvent[] = [];
  const launched = new Map<number, FunctionEvent[]>();
  let lastId = 0;
  for (const raw of raws) {
    if (performance.now() >= deadline) {
      warn(`The events of the profile took more than ${seconds} seconds: there are ${events.length} of them only`);
      break;
    }
    if (left.has(raw.name) || raw.values[12]) continue;
    const usage = raw.device_type === DeviceType.CPU ? memory.take(raw.start, raw.end) : ([0, 0] as [number, number]);
    const event = new FunctionEvent(factsOf(raw, use_device, usage));
    addDeviceTime(event, raw);
    lastId = Math.max(lastId, event.id);
    events.push(event);
    if (raw.linked === 0) frontend.push(event);
    else launched.set(raw.linked, [...(launched.get(raw.linked) ?? []), event]);
  }
  linkKernels(frontend, launched);
  const outOfMemory = raws.filter(({ name }) => name === OUT_OF_MEMORY);
  for (const raw of [...memory.others, ...outOfMemory]) events.push(memoryEvent(raw, ++lastId, use_device));
  return events.sort(byTime);
}
