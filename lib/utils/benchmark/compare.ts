/** Measurements side by side, in a table. */
import { inspect } from 'node:util';
import { typeName } from '../../native/kinds';
import { Measurement, select_unit, trim_sigfig, unit_to_english } from './measurement';

/** Within what the best measurement is looked for. */
export const Colorize = { NONE: 'none', COLUMNWISE: 'columnwise', ROWWISE: 'rowwise' } as const;
export type Colorize = (typeof Colorize)[keyof typeof Colorize];

const BEST = '\u001b[92m';
const GOOD = '\u001b[34m';
const BAD = '\u001b[2m\u001b[91m';
const VERY_BAD = '\u001b[31m';
const BOLD = '\u001b[1m';
const END = '\u001b[0m';

function colored(text: string, value: number, best: number): string {
  if (value <= best * 1.01 || value <= best + 100e-9) return BEST + BOLD + text + END + END;
  if (value <= best * 1.1) return GOOD + BOLD + text + END + END;
  if (value >= best * 5) return VERY_BAD + BOLD + text + END + END;
  return value >= best * 2 ? BAD + text + END + END : text;
}

/** As Python centres: what is left over goes to the left when the width is odd. */
function center(text: string, width: number): string {
  const space = Math.max(0, width - text.length);
  const left = (space >> 1) + (space & width & 1);
  return ' '.repeat(left) + text + ' '.repeat(space - left);
}

interface Style {
  readonly trim: boolean;
  readonly colorize: Colorize;
  readonly warnings: boolean;
}

interface Row {
  readonly threads: number;
  readonly env: string;
  readonly name: string;
  readonly cells: (Measurement | null)[];
}

const present = (cells: readonly (Measurement | null)[]) => cells.filter((cell): cell is Measurement => cell !== null);
const smallest = (cells: readonly (Measurement | null)[]) => Math.min(...present(cells).map(({ median }) => median));

/** How the numbers of a column are written. */
function columnFormat(cells: readonly (Measurement | null)[], scale: number, style: Style) {
  const measured = present(cells);
  const digits = (each: Measurement) => Math.ceil(Math.log10(each.median / scale));
  const whole = Math.max(...measured.map(digits));
  const decimals = style.trim
    ? Math.min(...measured.map((each) => Math.max(each.significant_figures - digits(each), 0)))
    : 1;
  const length = whole + decimals + (decimals > 0 ? 1 : 0);
  const warns = style.warnings && measured.some(({ has_warnings }) => has_warnings);
  return (cell: Measurement | null): string => {
    if (cell === null) return ' '.repeat(Math.max(length, (1).toFixed(decimals).length) + (warns ? 7 : 0));
    const value = cell.median / scale;
    const number = style.trim ? trim_sigfig(value, cell.significant_figures) : value;
    const spread = warns && cell.has_warnings ? ` (! ${((cell.iqr / cell.median) * 100).toFixed(0)}%)` : '';
    return number.toFixed(decimals).padStart(length) + spread.padStart(warns ? 7 : 0);
  };
}

function rowsOf(results: readonly Measurement[], columns: readonly (string | null)[]): Row[] {
  const rows = new Map<string, Row>();
  for (const each of results) {
    const { num_threads: threads, env, as_row_name: name } = each;
    const key = JSON.stringify([threads, env, name]);
    const row = rows.get(key) ?? { threads, env, name, cells: columns.map(() => null) };
    rows.set(key, row);
    row.cells[columns.indexOf(each.description)] = each;
  }
  // By threads and environment; otherwise in the order of the results.
  return [...rows.values()].sort((a, b) => a.threads - b.threads || (a.env < b.env ? -1 : a.env > b.env ? 1 : 0));
}

/** The first column: the names of the rows, behind their environments where there are several. */
function rowNames(rows: readonly Row[]): string[] {
  const envs = new Set(rows.map(({ env }) => env));
  const width = envs.size > 1 ? Math.max(...[...envs].map((env) => env.length)) : 0;
  return rows.map(({ threads, env, name }, i) => {
    const before = rows[i - 1];
    const shown = envs.size > 1 && !(before?.threads === threads && before.env === env);
    return `  ${(shown ? `(${env})` : '').padEnd(width + 4)}${name}`;
  });
}

