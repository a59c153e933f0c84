/** Copying modules. */
import { refusePrivateFields } from '../../base/private_fields';
import type { Copier } from '../../tensor/copy';
import type { Module } from './module';
import { makeCallable, stateOf } from './registry';

/**
 * A module of the same class with copies of all properties; no constructor runs. `remember` is told of the copy before
 * its properties are made.
 * @throws TypeError when the class has `#private` fields
 */
export function copyModule(module: Module, { remember, copy }: Copier): Module {
  refusePrivateFields(module);
  const copied = remember(makeCallable(Object.getPrototypeOf(module)) as Module);
  for (const [key, descriptor] of Object.entries(Object.getOwnPropertyDescriptors(module))) {
    if ('value' in descriptor) descriptor.value = copy(descriptor.value);
    Reflect.defineProperty(copied, key, descriptor);
  }
  stateOf(copied).adopt(stateOf(module));
  return copied;
}
