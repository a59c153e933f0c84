/** Setting parts of parameters to zero for good. https://docs.pytorch.org/docs/2.13/nn.html#utilities */

import { requireFunction, requireIterable, requireList, requireTensor } from '../../arguments/checks';
import { AssertionError } from '../../base/errors';
import { sizeText } from '../../base/text';
import { defaultDevice } from '../../context/default_device';
import { isOptions, typeName } from '../../native/kinds';
import { callOperator } from '../../operators/operator';
import { Tensor } from '../../tensor/tensor';
import * as signatures from '../generated/nn_utils_prune';
import type { Module } from '../modules/module';
import { propertiesOf } from '../modules/registry';
import { float } from '../modules/repr';
import type { Parameter } from '../parameter';
import { requireModule } from '../require';
import { parameters_to_vector } from './convert_parameters';
import { attach, attached, detach, TensorHook } from './module_hook';

declare module '../modules/module' {
  interface Module {
    /** What pruning puts on a module beside `weight` and `bias`, which are computed from them; undefined before. */
    weight_orig?: Parameter;
    bias_orig?: Parameter;
    weight_mask?: Tensor;
    bias_mask?: Tensor;
  }
}

/** A module, the name of its tensor, and what the method's constructor takes. */
type BaseArguments =
  | [module: Module, name: string | Partial<signatures.BasePruningMethodApplyRest>, ...args: readonly unknown[]]
  | [args: signatures.BasePruningMethodApplyArguments]
  | [args: signatures.BasePruningMethodApplyArguments & Record<string, unknown>];

/** What a method looks at: single elements, whole channels, or everything. */
export type PruningType = 'unstructured' | 'structured' | 'global';

/**
 * A way to choose what is pruned: a subclass has `compute_mask`, which says with zeros in a mask what goes.
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.utils.prune.BasePruningMethod.html
 */
export abstract class BasePruningMethod extends TensorHook {
  abstract readonly PRUNING_TYPE: PruningType;

  constructor() {
    super('');
  }

  /**
   * Prunes a module's tensor: `MyMethod.apply(layer, 'weight', ...what the constructor takes)`. An object of names at the
   * end is for the constructor too, but for `importance_scores`.
   */
  static override apply(...args: BaseArguments): BasePruningMethod {
    const { own, args: rest, kwargs } = signatures.BasePruningMethod_apply.split(args);
    const [module, name, importance_scores] = own;
    // biome-ignore lint/complexity/noThisInStatic: the subclass that was asked
    const Class = this as unknown as new (...args: unknown[]) => BasePruningMethod;
    const named = Object.keys(kwargs).length > 0 ? [kwargs] : [];
    return applyMethod(module, name, new Class(...rest, ...named), importance_scores);
  }

  /** The name of the pruned tensor. */
  get _tensor_name(): string {
    return this.name;
  }

  set _tensor_name(name: string) {
    this.name = name;
  }

  /** The mask for a tensor, by its values or by scores of the same shape; never keeps what `default_mask` does not. */
  abstract compute_mask(t: Tensor, default_mask: Tensor): Tensor;

  /** Puts the pruned tensor in its place before the module runs. @internal */
  override run(module: Module): void {
    propertiesOf(module)[this.name] = this.apply_mask(module);
  }

  /** The pruned tensor of a module. */
  apply_mask(...args: signatures.BasePruningMethodApplyMaskArgs): Tensor {
    const [module] = signatures.BasePruningMethod_apply_mask.list(args);
    if (this.name === '') throw new AssertionError(`Module ${module} has to be pruned`);
    const { [`${this.name}_mask`]: mask, [`${this.name}_orig`]: original } = propertiesOf(module) as Record<
      string,
      Tensor
    >;
    return mask!.to(original!.dtype).mul(original!);
  }

  /** A pruned copy of a tensor, without a module. */
  prune(...args: signatures.BasePruningMethodPruneArgs): Tensor {
    const [t, default_mask, importance_scores] = signatures.BasePruningMethod_prune.list(args);
    requireTensor('prune', 't', t);
    if (importance_scores !== null) checkScores(importance_scores, t, 'tensor t');
    return t.mul(this.compute_mask(importance_scores ?? t, default_mask ?? t.new_ones(t.shape)));
  }

  /** Makes the pruned values the parameter's own. */
  remove(...args: signatures.BasePruningMethodRemoveArgs): void {
    const [module] = signatures.BasePruningMethod_remove.list(args);
    if (this.name === '') {
      throw new AssertionError(`Module ${module} has to be pruned before pruning can be removed`);
    }
    const pruned = this.apply_mask(module);
    const properties = propertiesOf(module);
    const original = properties[`${this.name}_orig`] as Parameter;
    original.data = pruned.data;
    for (const suffix of ['', '_orig', '_mask']) delete properties[this.name + suffix];
    properties[this.name] = original;
  }
}

