/** The table of a profile, column by column as Python prints it. */
import { TorchError } from '../../base/errors';
import { fixedText, listText } from '../../base/python_text';
import { memoryText, shareText, timeText } from './format';
import { DeviceType, type FunctionEvent, type FunctionEventAvg } from './function_event';

export type AnyEvent = FunctionEvent | FunctionEventAvg;

export interface TableOptions {
  readonly sort_by: string | null;
  readonly row_limit: number;
  readonly max_src_column_width: number | null;
  readonly max_name_column_width: number | null;
  readonly max_shapes_column_width: number | null;
  readonly header: string | null;
  readonly top_level_events_only: boolean;
  readonly time_unit: string | null;
  readonly profile_memory: boolean;
  readonly with_flops: boolean;
}

const WIDTH = 12;
const GAP = '  ';
const FLOPS = ['FLOPs', 'KFLOPs', 'MFLOPs', 'GFLOPs', 'TFLOPs', 'PFLOPs'];

/** The attribute that events are sorted by: names of devices mean the one that was profiled. */
export function metricOf(name: string): string {
  return name.replaceAll('cuda', 'device').replaceAll('xpu', 'device').replaceAll('privateuse1', 'device');
}

function valueOf(event: AnyEvent, name: string): unknown {
  const value = (event as unknown as Record<string, unknown>)[name];
  if (value === undefined) throw new TypeError(`'${event.constructor.name}' object has no attribute '${name}'`);
  return value;
}

function compare(a: unknown, b: unknown): number {
  if (typeof a === 'string' && typeof b === 'string') return a < b ? -1 : a > b ? 1 : 0;
  return Number(a) - Number(b);
}

/** Largest first; equal ones stay in their order. */
export function sorted(events: readonly AnyEvent[], sort_by: string | null): readonly AnyEvent[] {
  if (sort_by === null) return events;
  const name = metricOf(sort_by);
  const values = new Map(events.map((event) => [event, valueOf(event, name)]));
  return [...events].sort((a, b) => compare(values.get(b), values.get(a)));
}

/** A column: its heading, its width, and what it says of an event. */
interface Column {
  readonly heading: string;
  readonly width: number;
  readonly left?: boolean;
  readonly of: (event: AnyEvent) => string;
}

interface Totals {
  readonly cpu: number;
  readonly device: number;
}

const deviceTypes = [DeviceType.CUDA, DeviceType.PrivateUse1, DeviceType.MTIA, DeviceType.XPU];

function isDeviceTime(event: AnyEvent): boolean {
  if (event.device_type === DeviceType.CPU) return event.is_legacy;
  return deviceTypes.includes(event.device_type) && !event.is_user_annotation;
}

function totalsOf(events: readonly AnyEvent[]): Totals {
  let cpu = 0;
  let device = 0;
  for (const event of events) {
    cpu += event.self_cpu_time_total;
    if (isDeviceTime(event)) device += event.self_device_time_total;
  }
  return { cpu, device };
}

function shapesText({ input_shapes }: AnyEvent): string {
  return input_shapes === '' ? '' : listText(input_shapes);
}

function widest(texts: readonly string[], limit: number | null): number {
  const width = texts.reduce((most, text) => Math.max(most, text.length), 0) + 4;
  return limit === null ? width : Math.min(width, limit);
}

function shortened(text: string, limit: number | null): string {
  return limit !== null && text.length >= limit - 3 ? `${text.slice(0, limit - 3)}...` : text;
}

/** The end of a path, which says more than its beginning. */
function endOf(path: string, width: number): string {
  if (path.length <= width) return path;
  const end = path.slice(path.length - width);
  return end.length > 3 ? `...${end.slice(3)}` : end;
}

