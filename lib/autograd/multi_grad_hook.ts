/** One hook on the gradients of several tensors. */

import { requireFunction, requireTensors } from '../arguments/checks';
import { native } from '../native/addon';
import { call } from '../native/frame';
import type { Tensor } from '../tensor/tensor';
import { nodeOf } from './edges';
import * as signatures from './generated/autograd_graph';
import { type Gradients, RemovableHandle, registerTensorHook } from './hooks';
import type { Node } from './node';

/** The gradients that have arrived during one pass. */
interface Gathered {
  awaited: number;
  arrived: number;
  readonly gradients: Gradients;
}

function willRun(node: Node): boolean {
  return call(native.will_execute_node, node);
}

/** The hooks of mode `all`, one a tensor. Tensors that take no part in a pass are not waited for. */
function gathering(tensors: readonly Tensor[], fn: (grads: Gradients) => void): ((grad: Tensor) => void)[] {
  const nodes = tensors.map(nodeOf);
  const passes = new Map<number, Gathered>();
  return tensors.map((_, i) => (grad) => {
    const pass = call(native.current_graph_task);
    const gathered = passes.get(pass) ?? {
      awaited: nodes.filter(willRun).length,
      arrived: 0,
      gradients: tensors.map(() => null),
    };
    passes.set(pass, gathered);
    gathered.gradients[i] = grad;
    if (++gathered.arrived < gathered.awaited) return;
    passes.delete(pass);
    fn(gathered.gradients);
  });
}

/** The hook of mode `any`: only the first gradient of a pass is passed on. */
function first(fn: (grad: Tensor) => void): (grad: Tensor) => void {
  let last = -1;
  return (grad) => {
    const pass = call(native.current_graph_task);
    if (pass === last) return;
    last = pass;
    fn(grad);
  };
}

/**
 * Calls `fn` with the gradients of all `tensors` once a pass has them, or with the first that arrives.
 * https://docs.pytorch.org/docs/2.13/autograd.html#torch.autograd.graph.register_multi_grad_hook
 */
export function register_multi_grad_hook(
  tensors: readonly Tensor[],
  fn: (grads: Gradients) => void,
  options?: { mode?: 'all' },
): RemovableHandle;
export function register_multi_grad_hook(
  tensors: readonly Tensor[],
  fn: (grad: Tensor) => void,
  options: { mode: 'any' },
): RemovableHandle;
export function register_multi_grad_hook(
  args:
    | { tensors: readonly Tensor[]; fn: (grads: Gradients) => void; mode?: 'all' }
    | { tensors: readonly Tensor[]; fn: (grad: Tensor) => void; mode: 'any' },
): RemovableHandle;
export function register_multi_grad_hook(...args: unknown[]): RemovableHandle {
  const [tensors, fn, mode] = signatures.register_multi_grad_hook.list(args);
  if (mode !== 'all' && mode !== 'any') {
    throw new RangeError(`Expects mode to be one of ('all', 'any') but got ${mode}`);
  }
  requireTensors('register_multi_grad_hook', 'tensors', tensors);
  requireFunction('register_multi_grad_hook', 'fn', fn);
  const hooked = mode === 'all' ? tensors : tensors.filter((tensor) => tensor.requires_grad);
  const shared = first(fn as (grad: Tensor) => void);
  const hooks = mode === 'all' ? gathering(tensors, fn as (grads: Gradients) => void) : hooked.map(() => shared);
  const handles = hooked.map((tensor, i) => registerTensorHook(tensor, hooks[i]!));
  return new RemovableHandle(handles[0]?.id ?? -1, () => {
    for (const handle of handles) handle.remove();
  });
}
