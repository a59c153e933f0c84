/** Setting parts of parameters to zero for good. https://docs.pytorch.org/docs/2.13/nn.html#utilities */

import { requireFunction, requireIterable, requireList, requireTensor } from '../../../arguments/checks';
import type { Tensor } from '../../../tensor/tensor';
import * as signatures from '../../generated/nn_utils_prune';
import type { Module } from '../../modules/module';
import { propertiesOf } from '../../modules/registry';
import { requireModule } from '../../require';
import { parameters_to_vector } from '../convert_parameters';
import { attached, detach } from '../module_hook';
import type { Amount } from './amount';
import { applyMethod, BasePruningMethod, PruningContainer } from './method';
import {
  CustomFromMask,
  Identity,
  L1Unstructured,
  LnStructured,
  RandomStructured,
  RandomUnstructured,
} from './methods';

export type { Amount } from './amount';
export { BasePruningMethod, PruningContainer, type PruningType } from './method';
export * from './methods';

/** Gives a tensor the names of a pruned one, without pruning. https://docs.pytorch.org/docs/2.13/generated/torch.nn.utils.prune.identity.html */
export function identity<M extends Module>(...args: signatures.IdentityArgs<M>): M {
  const [module, name] = signatures.identity.list(args);
  requireModule('identity', 'module', module);
  applyMethod(module, name, new Identity());
  return module as M;
}

/**
 * Prunes single elements at random: `amount` of them, or that part of all.
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.utils.prune.random_unstructured.html
 */
export function random_unstructured<M extends Module>(...args: signatures.RandomUnstructuredArgs<M>): M {
  const [module, name, amount] = signatures.random_unstructured.list(args);
  requireModule('random_unstructured', 'module', module);
  applyMethod(module, name, new RandomUnstructured(amount));
  return module as M;
}

/**
 * Prunes the single elements that are smallest in size: `amount` of them, or that part of all.
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.utils.prune.l1_unstructured.html
 */
export function l1_unstructured<M extends Module>(...args: signatures.L1UnstructuredArgs<M>): M {
  const [module, name, amount, importance_scores] = signatures.l1_unstructured.list(args);
  requireModule('l1_unstructured', 'module', module);
  applyMethod(module, name, new L1Unstructured(amount), importance_scores);
  return module as M;
}

/**
 * Prunes whole slices along `dim` at random: `amount` of them, or that part of all.
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.utils.prune.random_structured.html
 */
export function random_structured<M extends Module>(...args: signatures.RandomStructuredArgs<M>): M {
  const [module, name, amount, dim] = signatures.random_structured.list(args);
  requireModule('random_structured', 'module', module);
  applyMethod(module, name, new RandomStructured(amount, dim));
  return module as M;
}

/**
 * Prunes the slices along `dim` with the smallest norms of order `n`: `amount` of them, or that part of all.
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.utils.prune.ln_structured.html
 */
export function ln_structured<M extends Module>(...args: signatures.LnStructuredArgs<M>): M {
  const [module, name, amount, n, dim, importance_scores] = signatures.ln_structured.list(args);
  requireModule('ln_structured', 'module', module);
  applyMethod(module, name, new LnStructured(amount, n, dim), importance_scores);
  return module as M;
}

/**
 * Prunes what a mask says: elements where it is 0.
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.utils.prune.custom_from_mask.html
 */
export function custom_from_mask<M extends Module>(...args: signatures.CustomFromMaskArgs<M>): M {
  const [module, name, mask] = signatures.custom_from_mask.list(args);
  requireModule('custom_from_mask', 'module', module);
  requireTensor('custom_from_mask', 'mask', mask);
  applyMethod(module, name, new CustomFromMask(mask));
  return module as M;
}

/** A tensor of a module: `[module, 'weight']`. */
export type PruningTarget = readonly [module: Module, name: string];

type PruningMethod = new (amount: Amount) => BasePruningMethod;

/** What the method's constructor takes by name. */
interface MethodOptions {
  amount?: Amount;
  [name: string]: unknown;
}

/**
 * Prunes several tensors as if they were one:
 * `global_unstructured([[a, 'weight'], [b, 'weight']], prune.L1Unstructured, { amount: 0.2 })`.
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.utils.prune.global_unstructured.html
 */
export function global_unstructured(
  parameters: Iterable<PruningTarget>,
  pruning_method: PruningMethod,
  importance_scores?:
    | ReadonlyMap<PruningTarget, Tensor>
    | null
    | (signatures.GlobalUnstructuredOptions & MethodOptions),
  options?: MethodOptions,
): void;
export function global_unstructured(
  parameters: Iterable<PruningTarget>,
  options: signatures.GlobalUnstructuredRest & MethodOptions,
): void;
export function global_unstructured(args: signatures.GlobalUnstructuredArguments & MethodOptions): void;
export function global_unstructured(...args: unknown[]): void {
  const { own, kwargs } = signatures.global_unstructured.split(args);
  const [parameters, pruning_method, importance_scores] = own;
  requireIterable('global_unstructured', 'parameters', parameters);
  const targets = [...parameters];
  for (const target of targets) {
    requireList('global_unstructured', 'parameters', target);
    requireModule('global_unstructured', 'parameters', target[0]);
  }
  requireFunction('global_unstructured', 'pruning_method', pruning_method);
  const method = new (pruning_method as unknown as new (kwargs: object) => BasePruningMethod)(kwargs);
  if (method.PRUNING_TYPE !== 'unstructured') {
    throw new TypeError(
      `Only "unstructured" PRUNING_TYPE supported for the \`pruning_method\`. Found method ${pruning_method.name} of type ${method.PRUNING_TYPE}`,
    );
  }
  const valueOf = ([module, name]: PruningTarget) => propertiesOf(module)[name] as Tensor;
  const scores = targets.map((target) => importance_scores?.get(target) ?? valueOf(target));
  const masks = targets.map(([module, name]) => {
    const value = valueOf([module, name]);
    return (propertiesOf(module)[`${name}_mask`] as Tensor | undefined) ?? value.new_ones(value.shape);
  });
  const container = new PruningContainer(method);
  const mask = container.compute_mask(parameters_to_vector(scores), parameters_to_vector(masks));
  let start = 0;
  for (const [module, name] of targets) {
    const value = valueOf([module, name]);
    custom_from_mask(module, name, mask.narrow(0, start, value.numel()).view_as(value));
    start += value.numel();
  }
}

/** Makes the pruned values the parameter's own. https://docs.pytorch.org/docs/2.13/generated/torch.nn.utils.prune.remove.html */
export function remove<M extends Module>(...args: signatures.RemoveArgs<M>): M {
  const [module, name] = signatures.remove.list(args);
  requireModule('remove', 'module', module);
  const found = attached(module, BasePruningMethod, name)[0];
  if (found === undefined) {
    throw new RangeError(`Parameter '${name}' of module ${module} has to be pruned before pruning can be removed`);
  }
  found[1].remove(module);
  detach(module, found[0]);
  return module as M;
}

/** Whether anything in a module is pruned. https://docs.pytorch.org/docs/2.13/generated/torch.nn.utils.prune.is_pruned.html */
export function is_pruned(...args: signatures.IsPrunedArgs): boolean {
  const [module] = signatures.is_pruned.list(args);
  requireModule('is_pruned', 'module', module);
  return module.modules().some((each) => attached(each, BasePruningMethod).length > 0);
}
