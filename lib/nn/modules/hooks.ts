/** Lists of hooks. */
import { RemovableHandle } from '../../autograd/hooks';

export { RemovableHandle };

let nextId = 0;

/** Hooks in the order in which they run. */
export class Hooks<Hook> extends Map<number, Hook> {
  add(hook: Hook, prepend = false): RemovableHandle {
    const id = nextId++;
    const others = prepend ? [...this] : [];
    if (prepend) this.clear();
    this.set(id, hook);
    for (const [other, each] of others) this.set(other, each);
    return new RemovableHandle(id, () => this.delete(id));
  }
}
