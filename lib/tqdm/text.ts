/** How a progress bar's line reads. https://tqdm.github.io/ */

/** Seconds as `02:05` or `1:02:05`. */
export function interval(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const two = (value: number) => String(value).padStart(2, '0');
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${two(m)}:${two(s)}`;
}

/** Three significant digits with a prefix: 12.3k. */
export function scaled(value: number): string {
  const prefixes = ['', 'k', 'M', 'G', 'T', 'P'];
  let i = 0;
  while (Math.abs(value) >= 999.5 && i < prefixes.length - 1) {
    value /= 1000;
    i++;
  }
  const digits =
    i === 0 && Number.isInteger(value) ? 0 : Math.abs(value) >= 99.95 ? 0 : Math.abs(value) >= 9.995 ? 1 : 2;
  return value.toFixed(digits) + prefixes[i];
}

/** `8.00it/s`, or `2.50s/it` when slower than one a second. */
function speed(rate: number, unit: string, scale: boolean): string {
  if (!(rate > 0) || !Number.isFinite(rate)) return `?${unit}/s`;
  if (rate < 1) return `${(1 / rate).toFixed(2)}s/${unit}`;
  return `${scale ? scaled(rate) : rate.toFixed(2)}${unit}/s`;
}

/** One value of a postfix: numbers with three significant digits, as Python's `%.3g`. */
export function postfixValue(value: unknown): string {
  if (typeof value !== 'number') return String(value);
  if (Number.isInteger(value)) return String(value);
  const magnitude = Math.floor(Math.log10(Math.abs(value)));
  if (magnitude >= -4 && magnitude < 3) return String(Number(value.toPrecision(3)));
  return value
    .toExponential(2)
    .replace(/\.?0+e/, 'e')
    .replace(/e([+-])(\d)$/, 'e$10$2');
}

export interface Line {
  desc: string;
  n: number;
  initial: number;
  total: number | undefined;
  /** Seconds since the start. */
  elapsed: number;
  unit: string;
  unit_scale: boolean;
  postfix: string;
  ncols: number;
}

const EIGHTHS = ' ▏▎▍▌▋▊▉█';

/** A bar of `width` characters, full to a share of 0 to 1. */
function barOf(share: number, width: number): string {
  const eighths = Math.round(share * width * 8);
  const full = Math.floor(eighths / 8);
  if (full >= width) return '█'.repeat(width);
  return ('█'.repeat(full) + EIGHTHS[eighths % 8]!).padEnd(width);
}

export function lineText(line: Line): string {
  const { desc, n, initial, total, elapsed, unit, unit_scale, postfix, ncols } = line;
  const count = (value: number) => (unit_scale ? scaled(value) : String(value));
  const rate = (n - initial) / elapsed;
  const shown = speed(rate, unit, unit_scale);
  const head = desc === '' ? '' : `${desc}: `;
  const tail = postfix === '' ? '' : `, ${postfix}`;
  if (total === undefined) return `${head}${count(n)}${unit} [${interval(elapsed)}, ${shown}${tail}]`;
  const share = total === 0 ? 1 : Math.min(1, Math.max(0, n / total));
  const left = rate > 0 && Number.isFinite(rate) ? interval((total - n) / rate) : '?';
  const before = `${head}${String(Math.floor(100 * share)).padStart(3)}%|`;
  const after = `| ${count(n)}/${count(total)} [${interval(elapsed)}<${left}, ${shown}${tail}]`;
  return before + barOf(share, Math.max(1, ncols - before.length - after.length)) + after;
}