function timeColumns(options: TableOptions, totals: Totals): Column[] {
  const time = (of: (event: AnyEvent) => number) => (event: AnyEvent) => timeText(of(event), options.time_unit);
  const total = (event: AnyEvent) => (event.is_async ? '0' : shareText(event.cpu_time_total, totals.cpu));
  return [
    { heading: 'Self CPU %', width: WIDTH, of: (event) => shareText(event.self_cpu_time_total, totals.cpu) },
    { heading: 'Self CPU', width: WIDTH, of: time((event) => event.self_cpu_time_total) },
    { heading: 'CPU total %', width: WIDTH, of: total },
    { heading: 'CPU total', width: WIDTH, of: time((event) => event.cpu_time_total) },
    { heading: 'CPU time avg', width: WIDTH, of: time((event) => event.cpu_time) },
  ];
}

function deviceColumns(device: string, options: TableOptions, totals: Totals): Column[] {
  const time = (of: (event: AnyEvent) => number) => (event: AnyEvent) => timeText(of(event), options.time_unit);
  const share = (event: AnyEvent) => shareText(event.self_device_time_total, totals.device);
  return [
    { heading: `Self ${device}`, width: WIDTH, of: time((event) => event.self_device_time_total) },
    { heading: `Self ${device} %`, width: WIDTH, of: share },
    { heading: `${device} total`, width: WIDTH, of: time((event) => event.device_time_total) },
    { heading: `${device} time avg`, width: WIDTH, of: time((event) => event.device_time) },
  ];
}

function memoryColumns(device: string | null): Column[] {
  const columns: Column[] = [
    { heading: 'CPU Mem', width: WIDTH, of: (event) => memoryText(event.cpu_memory_usage) },
    { heading: 'Self CPU Mem', width: WIDTH, of: (event) => memoryText(event.self_cpu_memory_usage) },
  ];
  if (device === null) return columns;
  return [
    ...columns,
    { heading: `${device} Mem`, width: WIDTH, of: (event) => memoryText(event.device_memory_usage) },
    { heading: `Self ${device} Mem`, width: WIDTH, of: (event) => memoryText(event.self_device_memory_usage) },
  ];
}

/** In the unit that suits the smallest count; none when nothing was counted. */
function flopsColumn(events: readonly AnyEvent[]): Column | undefined {
  const counts = events.map(({ flops }) => flops).filter((flops) => flops > 0);
  if (counts.length === 0) return undefined;
  const smallest = counts.reduce((least, count) => Math.min(least, count));
  const power = Math.floor(Math.max(0, Math.min(Math.log10(smallest) / 3, FLOPS.length - 1)));
  const of = ({ flops }: AnyEvent) => (flops <= 0 ? '--' : fixedText(flops * 10 ** (-3 * power), 3).padStart(8));
  return { heading: `Total ${FLOPS[power]}`, width: WIDTH, of };
}

/** The columns of a table, and the place of the one whose further lines are frames. */
function columnsOf(events: readonly AnyEvent[], options: TableOptions, totals: Totals): Column[] {
  const { use_device } = events[0]!;
  const device = use_device?.toUpperCase() ?? 'None';
  const { max_name_column_width: longest } = options;
  const name = widest(
    events.map(({ key }) => key ?? ''),
    longest,
  );
  const columns: Column[] = [{ heading: 'Name', width: name, of: ({ key }) => shortened(key ?? '', longest) }];
  if (events.some(({ overload_name }) => overload_name)) {
    columns.push({ heading: 'Overload Name', width: name, of: (event) => shortened(event.overload_name, longest) });
  }
  columns.push(...timeColumns(options, totals));
  if (events.some((event) => event.self_device_time_total > 0)) columns.push(...deviceColumns(device, options, totals));
  if (options.profile_memory) {
    const uses = use_device !== null && events.some((event) => event.self_device_memory_usage > 0);
    columns.push(...memoryColumns(uses ? device : null));
  }
  columns.push({ heading: '# of Calls', width: WIDTH, of: ({ count }) => String(count) });
  if (events.some(({ node_id }) => node_id !== -1)) {
    columns.push({ heading: 'Node ID', width: WIDTH, of: ({ node_id }) => String(node_id) });
  }
  return columns;
}

