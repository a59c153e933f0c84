/** Writing JSON as Python does: floats have a point, and numbers beyond 2^53 all their digits. */

/** A float: 3.0 and not 3. */
export class JsonFloat {
  constructor(readonly value: number) {}

  get text(): string {
    const { value } = this;
    if (!Number.isFinite(value)) return `"${value}"`;
    const text = String(value);
    return /[.e]/.test(text) ? text : `${text}.0`;
  }
}

/** What a file may have. */
export type JsonValue =
  | string
  | number
  | bigint
  | boolean
  | null
  | JsonFloat
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue };

export function jsonText(value: JsonValue): string {
  if (value instanceof JsonFloat) return value.text;
  if (typeof value === 'bigint') return String(value);
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${(value as readonly JsonValue[]).map(jsonText).join(', ')}]`;
  const fields = Object.entries(value as { readonly [key: string]: JsonValue });
  return `{${fields.map(([key, each]) => `${JSON.stringify(key)}: ${jsonText(each)}`).join(', ')}}`;
}
