/** The lowered graph of a traced program, for what writes it in another format. */
import type { Tensor } from '../tensor/tensor';
import type { ScriptFunction } from './function';
import { type LoweredGraph, lowered } from './graph';
import { ScriptModule } from './module';

/**
 * The graph of a program as plain data: calls inlined, and the tensors of the module as inputs of their own, with their
 * names. Of a module it is the graph of `method`.
 */
export function graphOf(traced: ScriptModule | ScriptFunction, method = 'forward'): LoweredGraph {
  if (!(traced instanceof ScriptModule)) return lowered(traced._part, new Map());
  const names = new Map<Tensor, string>();
  for (const [name, tensor] of [...traced.named_parameters(), ...traced.named_buffers()]) {
    if (!names.has(tensor)) names.set(tensor, name);
  }
  return lowered(traced.get_method(method)._part, names);
}
