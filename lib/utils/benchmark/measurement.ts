/** What a timer has measured, and how it reads. */
import { inspect } from 'node:util';
import { AssertionError } from '../../base/errors';

/** More digits than this are never shown as significant. */
const MOST_FIGURES = 4;
/** No interval of confidence is narrower, in seconds. */
const LEAST_INTERVAL = 25e-9;
/** Parts of the median above which the interquartile range is remarked upon. */
const SPREAD = 0.1;
const GROSS_SPREAD = 0.25;

const scales = { ns: 1e-9, us: 1e-6, ms: 1e-3, s: 1 } as const;
type Unit = keyof typeof scales;

/** The unit in which a time reads well, and its length in seconds. */
export function select_unit(t: number): [unit: Unit, scale: number] {
  const thousands = Math.trunc(Math.floor(Math.log10(t) / 3));
  const unit = ({ '-3': 'ns', '-2': 'us', '-1': 'ms' } as Record<string, Unit>)[String(thousands)] ?? 's';
  return [unit, scales[unit]];
}

const english: Readonly<Record<string, string>> = {
  ns: 'nanosecond',
  us: 'microsecond',
  ms: 'millisecond',
  s: 'second',
};

/** `us` is a microsecond. */
export function unit_to_english(u: string): string {
  const name = english[u];
  if (name === undefined) throw new RangeError(`unit_to_english(): '${u}' is not one of ns, us, ms, s`);
  return name;
}

/** A number with `n` digits that count: 3.14159 with two is 3.1. */
export function trim_sigfig(x: number, n: number): number {
  if (!Number.isInteger(n)) throw new AssertionError('Number of significant figures must be an integer');
  const scale = 10 ** (Math.ceil(Math.log10(Math.abs(x))) - n);
  return roundEven(x / scale) * scale;
}

function roundEven(x: number): number {
  const low = Math.floor(x);
  if (x - low !== 0.5) return Math.round(x);
  return low % 2 === 0 ? low : low + 1;
}

const indented = (text: string) => text.replace(/^(?=.)/gm, '  ');

export interface TaskSpecOptions {
  stmt: string;
  setup: string;
  global_setup?: string;
  label?: string | null;
  sub_label?: string | null;
  description?: string | null;
  env?: string | null;
  num_threads?: number;
}

/** What was measured: everything that a Timer was made with, but its globals. */
export class TaskSpec {
  readonly stmt: string;
  readonly setup: string;
  readonly global_setup: string;
  readonly label: string | null;
  readonly sub_label: string | null;
  readonly description: string | null;
  readonly env: string | null;
  readonly num_threads: number;

  constructor(options: TaskSpecOptions) {
    this.stmt = options.stmt;
    this.setup = options.setup;
    this.global_setup = options.global_setup ?? '';
    this.label = options.label ?? null;
    this.sub_label = options.sub_label ?? null;
    this.description = options.description ?? null;
    this.env = options.env ?? null;
    this.num_threads = options.num_threads ?? 1;
  }

  get title(): string {
    const behind = this.sub_label ? `: ${this.sub_label}` : '';
    if (this.label !== null) return this.label + behind;
    if (!this.stmt.includes('\n')) return this.stmt + behind;
    return `stmt:${this.sub_label ? ` (${this.sub_label})` : ''}\n${indented(this.stmt)}`;
  }

  /** The setup code, without what indents it. */
  setup_str(): string {
    if (this.setup === 'pass' || this.setup === '') return '';
    return this.setup.includes('\n') ? `setup:\n${indented(this.setup)}` : `setup: ${this.setup}`;
  }

  /** What was measured, in a line or two. */
  summarize(): string {
    const sections = [this.title, this.description ?? '', this.setup_str()].filter((section) => section !== '');
    return sections.map((section) => (section.includes('\n') ? `${section}\n` : section)).join('\n');
  }
}

/** The value below which a part of sorted numbers lies, between two of them in proportion. */
function quantile(sorted: readonly number[], part: number): number {
  const place = part * (sorted.length - 1);
  const low = Math.floor(place);
  const [a, b] = [sorted[low]!, sorted[Math.min(low + 1, sorted.length - 1)]!];
  return a + (b - a) * (place - low);
}

const meanOf = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

export interface MeasurementOptions {
  number_per_run: number;
  raw_times: readonly number[];
  task_spec: TaskSpec;
  metadata?: Record<string, unknown> | null;
}

/**
 * One or more timings of the same code, in seconds.
 * https://docs.pytorch.org/docs/2.13/benchmark_utils.html#torch.utils.benchmark.Measurement
 */
