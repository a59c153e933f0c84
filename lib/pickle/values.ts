/** What Python has and JavaScript has not, as pickles name it. */

/** A class or function by its name: `torch._utils._rebuild_tensor_v2`. */
export class Global {
  constructor(
    readonly module: string,
    readonly name: string,
  ) {}

  get path(): string {
    return `${this.module}.${this.name}`;
  }
}

/** A list that cannot be changed. */
export class Tuple {
  constructor(readonly items: readonly unknown[]) {}
}

/** A number that is a float though it is whole. */
export class Float {
  constructor(readonly value: number) {}
}

/** The result of calling `target`; then its items and its state are set, as Python's `__reduce__` tells. */
export class Call {
  constructor(
    readonly target: Global,
    readonly args: readonly unknown[],
    readonly items: readonly (readonly [unknown, unknown])[] = [],
    readonly state?: Dict,
  ) {}
}

/** What is kept beside the pickle, by its description. */
export class Persistent {
  constructor(readonly id: Tuple) {}
}

/** A dict: entries in order, with keys of any kind. OrderedDicts have attributes too. */
export class Dict {
  readonly entries: Map<unknown, unknown>;
  attributes?: Dict;

  constructor(entries: Iterable<readonly [unknown, unknown]> = []) {
    this.entries = new Map(entries);
  }
}
