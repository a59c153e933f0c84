/** Values as Python writes them. */
import { Tensor } from '../tensor/tensor';

/** A float as Python's `repr` writes it: `0.001`, `1e-08`, `1.0`. */
export function floatText(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  const [digits, exponent] = value.toExponential().split('e') as [string, string];
  const power = Number(exponent);
  if (value !== 0 && (power < -4 || power >= 16)) {
    return `${digits}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`;
  }
  if (Number.isInteger(value)) return `${Object.is(value, -0) ? '-0' : BigInt(value)}.0`;
  return power < 0 ? value.toFixed(decimals(digits) - power) : String(value);
}

function decimals(digits: string): number {
  return digits.replace('-', '').replace('.', '').length - 1;
}

/** A value as Python's `repr` writes it; `float` says that whole numbers are floats. */
export function valueText(value: unknown, float = false): string {
  if (value === null || value === undefined) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'number') return float || !Number.isInteger(value) ? floatText(value) : String(value);
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return listText(value, float);
  // Python formats a tensor without dimensions as its number.
  if (value instanceof Tensor && value.dim() === 0) return valueText(value.item(), value.is_floating_point());
  return String(value);
}

/** Lists of names are Python lists, lists of coefficients tuples. */
function listText(values: readonly unknown[], float: boolean): string {
  const quoted = values.map((value) => (typeof value === 'string' ? `'${value}'` : valueText(value, float)));
  if (values.some((value) => typeof value === 'string')) return `[${quoted.join(', ')}]`;
  return quoted.length === 1 ? `(${quoted[0]},)` : `(${quoted.join(', ')})`;
}