function shapesColumn(events: readonly AnyEvent[], options: TableOptions): Column | undefined {
  if (!events.some(({ input_shapes }) => input_shapes.length > 0)) return undefined;
  const width = widest(events.map(shapesText), options.max_shapes_column_width);
  return { heading: 'Input Shapes', width, of: (event) => shapesText(event).slice(0, width) };
}

function sourceColumn(events: readonly AnyEvent[], options: TableOptions): Column | undefined {
  const stacks = events.flatMap(({ stack }) => stack);
  if (stacks.length === 0) return undefined;
  const width = widest(stacks, options.max_src_column_width);
  const of = ({ stack }: AnyEvent) => (stack.length > 0 ? endOf(stack[0]!, width) : '');
  return { heading: 'Source Location', width, left: true, of };
}

class Table {
  private readonly lines: string[] = [];

  constructor(private readonly columns: readonly Column[]) {}

  add(line: string): void {
    this.lines.push(line);
  }

  rule(): void {
    this.add(this.columns.map(({ width }) => '-'.repeat(width) + GAP).join(''));
  }

  /** A rule as long as the table. */
  thickRule(): void {
    const length = this.columns.reduce((sum, { width }) => sum + width + GAP.length, -GAP.length);
    this.add('='.repeat(length));
  }

  row(cells: readonly string[]): void {
    this.add(
      this.columns
        .map(({ width, left }, i) => (left ? cells[i]!.padEnd(width) : cells[i]!.padStart(width)) + GAP)
        .join(''),
    );
  }

  toString(): string {
    return this.lines.map((line) => `${line}\n`).join('');
  }
}

/** The further frames of an event, one a line. */
function addFrames(table: Table, event: AnyEvent, columns: readonly Column[], source: Column): void {
  const line = (text: string) => table.row(columns.map((column) => (column === source ? text : '')));
  for (const entry of event.stack.slice(1)) line(endOf(entry, source.width));
  line('');
}

/** @throws TypeError for an attribute that events do not have, RangeError for an unknown unit */
export function buildTable(all: readonly AnyEvent[], options: TableOptions): string {
  if (all.length === 0) return '';
  const events = sorted(all, options.sort_by);
  const { use_device } = events[0]!;
  const hasDeviceTime = events.some((event) => event.self_device_time_total > 0);
  if (use_device === null && hasDeviceTime) {
    throw new TorchError('use_device is None, but there is device performance data.');
  }
  const totals = totalsOf(events);
  const source = sourceColumn(events, options);
  const columns = columnsOf(events, options, totals);
  for (const column of [shapesColumn(events, options), source]) if (column !== undefined) columns.push(column);
  const flops = options.with_flops ? flopsColumn(events) : undefined;
  if (flops !== undefined) columns.push(flops);
  return tableText(events, columns, source, options, totals);
}

function tableText(
  events: readonly AnyEvent[],
  columns: readonly Column[],
  source: Column | undefined,
  options: TableOptions,
  totals: Totals,
): string {
  const { header, row_limit, top_level_events_only, time_unit } = options;
  const table = new Table(columns);
  if (header !== null) {
    table.thickRule();
    table.add(header);
  }
  if (top_level_events_only) {
    table.thickRule();
    table.add('This report only display top-level ops statistics');
  }
  table.rule();
  table.row(columns.map(({ heading }) => heading));
  table.rule();
  let rows = 0;
  for (const event of events) {
    if (rows === row_limit) break;
    if (top_level_events_only && event.cpu_parent !== null) continue;
    rows++;
    table.row(columns.map(({ of }) => of(event)));
    if (source !== undefined) addFrames(table, event, columns, source);
  }
  table.rule();
  table.add(`Self CPU time total: ${timeText(totals.cpu, time_unit)}`);
  if (events.some((event) => event.self_device_time_total > 0)) {
    const device = events[0]!.use_device?.toUpperCase() ?? 'None';
    table.add(`Self ${device} time total: ${timeText(totals.device, time_unit)}`);
  }
  return table.toString();
}
