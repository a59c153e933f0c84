/** How a folder adds to Tensor what belongs to its subject. */
import { Tensor } from './tensor';

/**
 * Puts methods and properties on Tensor's prototype, as if they were written in the class. The folder declares them too:
 * `declare module '../tensor/tensor' { interface Tensor extends MyMembers {} }`.
 */
export function addMembers<Members extends object>(members: Members & ThisType<Tensor>): void {
  for (const name of Reflect.ownKeys(members)) {
    const member = Reflect.getOwnPropertyDescriptor(members, name)!;
    Object.defineProperty(Tensor.prototype, name, { ...member, enumerable: false });
  }
}
