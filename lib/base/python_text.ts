/** Python's text of plain values. */

/** The text of a tuple: `(2, 3)`, `(2,)`, `()`. */
export function tupleText(values: readonly number[]): string {
  return values.length === 1 ? `(${values[0]},)` : `(${values.join(', ')})`;
}

/** The text of a size: `torch.Size([2, 3])`. */
export function sizeText(values: readonly number[]): string {
  return `torch.Size([${values.join(', ')}])`;
}

/** How Python writes a float: always with a point or an exponent. */
export function floatText(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'nan' : value > 0 ? 'inf' : '-inf';
  const magnitude = Math.abs(value);
  if (magnitude !== 0 && (magnitude < 1e-4 || magnitude >= 1e16)) {
    return value.toExponential().replace(/e([+-])(\d)$/, 'e$10$2');
  }
  return Number.isInteger(value) ? `${Object.is(value, -0) ? '-0' : BigInt(value)}.0` : String(value);
}

/** How Python writes a plain value: `None`, `True`, `1e-05`, `['a', 1]`. */
export function valueText(value: unknown): string {
  if (value === null || value === undefined) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'number') return Number.isInteger(value) ? String(value) : floatText(value);
  if (typeof value === 'string') return `'${value}'`;
  return Array.isArray(value) ? `[${value.map(valueText).join(', ')}]` : String(value);
}
