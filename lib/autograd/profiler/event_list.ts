/** The events of a profile as a list, with what is made of them. */
import { closeSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { AssertionError } from '../../base/errors';
import { floatText } from '../../base/python_text';
import * as signatures from '../generated/autograd_profiler';
import { DeviceType, FunctionEvent, FunctionEventAvg } from './function_event';
import { type AnyEvent, buildTable, metricOf } from './table';

/** What a list knows of its profile. */
export interface ListFacts {
  readonly use_device: string | null;
  readonly profile_memory: boolean;
  readonly with_flops: boolean;
}

const METRICS = [
  'self_cpu_time_total',
  'self_cuda_time_total',
  'self_xpu_time_total',
  'self_privateuse1_time_total',
] as const;

/**
 * Events, or their sums: an array with methods.
 * https://docs.pytorch.org/docs/2.13/autograd.html#torch.autograd.profiler_util.EventList
 */
export class EventList<Event extends AnyEvent = FunctionEvent> extends Array<Event> {
  /** Not of the list's own kind: what `map` and `filter` make are plain arrays. */
  static override get [Symbol.species](): ArrayConstructor {
    return Array;
  }

  private readonly facts!: ListFacts;

  /** Events of a profile, of which the list knows the device, and whether memory and FLOPs are shown. */
  constructor(events: Iterable<Event>, facts: Partial<ListFacts> = {}) {
    super();
    for (const event of events) this.push(event);
    const { use_device = null, profile_memory = false, with_flops = false } = facts;
    Object.defineProperty(this, 'facts', { value: { use_device, profile_memory, with_flops } });
  }

  /** Microseconds that all events took on the CPU, without those inside of them. */
  get self_cpu_time_total(): number {
    return this.reduce((sum, event) => sum + event.self_cpu_time_total, 0);
  }

  /**
   * The table that Python prints. `sort_by` is the name of a property of the events, largest first; without it they
   * stand in the order in which they came. `row_limit` is -1 for all.
   * https://docs.pytorch.org/docs/2.13/autograd.html#torch.autograd.profiler.profile.table
   * @throws TypeError for a property that events do not have
   */
  table(...args: signatures.EventListTableArgs): string {
    const given = signatures.EventList_table.read(args);
    const { profile_memory, with_flops } = this.facts;
    return buildTable(this, { ...given, profile_memory, with_flops });
  }

  override toString(): string {
    return this.table();
  }

  /** Sums of the events with one name, and one shape, one overload, one stack where these count too. */
  key_averages(...args: signatures.EventListKeyAveragesArgs): EventList<FunctionEventAvg> {
    const [byShapes, depth, byOverload] = signatures.EventList_key_averages.list(args);
    const sums = new Map<string, FunctionEventAvg>();
    for (const event of this) {
      const key = groupOf(event, byShapes, depth, byOverload);
      const sum = sums.get(key) ?? new FunctionEventAvg();
      sums.set(key, sum.add(event));
    }
    for (const sum of sums.values()) {
      sum.stack = sum.stack.slice(0, depth);
      if (!byShapes) sum.input_shapes = '';
      if (!byOverload) sum.overload_name = '';
    }
    return new EventList(sums.values(), this.facts);
  }

  /** All events added up, whatever they are. */
  total_average(): FunctionEventAvg {
    const total = new FunctionEventAvg();
    for (const event of this) {
      total.add(event);
      total.key = null;
    }
    total.key = 'Total';
    return total;
  }

  /** The names of the times that `export_stacks` can write. */
  supported_export_stacks_metrics(): string[] {
    return [...METRICS];
  }

  /**
   * Writes a line for each event with a stack: its frames, outermost first, and its time in whole microseconds. Flame
   * graphs are made of that. Stacks want `with_stack` and the experiment `verbose`.
   * @throws RangeError for another metric
   */
  export_stacks(...args: signatures.EventListExportStacksArgs): void {
    const [path, metric] = signatures.EventList_export_stacks.list(args);
    if (!(METRICS as readonly string[]).includes(metric)) {
      throw new RangeError(`metric should be one of: ['${METRICS.join("', '")}']`);
    }
    const name = metricOf(metric) as 'self_cpu_time_total';
    const lines = this.map((event) => stackLine(event, Math.trunc(event[name])));
    writeFileSync(path, lines.join(''));
  }

  /** Writes the events for chrome://tracing, names and times only; a profile's own trace has more. */
  export_chrome_trace(...args: signatures.EventListExportChromeTraceArgs): void {
    const [path] = signatures.EventList_export_chrome_trace.list(args);
    const device = this.facts.use_device ?? 'cuda';
    const file = openSync(path as string, 'w');
    try {
      let id = 0;
      const parts: string[] = [];
      for (const event of this) {
        if (!(event instanceof FunctionEvent) || event.trace_name === null) continue;
        parts.push(traceEntry(event));
        for (const _ of event.kernels) parts.push(flowEntry(event, id++, device));
      }
      writeSync(file, `[${parts.join(', ')}]`);
    } finally {
      closeSync(file);
    }
  }

  /** Finds out which events are inside of which; PyTorch calls it before it hands events out. */
  _build_tree(this: EventList<FunctionEvent>): void {
    populateChildren(this);
    removeDoubles(this);
    setBackwardStacks(this);
  }
}

function groupOf(event: AnyEvent, byShapes: boolean, depth: number, byOverload: boolean): string {
  const parts: unknown[] = [event.key, event.node_id, event.device_type, event.is_legacy, event.is_user_annotation];
  if (byOverload) parts.push(event.overload_name);
  if (byShapes) parts.push(event.input_shapes);
  if (depth > 0) parts.push(...event.stack.slice(0, depth));
  return JSON.stringify(parts);
}

function stackLine(event: AnyEvent, time: number): string {
  if (event.stack.length === 0 || time <= 0) return '';
  const entries = [...event.stack].reverse().map((entry) => entry.replaceAll(/[ ;\t\n]/g, '_'));
  return `${entries.join(';')} ${time}\n`;
}

function traceEntry({ trace_name, time_range, thread }: FunctionEvent): string {
  return (
    `{"name": ${JSON.stringify(trace_name)}, "ph": "X", "ts": ${floatText(time_range.start)}, ` +
    `"dur": ${floatText(time_range.elapsed_us())}, "tid": ${thread}, "pid": "CPU functions", "args": {}}`
  );
}

/** The arrow from an operator to the device's work. */
function flowEntry({ trace_name, time_range, thread }: FunctionEvent, id: number, device: string): string {
  return (
    `{"name": ${JSON.stringify(trace_name)}, "ph": "s", "ts": ${floatText(time_range.start)}, "tid": ${thread}, ` +
    `"pid": "CPU functions", "id": ${id}, "cat": "cpu_to_${device}", "args": {}}`
  );
}

/** Of those that begin together the longest first. */
export function byTime(a: FunctionEvent, b: FunctionEvent): number {
  return a.time_range.start - b.time_range.start || b.time_range.end - a.time_range.end;
}

/** An event is inside of another of its thread when its time is. */
function populateChildren(events: readonly FunctionEvent[]): void {
  const threads = new Map<number, FunctionEvent[]>();
  for (const event of events) {
    if (event.is_async || event.device_type !== DeviceType.CPU) continue;
    const those = threads.get(event.thread);
    if (those === undefined) threads.set(event.thread, [event]);
    else those.push(event);
  }
  for (const those of threads.values()) nest(those.sort(byTime));
}

function nest(events: readonly FunctionEvent[]): void {
  const open: FunctionEvent[] = [];
  for (const event of events) {
    let parent = open[open.length - 1];
    while (parent !== undefined && !isInside(event, parent)) {
      open.pop();
      parent = open[open.length - 1];
    }
    if (parent !== undefined) {
      if (event.cpu_parent !== null) {
        throw new AssertionError(`There is already a CPU parent event for ${event.key}`);
      }
      parent.append_cpu_child(event);
      event.set_cpu_parent(parent);
    }
    open.push(event);
  }
}

function isInside({ time_range: inner }: FunctionEvent, { time_range: outer }: FunctionEvent): boolean {
  return inner.start < outer.end && inner.end <= outer.end;
}

/** Takes away an event that is all there is inside of one of its name: an operator that calls itself on. */
function removeDoubles(events: FunctionEvent[]): void {
  for (;;) {
    const left = events.filter((event) => !isDouble(event));
    if (left.length === events.length) return;
    for (const event of events) if (isDouble(event)) liftChildren(event);
    events.length = 0;
    for (const event of left) events.push(event);
  }
}

function isDouble({ cpu_parent, name }: FunctionEvent): boolean {
  return cpu_parent !== null && cpu_parent.name === name && cpu_parent.cpu_children.length === 1;
}

function liftChildren(event: FunctionEvent): void {
  const parent = event.cpu_parent!;
  parent.cpu_children = event.cpu_children;
  parent.kernels = event.kernels;
  for (const child of event.cpu_children) child.cpu_parent = parent;
}

/** The node of the backward pass that an event is in. */
function backwardOf(event: FunctionEvent | null): FunctionEvent | null {
  for (let at = event; at !== null; at = at.cpu_parent) if (at.scope === 1) return at;
  return null;
}

/** What runs in the backward pass gets the stack of the operator that it is the derivative of. */
function setBackwardStacks(events: readonly FunctionEvent[]): void {
  const stacks = new Map<string, string[]>();
  const inBackward: [event: FunctionEvent, key: string][] = [];
  for (const event of events) {
    const node = backwardOf(event);
    if (node !== null) {
      inBackward.push([event, `${node.sequence_nr} ${node.fwd_thread}`]);
      continue;
    }
    const key = `${event.sequence_nr} ${event.thread}`;
    if (!stacks.has(key)) stacks.set(key, event.stack);
  }
  for (const [event, key] of inBackward) event.stack = stacks.get(key) ?? [];
}
