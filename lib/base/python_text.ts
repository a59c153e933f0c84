/** Python's text of plain values. */

/** Elements that a text shows: a list may claim billions of them, or contain itself. */
const MOST_SHOWN = 1000;

type Brackets = (parts: readonly string[]) => string;

const tuple: Brackets = (parts) => (parts.length === 1 ? `(${parts[0]},)` : `(${parts.join(', ')})`);
const list: Brackets = (parts) => `[${parts.join(', ')}]`;

/** What is neither a list nor a number; a typed array would write all that it has. */
function otherText(value: unknown): string {
  return ArrayBuffer.isView(value) ? value.constructor.name : String(value);
}

/**
 * The text of a value that anybody may have handed in: of lists, nested ones too, no more than can be read.
 * @param brackets what is written around a list
 * @param text the text of what is no list
 */
export function boundedText(
  value: unknown,
  brackets: Brackets,
  text: (value: unknown) => string,
  room = { left: MOST_SHOWN },
): string {
  if (!Array.isArray(value)) return text(value);
  const parts: string[] = [];
  for (let i = 0; i < value.length; i++) {
    if (room.left-- <= 0) {
      parts.push('...');
      break;
    }
    parts.push(boundedText(value[i], brackets, text, room));
  }
  return brackets(parts);
}

/** `(2, 3)`, `(2,)`, `()`. */
export function tupleText(values: readonly unknown[]): string {
  return boundedText(values, tuple, otherText);
}

/** `[2, 3]`. */
export function listText(values: readonly unknown[]): string {
  return boundedText(values, list, otherText);
}

/** `torch.Size([2, 3])`. */
export function sizeText(shape: readonly number[]): string {
  return `torch.Size(${listText(shape)})`;
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

function plainText(value: unknown): string {
  if (value === null || value === undefined) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'number') return Number.isInteger(value) ? String(value) : floatText(value);
  return typeof value === 'string' ? `'${value}'` : otherText(value);
}

/** How Python writes a plain value: `None`, `True`, `1e-05`, `['a', 1]`. */
export function valueText(value: unknown): string {
  return boundedText(value, list, plainText);
}

/** The same with lists as tuples: `(2, 3)`. */
export function argumentText(value: unknown): string {
  return boundedText(value, tuple, plainText);
}

/** Digits enough to see whether a double lies exactly between two texts. */
const EXACT = 60;
const HALF = `5${'0'.repeat(EXACT - 1)}`;

/** `f'{value:.2f}'`: ties go to the even digit, where `toFixed` goes away from zero. */
export function fixedText(value: number, digits: number): string {
  const exact = value.toFixed(digits + EXACT);
  const below = exact.slice(0, -EXACT);
  return exact.endsWith(HALF) && /[02468]$/.test(below) ? below : value.toFixed(digits);
}
