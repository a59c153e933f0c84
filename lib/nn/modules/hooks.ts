/** The hooks of a module, and the handles that take them off. */

let nextId = 0;

/** Takes a hook off: `remove()`, or the end of a `using` block. */
export class RemovableHandle implements Disposable {
  readonly id: number;

  constructor(private readonly lists: readonly Map<number, unknown>[]) {
    this.id = nextId++;
  }

  remove(): void {
    for (const list of this.lists) list.delete(this.id);
  }

  [Symbol.dispose](): void {
    this.remove();
  }
}

/** Hooks in the order in which they run. */
export class Hooks<Hook> extends Map<number, Hook> {
  add(hook: Hook, prepend = false): RemovableHandle {
    const handle = new RemovableHandle([this]);
    const others = prepend ? [...this] : [];
    if (prepend) this.clear();
    this.set(handle.id, hook);
    for (const [id, other] of others) this.set(id, other);
    return handle;
  }
}
