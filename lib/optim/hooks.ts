/** Hooks in the order they are called. */

/** Takes a hook away again. */
export class RemovableHandle {
  /** @internal */
  constructor(private readonly take: () => void) {}

  remove(): void {
    this.take();
  }

  [Symbol.dispose](): void {
    this.remove();
  }
}

/** A list of hooks; a hook added twice is called twice. */
export class Hooks<Hook> implements Iterable<Hook> {
  private entries: { hook: Hook }[] = [];

  /** Adds a hook at the end, or before all others. */
  add(hook: Hook, prepend = false): RemovableHandle {
    const entry = { hook };
    this.entries = prepend ? [entry, ...this.entries] : [...this.entries, entry];
    return new RemovableHandle(() => {
      this.entries = this.entries.filter((other) => other !== entry);
    });
  }

  /** A hook that adds or removes hooks changes the next round only. */
  *[Symbol.iterator](): Iterator<Hook> {
    for (const { hook } of this.entries) yield hook;
  }
}