/** What `compute_mask` of the methods here takes: `(t, default_mask)`, or either by name. */
type MaskArguments = signatures.BasePruningMethodComputeMaskArgs;

function checkScores(scores: Tensor, t: Tensor, what: string): void {
  if (String(scores.shape) === String(t.shape)) return;
  throw new AssertionError(
    `importance_scores should have the same shape as ${what}, got ${sizeText(scores.shape)} vs ${sizeText(t.shape)}`,
  );
}

/**
 * Several methods on one tensor, each pruning what the ones before left.
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.utils.prune.PruningContainer.html
 */
export class PruningContainer extends BasePruningMethod {
  readonly PRUNING_TYPE = 'global';
  private readonly methods: BasePruningMethod[] = [];

  constructor(...methods: BasePruningMethod[]) {
    super();
    if (methods.length > 0) this.name = methods[0]!.name;
    for (const method of methods) this.add_pruning_method(method);
  }

  /** Adds a method, which prunes what the ones before it left. */
  add_pruning_method(...args: signatures.PruningContainerAddPruningMethodArgs): void {
    const [method] = signatures.PruningContainer_add_pruning_method.list(args);
    if (!(method instanceof BasePruningMethod)) {
      throw new TypeError(`${typeof method} is not a BasePruningMethod subclass`);
    }
    if (method.name !== this.name) {
      throw new RangeError(
        `Can only add pruning methods acting on the parameter named '${this.name}' to PruningContainer ${this}. Found '${method.name}'`,
      );
    }
    this.methods.push(method);
  }

  get length(): number {
    return this.methods.length;
  }

  [Symbol.iterator](): IterableIterator<BasePruningMethod> {
    return this.methods.values();
  }

  /** The method at a place. */
  index(i: number): BasePruningMethod {
    return this.methods.at(i)!;
  }

  /** Applies the last method to what is left. */
  override compute_mask(...args: MaskArguments): Tensor {
    const [t, default_mask] = signatures.PruningContainer_compute_mask.list(args);
    const method = this.methods.at(-1)!;
    const mask = default_mask.to(t.dtype).clone();
    if (method.PRUNING_TYPE === 'global') return mask.copy_(method.compute_mask(t, default_mask));
    const left = method.PRUNING_TYPE === 'unstructured' ? [default_mask.eq(1)] : keptChannels(method, default_mask);
    const partial = method.compute_mask(t.index(...left), default_mask.index(...left));
    return mask.index_put_(left, partial.to(mask.dtype));
  }
}

/** The index of the channels that are not all zero. */
function keptChannels(method: BasePruningMethod, mask: Tensor): (Tensor | string)[] {
  const { dim } = method as BasePruningMethod & { dim?: number };
  if (dim === undefined) {
    throw new TypeError('Pruning methods of PRUNING_TYPE "structured" need to have the attribute `dim` defined.');
  }
  const ndim = mask.dim();
  const along = dim < 0 ? dim + ndim : dim;
  if (along < 0) throw new RangeError(`Index is out of bounds for tensor with dimensions ${ndim}`);
  const others = mask.shape.map((_, d) => d).filter((d) => d !== along);
  const index: (Tensor | string)[] = mask.shape.map(() => ':');
  index[along] = mask.sum(others).ne(0);
  return index;
}

/** How much is pruned: a number of elements or channels, or a part between 0 and 1. */
export type Amount = number;

/** In JavaScript 1 is a number of elements; say 0.999… for nearly all. */
function checkAmount(amount: Amount): void {
  if (typeof amount !== 'number' || Number.isNaN(amount)) {
    throw new TypeError(
      `Invalid type for amount: ${isOptions(amount) ? typeName(amount) : String(amount)}. Must be int or float.`,
    );
  }
  const whole = Number.isInteger(amount);
  if ((whole && amount < 0) || (!whole && (amount > 1 || amount < 0))) {
    throw new RangeError(
      `amount=${whole ? amount : float(amount)} should either be a float in the range [0, 1] or a non-negative integer`,
    );
  }
}

/** Rounds halves to even, as Python does. */
function rounded(x: number): number {
  const low = Math.floor(x);
  const rest = x - low;
  if (rest !== 0.5) return Math.round(x);
  return low % 2 === 0 ? low : low + 1;
}

