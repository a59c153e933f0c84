/** Python's text of values, as modules print them. */

/** A float as Python prints it: `2.0`, `1e-05`. */
export function float(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  const size = Math.abs(value);
  if (value !== 0 && (size < 1e-4 || size >= 1e16)) {
    return value.toExponential().replace(/e([+-])(\d)$/, 'e$10$2');
  }
  return Number.isInteger(value) ? `${Object.is(value, -0) ? '-0' : value}.0` : String(value);
}

/** Any other value: `True`, `None`, `'zeros'`, `(2, 2)`. */
export function repr(value: unknown): string {
  if (value === null || value === undefined) return 'None';
  if (value === true) return 'True';
  if (value === false) return 'False';
  if (typeof value === 'string') return `'${value}'`;
  if (typeof value === 'number' && !Number.isInteger(value)) return float(value);
  if (Array.isArray(value)) return value.length === 1 ? `(${repr(value[0])},)` : `(${value.map(repr).join(', ')})`;
  return String(value);
}

/** `name=value` pairs joined as in a call. */
export function fields(values: Record<string, unknown>): string {
  return Object.entries(values)
    .map(([name, value]) => `${name}=${repr(value)}`)
    .join(', ');
}

/** Indents all lines but the first. */
export function indent(text: string, spaces: number): string {
  return text.replaceAll('\n', `\n${' '.repeat(spaces)}`);
}
