/** JSON whose keys must differ: `JSON.parse` keeps the last of two without a word. */

/**
 * The entries of an object, `__proto__` like any other.
 * @throws what `fail` makes, for anything but an object with distinct keys, in it too
 */
export function parseObject(bytes: Buffer, fail: (what: string) => Error): [string, unknown][] {
  const text = decode(bytes, fail);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw fail((error as Error).message);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw fail('expected an object');
  const twice = duplicateKey(text);
  if (twice !== undefined) throw fail(`duplicate key ${twice}`);
  return Object.entries(value);
}

function decode(bytes: Buffer, fail: (what: string) => Error): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw fail('it is not UTF-8');
  }
}

/** The first key that an object of a valid JSON text has twice. */
function duplicateKey(text: string): string | undefined {
  const open: Set<string>[] = [];
  for (const [token, key] of text.matchAll(/("[^"\\]*(?:\\.[^"\\]*)*")\s*:|"[^"\\]*(?:\\.[^"\\]*)*"|[{}]/g)) {
    if (token === '{') open.push(new Set());
    else if (token === '}') open.pop();
    else if (key !== undefined) {
      const name = JSON.parse(key) as string;
      const names = open[open.length - 1]!;
      if (names.has(name)) return key;
      names.add(name);
    }
  }
  return undefined;
}
