/** Reading JSON that may hold anything: what is not as expected is an error that says where. */
import { TorchError } from '../base/errors';

/** What a program's file has wrong. */
export class BadProgram extends TorchError {
  override name = 'BadProgram';
}

/** Texts and numbers, so that a text's digits are not taken for a number. */
const tokens = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;
const brackets = /"[^"\\]*(?:\\.[^"\\]*)*"|[[\]{}]/g;

/** Deeper than any program, and less than what a function that calls itself for each level can follow. */
const DEEPEST = 1000;

const wide = /^-?\d{16,}$/;

/** The numbers that JSON cannot hold are texts. */
const special: Readonly<Record<string, number>> = { Infinity, '-Infinity': -Infinity, NaN };

/** How deeply lists and objects are nested. */
function nestingOf(text: string): number {
  let [depth, deepest] = [0, 0];
  for (const [sign] of text.matchAll(brackets)) {
    if (sign === '[' || sign === '{') deepest = Math.max(deepest, ++depth);
    else if (sign === ']' || sign === '}') depth--;
  }
  return deepest;
}

/** A value in a JSON text, and where it is. */
export class Json {
  private constructor(
    private readonly value: unknown,
    private readonly where: string,
  ) {}

  /** Integers beyond 2^53, which JSON.parse would round, are kept as texts for `integer` to read. */
  static parse(text: string, where: string): Json {
    if (nestingOf(text) > DEEPEST) throw new BadProgram(`${where} is nested more than ${DEEPEST} deep`);
    const exact = text.replace(tokens, (token) => (wide.test(token) ? `"${token}"` : token));
    try {
      return new Json(JSON.parse(exact), where);
    } catch (error) {
      throw new BadProgram(`${where} is no JSON: ${(error as Error).message}`);
    }
  }

  private expected(what: string): BadProgram {
    const text = JSON.stringify(this.value) ?? 'nothing';
    const shown = text.length > 60 ? `${text.slice(0, 60)}…` : text;
    return new BadProgram(`${this.where} should be ${what}, and is ${shown}`);
  }

  private record(): Readonly<Record<string, unknown>> {
    if (typeof this.value !== 'object' || this.value === null || Array.isArray(this.value))
      throw this.expected('an object');
    return this.value as Record<string, unknown>;
  }

  at(key: string): Json {
    const record = this.record();
    return new Json(Object.hasOwn(record, key) ? record[key] : undefined, `${this.where}.${key}`);
  }

  get isNull(): boolean {
    return this.value === null || this.value === undefined;
  }

  get isList(): boolean {
    return Array.isArray(this.value);
  }

  get isText(): boolean {
    return typeof this.value === 'string';
  }

  /** The same, or undefined for null and what is not there. */
  get given(): Json | undefined {
    return this.isNull ? undefined : this;
  }

  list(): Json[] {
    if (!Array.isArray(this.value)) throw this.expected('a list');
    return this.value.map((value, i) => new Json(value, `${this.where}[${i}]`));
  }

  entries(): [key: string, value: Json][] {
    return Object.entries(this.record()).map(([key, value]) => [key, new Json(value, `${this.where}.${key}`)]);
  }

  /** A union: an object whose one key names its kind. */
  variant(): [kind: string, value: Json] {
    const given = this.entries().filter(([, { value }]) => value !== null && value !== undefined);
    if (given.length !== 1) throw this.expected('an object with one key');
    return given[0]!;
  }

  text(): string {
    if (typeof this.value !== 'string') throw this.expected('a text');
    return this.value;
  }

  boolean(): boolean {
    if (typeof this.value !== 'boolean') throw this.expected('true or false');
    return this.value;
  }

  integer(): number | bigint {
    if (Number.isSafeInteger(this.value)) return this.value as number;
    if (typeof this.value === 'string' && wide.test(this.value)) {
      const integer = BigInt(this.value);
      return Number.isSafeInteger(Number(integer)) ? Number(integer) : integer;
    }
    throw this.expected('an integer');
  }

  /** A count, or a position. */
  size(): number {
    const value = this.integer();
    if (typeof value === 'bigint' || value < 0) throw this.expected('a size');
    return value;
  }

  number(): number {
    if (typeof this.value === 'number') return this.value;
    const text = this.text();
    const number = entry(special, text) ?? (wide.test(text) ? Number(text) : undefined);
    if (number === undefined) throw this.expected('a number');
    return number;
  }

  /** What a kind that nothing here knows is refused with. */
  unknown(what: string): BadProgram {
    return new BadProgram(`${this.where} is of a kind that is not known here: ${what}`);
  }
}

/** What a table has under a name that comes from a file: `constructor` is in none. */
export function entry<Value>(table: Readonly<Record<string, Value>>, name: string): Value | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}
