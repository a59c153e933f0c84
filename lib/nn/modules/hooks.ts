/** Lists of hooks. */
import { RemovableHandle } from '../../autograd/hooks';

export { RemovableHandle };

let nextId = 0;
let total = 0;

/** Whether any module has a hook: without one a call need not look. */
export function anyHooks(): boolean {
  return total > 0;
}

/** Hooks by number, as Python keeps them: what is deleted here is deleted there. */
class HookView<Entry> extends Map<number, unknown> {
  constructor(
    private readonly source: Hooks<Entry>,
    hookOf: (entry: Entry) => unknown,
  ) {
    super();
    for (const [id, entry] of source) super.set(id, hookOf(entry));
  }

  override delete(id: number): boolean {
    this.source.delete(id);
    return super.delete(id);
  }

  override clear(): void {
    this.source.clear();
    super.clear();
  }
}

/** Hooks in the order in which they run. */
export class Hooks<Hook> extends Map<number, Hook> {
  override set(id: number, hook: Hook): this {
    if (!this.has(id)) total++;
    return super.set(id, hook);
  }

  override delete(id: number): boolean {
    const found = super.delete(id);
    if (found) total--;
    return found;
  }

  override clear(): void {
    total -= this.size;
    super.clear();
  }

  /** The functions by number. */
  view(hookOf: (entry: Hook) => unknown = (entry) => entry): Map<number, unknown> {
    return new HookView(this, hookOf);
  }

  add(hook: Hook, prepend = false): RemovableHandle {
    const id = nextId++;
    const others = prepend ? [...this] : [];
    if (prepend) this.clear();
    this.set(id, hook);
    for (const [other, each] of others) this.set(other, each);
    return new RemovableHandle(id, () => this.delete(id));
  }
}
