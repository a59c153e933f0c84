/** Arguments that must be modules: errors that name the function and the argument. */
import { refuse } from '../arguments/checks';
import { isModule, type Module } from './modules/module';

export function requireModule(name: string, argument: string, value: unknown): asserts value is Module {
  if (!isModule(value)) refuse(name, argument, 'a Module', value);
}
