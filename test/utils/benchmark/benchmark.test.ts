/** torch.utils.benchmark. golden/measurements.py printed the measurements and tables. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import torch from 'tsorch';
import {
  Compare,
  Measurement,
  select_unit,
  TaskSpec,
  Timer,
  trim_sigfig,
  unit_to_english,
} from 'tsorch/utils/benchmark';

interface Given {
  spec: ConstructorParameters<typeof TaskSpec>[0];
  number: number;
  times: number[];
}

interface Golden {
  measurements: (Given & {
    text: string;
    median: number;
    mean: number;
    iqr: number;
    figures: number;
    title: string;
    row: string;
  })[];
  tables: { group: Given[]; trim: boolean; color: string | null; warn: boolean; text: string }[];
  units: { t: number; unit: string }[];
  trimmed: { x: number; n: number; result: number }[];
}

const file = join(__dirname, '../../../../test/utils/benchmark/golden/measurements.json');
const golden = JSON.parse(readFileSync(file, 'utf8')) as Golden;

const measured = ({ spec, number, times }: Given) =>
  new Measurement({ number_per_run: number, raw_times: times, task_spec: new TaskSpec(spec) });

describe('a measurement', () => {
  it.each(golden.measurements.map((each, i) => [i, each] as const))('prints as in Python: %i', (_, each) => {
    const m = measured(each);
    expect(String(m).split('\n').slice(1).join('\n')).toBe(each.text);
    expect(m.median).toBeCloseTo(each.median, 14);
    expect(m.mean).toBeCloseTo(each.mean, 14);
    expect(m.iqr).toBeCloseTo(each.iqr, 14);
    expect([m.significant_figures, m.title, m.as_row_name]).toEqual([each.figures, each.title, each.row]);
  });

  it('has a readable unit', () => {
    for (const { t, unit } of golden.units) expect(select_unit(t)[0]).toBe(unit);
    expect(unit_to_english('us')).toBe('microsecond');
    for (const { x, n, result } of golden.trimmed) expect(trim_sigfig(x, n)).toBeCloseTo(result, 6);
  });
});

describe('a table', () => {
  it.each(golden.tables.map((each, i) => [i, each] as const))('prints as in Python: %i', (_, each) => {
    const compare = new Compare(each.group.map(measured));
    if (each.trim) compare.trim_significant_figures();
    if (each.color !== null) compare.colorize({ rowwise: each.color === 'rowwise' });
    if (each.warn) compare.highlight_warnings();
    expect(String(compare)).toBe(each.text);
  });

  it('takes measurements', () => {
    expect(() => new Compare([1 as unknown as Measurement])).toThrow('Expected an instance of `Measurement`');
  });
});

describe('a timer', () => {
  it('runs a statement that is text, with setup and globals', () => {
    const counts = { setup: 0, runs: 0 };
    const timer = new Timer({
      stmt: 'counts.runs += one; torch.ones(1);',
      setup: 'const one = 1; counts.setup++;',
      globals: { counts },
      label: 'count',
    });
    const m = timer.timeit(100);
    expect(counts).toEqual({ setup: 2, runs: 102 });
    expect([m.number_per_run, m.times.length, m.title, m.num_threads]).toEqual([100, 1, 'count', 1]);
    expect(m.median).toBeGreaterThan(0);
  });

  it('runs a function, whose text is its title', () => {
    const x = torch.ones(3);
    const m = new Timer(() => x.add(1)).timeit(10);
    expect(m.title).toBe('x.add(1)');
  });

  it('finds the length of its blocks', () => {
    const clock = { now: 0 };
    const timer = new Timer({
      stmt: 'clock.now += 1e-4',
      timer: () => (clock.now += 1e-9),
      globals: { clock },
    });
    const seen: number[] = [];
    const m = timer.blocked_autorange({ min_run_time: 0.5, callback: (number) => seen.push(number) });
    expect(m.number_per_run).toBe(10);
    expect(m.times.length).toBe(seen.length);
    expect(m.median).toBeCloseTo(1e-4, 8);
    const adaptive = timer.adaptive_autorange({ threshold: 0.5, min_run_time: 0.001, max_run_time: 1 });
    expect(adaptive.times.length).toBeGreaterThan(3);
  });

  it('sets the number of threads while it measures', () => {
    const before = torch.get_num_threads();
    const seen: number[] = [];
    new Timer({ stmt: () => seen.push(torch.get_num_threads()), num_threads: 2 }).timeit(1);
    expect(seen).toEqual([2, 2, 2]);
    expect(torch.get_num_threads()).toBe(before);
  });

  it('refuses what it cannot run', () => {
    expect(() => new Timer({ language: 'c++' })).toThrow(new RangeError('Invalid language `c++`.'));
    expect(() => new Timer(1 as unknown as string)).toThrow("argument 'stmt' must be a string or a function");
    expect(() => new Timer('x +').timeit(1)).toThrow(SyntaxError);
  });
});
