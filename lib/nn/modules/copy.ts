/** Copying modules. */
import { refusePrivateFields } from '../../base/private_fields';
import type { Copier } from '../../tensor/copy';
import type { AnyModule } from './contract';
import { makeCallable, stateOf } from './registry';

/**
 * A module of the same class with copies of all properties; no constructor runs. `remember` is told of the copy before
 * its properties are made.
 * @throws TypeError when the class has `#private` fields
 */
export function copyModule<M extends AnyModule>(module: M, { remember, copy }: Copier): M {
  refusePrivateFields(module);
  const copied = remember(makeCallable(Object.getPrototypeOf(module)) as M);
  for (const [key, descriptor] of Object.entries(Object.getOwnPropertyDescriptors(module))) {
    if ('value' in descriptor) descriptor.value = copy(descriptor.value);
    Reflect.defineProperty(copied, key, descriptor);
  }
  stateOf(copied).adopt(stateOf(module));
  return copied;
}