/** The measurements of one label. */
function table(results: readonly Measurement[], style: Style): string {
  const [unit, scale] = select_unit(smallest(results));
  const columns = [...new Set(results.map(({ description }) => description))];
  const rows = rowsOf(results, columns);
  const formats = columns.map((_, j) =>
    columnFormat(
      rows.map(({ cells }) => cells[j]!),
      scale,
      style,
    ),
  );
  const names = rowNames(rows);
  const texts = rows.map(({ cells }, i) => [names[i]!, ...cells.map((cell, j) => formats[j]!(cell))]);
  const titles = ['', ...columns.map((title) => title ?? '')];
  const widths = titles.map((title, j) => Math.max(title.length, ...texts.map((row) => row[j]!.length)));
  const lines = [titles.map((title, j) => center(title, widths[j]!)).join('  |  ')];
  const width = lines[0]!.length;
  rows.forEach((row, i) => {
    if (row.threads !== rows[i - 1]?.threads) lines.push(`${row.threads} threads: `.padEnd(width, '-'));
    const cells = row.cells.map((cell, j) => {
      const text = center(texts[i]![j + 1]!, widths[j + 1]!);
      if (cell === null || style.colorize === Colorize.NONE) return text;
      const group = rows.filter(({ threads }) => threads === row.threads).map((other) => other.cells[j]!);
      return colored(text, cell.median, smallest(style.colorize === Colorize.ROWWISE ? row.cells : group));
    });
    lines.push([texts[i]![0]!.padEnd(widths[0]!), ...cells].join('  |  '));
  });
  const title = ` ${results[0]!.label ?? ''} `;
  const side = width - 2 - title.length;
  const left = Math.max(0, (side >> 1) + (side & (width - 2) & 1));
  const head = `[${'-'.repeat(left)}${title}${'-'.repeat(Math.max(0, side - left))}]`;
  const warning =
    style.warnings && results.some(({ has_warnings }) => has_warnings)
      ? '(! XX%) Measurement has high variance, where XX is the IQR / median * 100.\n'
      : '';
  return `${head}\n${lines.join('\n')}\n\nTimes are in ${unit_to_english(unit)}s (${unit}).\n${warning}`;
}

/**
 * A table of measurements: a row for each `sub_label`, a column for each `description`, a table for each `label`.
 * https://docs.pytorch.org/docs/2.13/benchmark_utils.html#torch.utils.benchmark.Compare
 */
export class Compare {
  private readonly results: Measurement[] = [];
  private style: Style = { trim: false, colorize: Colorize.NONE, warnings: false };

  constructor(results: readonly Measurement[]) {
    this.extend_results(results);
  }

  /** Adds measurements to those that are compared. */
  extend_results(results: readonly Measurement[]): void {
    for (const each of results) {
      if (each instanceof Measurement) continue;
      throw new RangeError(`Expected an instance of \`Measurement\`, got ${typeName(each)} instead.`);
    }
    this.results.push(...results);
  }

  /** Shows only digits that count. */
  trim_significant_figures(): void {
    this.style = { ...this.style, trim: true };
  }

  /** Colours each number by how far it is from the best of its column, or of its row. */
  colorize(rowwise: boolean | { rowwise?: boolean } = false): void {
    const rows = typeof rowwise === 'object' ? (rowwise.rowwise ?? false) : rowwise;
    this.style = { ...this.style, colorize: rows ? Colorize.ROWWISE : Colorize.COLUMNWISE };
  }

  /** Marks measurements that vary too much to be compared. */
  highlight_warnings(): void {
    this.style = { ...this.style, warnings: true };
  }

  /** Writes the table to stdout. */
  print(): void {
    console.log(this.toString());
  }

  toString(): string {
    const groups = new Map<string | null, Measurement[]>();
    for (const each of Measurement.merge(this.results))
      groups.set(each.label, [...(groups.get(each.label) ?? []), each]);
    return [...groups.values()].map((group) => table(group, this.style)).join('\n');
  }

  [inspect.custom](): string {
    return this.toString();
  }
}
