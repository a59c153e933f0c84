/** From Python's dicts to JavaScript's objects. */
import { Dict } from './values';

/** Sets a property of any name, `__proto__` included. */
function define(object: object, name: string, value: unknown, enumerable: boolean): void {
  Object.defineProperty(object, name, { value, enumerable, writable: true, configurable: true });
}

function isName(key: unknown): key is string | number {
  return typeof key === 'string' || isPosition(key);
}

function isPosition(key: unknown): key is number {
  return typeof key === 'number' && Number.isInteger(key) && key >= 0;
}

/** Keys that a plain object keeps apart: all text, or all whole numbers. */
function fitsObject(dict: Dict): boolean {
  const keys = [...dict.entries.keys()];
  return keys.every((key) => typeof key === 'string') || keys.every(isPosition);
}

/** Replaces every Dict in a value by a plain object, or by a Map where its keys are of other kinds. */
export class Plain {
  private readonly made = new Map<Dict, object>();
  private readonly seen = new Set<object>();
  private readonly waiting: (() => void)[] = [];

  /** The value without Dicts. A list of what is left to do stands for recursion, which a file could make deep. */
  of(value: unknown): unknown {
    const result = this.shell(value);
    for (let work = this.waiting.pop(); work !== undefined; work = this.waiting.pop()) work();
    return result;
  }

  private shell(value: unknown): unknown {
    if (value instanceof Dict) return this.dict(value);
    if (!Array.isArray(value) || this.seen.has(value)) return value;
    this.seen.add(value);
    this.waiting.push(() => this.fillList(value));
    return value;
  }

  private fillList(list: unknown[]): void {
    for (let i = 0; i < list.length; i++) list[i] = this.shell(list[i]);
  }

  private dict(dict: Dict): object {
    const known = this.made.get(dict);
    if (known !== undefined) return known;
    const object: object = fitsObject(dict) ? {} : new Map();
    this.made.set(dict, object);
    this.waiting.push(() => this.fill(object, dict));
    return object;
  }

  private fill(object: object, dict: Dict): void {
    for (const [key, value] of dict.entries) {
      if (object instanceof Map) object.set(this.shell(key), this.shell(value));
      else if (isName(key)) define(object, String(key), this.shell(value), true);
    }
    for (const [name, value] of dict.attributes?.entries ?? []) {
      if (typeof name === 'string') define(object, name, this.shell(value), false);
    }
  }
}
