/** What `load_state_dict` gives. */
import { inspect } from 'node:util';

/** Keys that did not fit. Prints as Python's named tuple. */
export class IncompatibleKeys extends Array<string[]> {
  constructor(
    readonly missing_keys: string[],
    readonly unexpected_keys: string[],
  ) {
    super();
    this.push(missing_keys, unexpected_keys);
  }

  static override get [Symbol.species](): ArrayConstructor {
    return Array;
  }

  override toString(): string {
    if (this.missing_keys.length + this.unexpected_keys.length === 0) return '<All keys matched successfully>';
    const list = (keys: string[]) => `[${keys.map((key) => `'${key}'`).join(', ')}]`;
    return `_IncompatibleKeys(missing_keys=${list(this.missing_keys)}, unexpected_keys=${list(this.unexpected_keys)})`;
  }

  [inspect.custom](): string {
    return this.toString();
  }
}