function countOf(amount: Amount, size: number): number {
  const count = Number.isInteger(amount) ? amount : rounded(amount * size);
  if (count > size) {
    throw new RangeError(`amount=${count} should be smaller than the number of parameters to prune=${size}`);
  }
  return count;
}

function withoutElements(mask: Tensor, scores: Tensor, count: number, largest: boolean): Tensor {
  const copy = mask.clone().contiguous();
  if (count === 0) return copy;
  const [, indices] = scores.reshape(-1).topk(count, -1, largest);
  copy.view(-1).index_fill_(0, indices, 0);
  return copy;
}

/** Prunes nothing: makes the names of a pruned tensor. */
export class Identity extends BasePruningMethod {
  readonly PRUNING_TYPE = 'unstructured';

  override compute_mask(...args: MaskArguments): Tensor {
    const [, default_mask] = signatures.Identity_compute_mask.list(args);
    return default_mask;
  }

  /** Prunes a module's tensor. */
  static override apply(...args: signatures.IdentityApplyArgs): BasePruningMethod {
    const [module, name] = signatures.Identity_apply.list(args);
    return applyMethod(module, name, new this());
  }
}

/** Prunes elements at random. */
export class RandomUnstructured extends BasePruningMethod {
  readonly PRUNING_TYPE = 'unstructured';

  readonly amount: Amount;

  constructor(...args: signatures.RandomUnstructuredInitArgs) {
    super();
    this.amount = signatures.RandomUnstructured.read(args).amount;
    checkAmount(this.amount);
  }

  override compute_mask(...args: MaskArguments): Tensor {
    const [t, default_mask] = signatures.RandomUnstructured_compute_mask.list(args);
    const count = countOf(this.amount, t.numel());
    const scores = count === 0 ? t : callOperator<Tensor>('rand_like', t);
    return withoutElements(default_mask, scores, count, true);
  }

  /** Prunes a module's tensor. */
  static override apply(...args: signatures.RandomUnstructuredApplyArgs): BasePruningMethod {
    const [module, name, amount] = signatures.RandomUnstructured_apply.list(args);
    return applyMethod(module, name, new this(amount));
  }
}

/** Prunes the smallest elements. */
export class L1Unstructured extends BasePruningMethod {
  readonly PRUNING_TYPE = 'unstructured';

  readonly amount: Amount;

  constructor(...args: signatures.L1UnstructuredInitArgs) {
    super();
    this.amount = signatures.L1Unstructured.read(args).amount;
    checkAmount(this.amount);
  }

  override compute_mask(...args: MaskArguments): Tensor {
    const [t, default_mask] = signatures.L1Unstructured_compute_mask.list(args);
    return withoutElements(default_mask, t.abs(), countOf(this.amount, t.numel()), false);
  }

  /** Prunes a module's tensor. */
  static override apply(...args: signatures.L1UnstructuredApplyArgs): BasePruningMethod {
    const [module, name, amount, importance_scores] = signatures.L1Unstructured_apply.list(args);
    return applyMethod(module, name, new this(amount), importance_scores);
  }
}

/** Prunes whole channels along a dimension. */
abstract class Structured extends BasePruningMethod {
  readonly PRUNING_TYPE = 'structured';

  constructor(
    readonly amount: Amount,
    readonly dim: number,
  ) {
    super();
    checkAmount(amount);
  }

  /** The index of the channels that stay. */
  protected abstract kept(t: Tensor, channels: number, count: number): Tensor;

  override compute_mask(...args: MaskArguments): Tensor {
    const [t, default_mask] = signatures.RandomStructured_compute_mask.list(args, this.constructor.name);
    const { shape } = t;
    if (shape.length <= 1) {
      throw new RangeError(
        `Structured pruning can only be applied to multidimensional tensors. Found tensor of shape ${sizeText(shape)} with ${shape.length} dims`,
      );
    }
    if (this.dim >= shape.length) {
      throw new RangeError(`Invalid index ${this.dim} for tensor of size ${sizeText(shape)}`);
    }
    const dim = this.dim < 0 ? this.dim + shape.length : this.dim;
    const channels = shape[dim]!;
    const count = countOf(this.amount, channels);
    if (count === 0) {
      this.kept(t, channels, count); // draws as many random numbers as PyTorch
      return default_mask;
    }
    const mask = t.new_zeros(shape);
    const index: (Tensor | string)[] = shape.map(() => ':');
    index[dim] = this.kept(t, channels, count);
    mask.index_put_(index, 1);
    return mask.mul(default_mask.to(mask.dtype));
  }
}

