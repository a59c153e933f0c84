/** The names of the forwards' parameters, for calls such as `linear({ input: x })`. */
import { forwards } from '../generated/nn_calls';
import { forwardSignatures } from './call';
import { Module } from './module';

/** Names the parameters of every module's forward. */
export function nameForwards(modules: Readonly<Record<string, unknown>>): void {
  for (const [name, signature] of Object.entries(forwards)) {
    const { forward } = (modules[name] as { prototype: Module }).prototype;
    if (forward !== Module.prototype.forward) forwardSignatures.set(forward, signature);
  }
}