export class Measurement {
  /** How often the code ran in each timing. */
  readonly number_per_run: number;
  /** The length of each timing. */
  readonly raw_times: readonly number[];
  readonly task_spec: TaskSpec;
  metadata: Record<string, unknown> | null;
  private readonly sorted: readonly number[];

  constructor({ number_per_run, raw_times, task_spec, metadata = null }: MeasurementOptions) {
    this.number_per_run = number_per_run;
    this.raw_times = raw_times;
    this.task_spec = task_spec;
    this.metadata = metadata;
    this.sorted = this.times.sort((a, b) => a - b);
  }

  /** The time of one run, by each timing. */
  get times(): number[] {
    return this.raw_times.map((time) => time / this.number_per_run);
  }

  get median(): number {
    return quantile(this.sorted, 0.5);
  }

  get mean(): number {
    return meanOf(this.sorted);
  }

  /** Between the slowest and the fastest quarter. */
  get iqr(): number {
    return quantile(this.sorted, 0.75) - quantile(this.sorted, 0.25);
  }

  /** How many digits of the median can be trusted, by the spread of the middle half. */
  get significant_figures(): number {
    const { length } = this.sorted;
    const middle = this.sorted.slice(Math.floor(length / 4), Math.ceil((3 * length) / 4));
    const mean = meanOf(middle);
    const deviation = Math.sqrt(meanOf(middle.map((time) => (time - mean) ** 2)));
    const interval = Math.max((1.645 * deviation) / Math.sqrt(middle.length), LEAST_INTERVAL);
    const figures = Math.floor(Math.log10(this.median / interval));
    return Math.min(Math.max(figures, 1), MOST_FIGURES);
  }

  /** Whether the spread is below a part of the median. */
  meets_confidence(threshold = SPREAD): boolean {
    return this.iqr / this.median < threshold;
  }

  get has_warnings(): boolean {
    return this.raw_times.length > 0 && !this.meets_confidence();
  }

  get title(): string {
    return this.task_spec.title;
  }

  get stmt(): string {
    return this.task_spec.stmt;
  }

  get setup(): string {
    return this.task_spec.setup;
  }

  get label(): string | null {
    return this.task_spec.label;
  }

  get sub_label(): string | null {
    return this.task_spec.sub_label;
  }

  get description(): string | null {
    return this.task_spec.description;
  }

  get num_threads(): number {
    return this.task_spec.num_threads;
  }

  get env(): string {
    return this.task_spec.env ?? 'Unspecified env';
  }

  get as_row_name(): string {
    return this.sub_label || this.stmt || '[Unknown]';
  }

  private warning(): string[] {
    if (!this.has_warnings) return [];
    const cause = this.meets_confidence(GROSS_SPREAD)
      ? 'This could indicate system fluctuation.'
      : 'This suggests significant environmental influence.';
    const spread = ((this.iqr / this.median) * 100).toFixed(1);
    return [`  WARNING: Interquartile range is ${spread}% of the median measurement.`, `           ${cause}`];
  }

  toString(): string {
    const { length } = this.sorted;
    const [unit, scale] = select_unit(this.median);
    const shown = (time: number) => (time / scale).toFixed(2);
    const [low, high] = [quantile(this.sorted, 0.25), quantile(this.sorted, 0.75)];
    const lines = [
      '<torch.utils.benchmark.utils.common.Measurement object>',
      this.task_spec.summarize(),
      `  ${length > 1 ? 'Median: ' : ''}${shown(this.median)} ${unit}`,
      ...(length >= 4 ? [`  IQR:    ${shown(this.iqr)} ${unit} (${shown(low)} to ${shown(high)})`] : []),
      `  ${length} measurement${length > 1 ? 's' : ''}, ${this.number_per_run} runs ${length > 1 ? 'per measurement,' : ','} ${this.num_threads} thread${this.num_threads > 1 ? 's' : ''}`,
      ...this.warning(),
    ];
    return lines.join('\n');
  }

  [inspect.custom](): string {
    return this.toString();
  }

  /** Joins measurements of the same task, as times of one run; loses their metadata. */
  static merge(measurements: Iterable<Measurement>): Measurement[] {
    const groups = new Map<string, Measurement[]>();
    for (const each of measurements) {
      const key = JSON.stringify(each.task_spec);
      groups.set(key, [...(groups.get(key) ?? []), each]);
    }
    return [...groups.values()].map(
      (group) =>
        new Measurement({
          number_per_run: 1,
          raw_times: group.flatMap(({ times }) => times),
          task_spec: group[0]!.task_spec,
        }),
    );
  }
}
