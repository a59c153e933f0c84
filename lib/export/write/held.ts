/** The tensors that a graph takes from its module. */
import { plainTensors } from '../../jit/hierarchy';
import type { Module } from '../../nn/modules/module';
import type { Tensor } from '../../tensor/tensor';
import { ExportError } from '../errors';
import type { JsonValue } from './json_text';
import type { Tape } from './tape';

/** A tensor that the graph takes from its module. */
export interface Held {
  readonly kind: 'parameter' | 'buffer' | 'tensor_constant';
  readonly target: string;
  readonly tensor: Tensor;
  readonly persistent: boolean;
}

/** Parameters, then buffers, then other tensors that the graph uses. A tensor that is reached twice has both names. */
export function heldBy(module: Module, tape: Tape): Held[] {
  const own: Held[] = module.named_parameters('', true, false).map(([target, tensor]) => {
    return { kind: 'parameter', target, tensor, persistent: true };
  });
  const transient = new Set(
    module
      .named_modules()
      .flatMap(([path, each]) => [...each._non_persistent_buffers_set].map((name) => joined(path, name))),
  );
  for (const [target, tensor] of module.named_buffers('', true, false)) {
    own.push({ kind: 'buffer', target, tensor, persistent: !transient.has(target) });
  }
  const plain = new Map(
    module
      .named_modules()
      .flatMap(([path, each]) => plainTensors(each).map(([name, tensor]) => [tensor, joined(path, name)] as const)),
  );
  const known = new Set(own.map(({ tensor }) => tensor));
  for (const tensor of tape.held.values()) {
    if (known.has(tensor)) continue;
    const target = plain.get(tensor);
    if (target === undefined) throw new ExportError('the module has a tensor that is no property of it');
    own.push({ kind: 'tensor_constant', target, tensor, persistent: true });
  }
  [...tape.made.values()].forEach((tensor, i) => {
    own.push({ kind: 'tensor_constant', target: `lifted_tensor_${i}`, tensor, persistent: true });
  });
  return own;
}

const joined = (path: string, name: string) => (path === '' ? name : `${path}.${name}`);

/** What the names of such tensors begin with. */
export const prefixes = { parameter: 'p', buffer: 'b', tensor_constant: 'c' };

/** What a file says of the input that such a tensor is. */
export function inputSpec({ kind, target, persistent }: Held, name: string): JsonValue {
  const arg = { name };
  if (kind === 'parameter') return { parameter: { arg, parameter_name: target } };
  if (kind === 'buffer') return { buffer: { arg, buffer_name: target, persistent } };
  return { tensor_constant: { arg, tensor_constant_name: target } };
}
