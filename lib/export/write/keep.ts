/** Runs a module, and leaves it as it was. */
import { no_grad } from '../../autograd/grad_mode';
import { plainTensors } from '../../jit/hierarchy';
import type { Module } from '../../nn/modules/module';
import { get_rng_state, set_rng_state } from '../../tensor/generator';
import type { Tensor } from '../../tensor/tensor';
import { ExportError } from '../errors';

/** The tensors of a module that its forward may change. */
function tensorsIn(module: Module): [owner: Module, name: string, tensor: Tensor][] {
  return module.modules().flatMap((owner): [Module, string, Tensor][] => {
    const registered = [...owner.named_parameters('', false), ...owner.named_buffers('', false)];
    return [...registered, ...plainTensors(owner)].map(([name, tensor]) => [owner, name, tensor]);
  });
}

/** Runs the callback; then the module's tensors and the random numbers are what they were. */
export function keeping<Result>(module: Module, run: () => Result): Result {
  const before = tensorsIn(module).map(([owner, name, tensor]) => {
    return { owner, name, tensor, version: tensor._version, copy: tensor.detach().clone() };
  });
  const random = get_rng_state();
  let reassigned: string | undefined;
  try {
    const result = run();
    reassigned = before.find(({ owner, name, tensor }) => Reflect.get(owner, name) !== tensor)?.name;
    if (reassigned === undefined) return result;
  } finally {
    set_rng_state(random);
    for (const { owner, name, tensor, version, copy } of before) {
      if (Reflect.get(owner, name) !== tensor) Reflect.set(owner, name, tensor);
      // Batch norm changes its statistics without counting it.
      const isChanged = tensor._version !== version || !tensor.equal(copy);
      if (isChanged) no_grad(() => tensor.detach().copy_(copy));
    }
  }
  throw new ExportError(`the module assigns another tensor to its '${reassigned}': change it in place, with copy_()`);
}