/** Prunes channels at random. */
export class RandomStructured extends Structured {
  constructor(...args: signatures.RandomStructuredInitArgs) {
    const { amount, dim } = signatures.RandomStructured.read(args);
    super(amount, dim);
  }

  protected override kept(t: Tensor, channels: number, count: number): Tensor {
    if (count === 0) return t;
    const chance = callOperator<Tensor>('rand', [channels], null, null, defaultDevice());
    const [threshold] = chance.kthvalue(count);
    return chance.gt(threshold);
  }

  /** Prunes a module's tensor. */
  static override apply(...args: signatures.RandomStructuredApplyArgs): BasePruningMethod {
    const [module, name, amount, dim] = signatures.RandomStructured_apply.list(args);
    return applyMethod(module, name, new this(amount, dim));
  }
}

/** Prunes the channels of the smallest n-norm. */
export class LnStructured extends Structured {
  readonly n: number | 'fro' | 'nuc';

  constructor(...args: signatures.LnStructuredInitArgs) {
    const { amount, n, dim } = signatures.LnStructured.read(args);
    super(amount, dim);
    this.n = n;
  }

  protected override kept(t: Tensor, channels: number, count: number): Tensor {
    const along = this.dim < 0 ? this.dim + t.dim() : this.dim;
    const others = t.shape.map((_, d) => d).filter((d) => d !== along);
    const [, indices] = t.norm(this.n as number, others).topk(channels - count);
    return indices;
  }

  /** Prunes a module's tensor. */
  static override apply(...args: signatures.LnStructuredApplyArgs): BasePruningMethod {
    const [module, name, amount, n, dim, importance_scores] = signatures.LnStructured_apply.list(args);
    return applyMethod(module, name, new this(amount, n, dim), importance_scores);
  }
}

/** Prunes where a given mask is zero. */
export class CustomFromMask extends BasePruningMethod {
  readonly PRUNING_TYPE = 'global';

  readonly mask: Tensor;

  constructor(...args: signatures.CustomFromMaskInitArgs) {
    super();
    this.mask = signatures.CustomFromMask.read(args).mask;
  }

  override compute_mask(...args: MaskArguments): Tensor {
    const [, default_mask] = signatures.CustomFromMask_compute_mask.list(args);
    if (String(default_mask.shape) !== String(this.mask.shape)) {
      throw new AssertionError(
        `default_mask shape ${sizeText(default_mask.shape)} must match self.mask shape ${sizeText(this.mask.shape)}`,
      );
    }
    return default_mask.mul(this.mask.to(default_mask.dtype));
  }

  /** Prunes a module's tensor. */
  static override apply(...args: signatures.CustomFromMaskApplyArgs): BasePruningMethod {
    const [module, name, mask] = signatures.CustomFromMask_apply.list(args);
    return applyMethod(module, name, new this(mask));
  }
}

/** Adds a method to a module's tensor, after those it has already. */
function applyMethod(
  module: Module,
  name: string,
  method: BasePruningMethod,
  importance_scores: Tensor | null = null,
): BasePruningMethod {
  requireModule('applyMethod', 'module', module);
  const before = attached(module, BasePruningMethod, name);
  if (before.length > 1) {
    throw new AssertionError(
      `Avoid adding multiple pruning hooks to the same tensor ${name} of module ${module}. Use a PruningContainer.`,
    );
  }
  for (const [id] of before) detach(module, id);
  method.name = name;
  const all = before.length === 0 ? method : joined(before[0]![1], method);
  const properties = propertiesOf(module);
  const current = properties[name] as Tensor;
  if (!(current instanceof Tensor)) throw new TypeError(`'${module._get_name()}' object has no attribute '${name}'`);
  if (importance_scores !== null) checkScores(importance_scores, current, `parameter ${name} of ${module}`);
  const first = !(all instanceof PruningContainer);
  if (first) {
    delete properties[name];
    module.register_parameter(`${name}_orig`, current as Parameter);
  }
  try {
    const mask = first ? current.new_ones(current.shape) : (properties[`${name}_mask`] as Tensor).detach().clone();
    module.register_buffer(`${name}_mask`, all.compute_mask(importance_scores ?? current, mask));
    properties[name] = all.apply_mask(module);
    attach(module, all);
  } catch (error) {
    if (first) {
      delete properties[`${name}_orig`];
      module.register_parameter(name, current as Parameter);
    }
    throw error;
  }
  return all;
}

function joined(before: BasePruningMethod, method: BasePruningMethod): PruningContainer {
  const container = before instanceof PruningContainer ? before : new PruningContainer(before);
  container.add_pruning_method(method);
  return container;
}

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
