/** Setting parts of parameters to zero for good. https://docs.pytorch.org/docs/2.13/nn.html#utilities */

import { requireFunction, requireIterable, requireList, requireTensor } from '../../arguments/checks';
import { AssertionError } from '../../base/errors';
import { sizeText } from '../../base/text';
import { defaultDevice } from '../../context/default_device';
import { isOptions, typeName } from '../../native/kinds';
import { callOperator } from '../../operators/operator';
import { Tensor } from '../../tensor/tensor';
import { type ArgumentsOf, signature } from '../arguments';
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

  /** Prunes a module's tensor: `MyMethod.apply(layer, 'weight', ...what the constructor takes)`. */
  static override apply<Args extends readonly unknown[]>(
    this: new (
      ...args: Args
    ) => BasePruningMethod,
    module: Module,
    name: string,
    ...args: Args
  ): BasePruningMethod {
    return applyMethod(module, name, new this(...args));
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

  override run(module: Module): void {
    propertiesOf(module)[this.name] = this.apply_mask(module);
  }

  /** The pruned tensor of a module. */
  apply_mask(module: Module): Tensor {
    if (this.name === '') throw new AssertionError(`Module ${module} has to be pruned`);
    const { [`${this.name}_mask`]: mask, [`${this.name}_orig`]: original } = propertiesOf(module) as Record<
      string,
      Tensor
    >;
    return mask!.to(original!.dtype).mul(original!);
  }

  /** A pruned copy of a tensor, without a module. */
  prune(...args: ArgumentsOf<typeof ofPrune>): Tensor {
    const { t, default_mask, importance_scores } = ofPrune.read(args);
    requireTensor('prune', 't', t);
    if (importance_scores !== null) checkScores(importance_scores, t, 'tensor t');
    return t.mul(this.compute_mask(importance_scores ?? t, default_mask ?? t.new_ones(t.shape)));
  }

  /** Makes the pruned values the parameter's own. */
  remove(module: Module): void {
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

const ofPrune = signature<{ t: Tensor; default_mask?: Tensor | null; importance_scores?: Tensor | null }>()(
  'BasePruningMethod.prune',
  ['t', 'default_mask', 'importance_scores'],
  { default_mask: null, importance_scores: null },
);

const ofComputeMask = signature<{ t: Tensor; default_mask: Tensor }>()('compute_mask', ['t', 'default_mask']);

/** What `compute_mask` of the methods here takes: `(t, default_mask)`, or either by name. */
type MaskArguments = ArgumentsOf<typeof ofComputeMask>;

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
  add_pruning_method(method: BasePruningMethod): void {
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
    const { t, default_mask } = ofComputeMask.read(args);
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

const ofGivenMask = signature<{ mask: Tensor }>()('CustomFromMask.__init__', ['mask']);
const ofAmount = signature<{ amount: Amount }>()('__init__', ['amount']);
const ofChannels = signature<{ amount: Amount; dim?: number }>()('RandomStructured.__init__', ['amount', 'dim'], {
  dim: -1,
});
const ofNorms = signature<{ amount: Amount; n: number | 'fro' | 'nuc'; dim?: number }>()(
  'LnStructured.__init__',
  ['amount', 'n', 'dim'],
  { dim: -1 },
);

/** Prunes nothing: makes the names of a pruned tensor. */
export class Identity extends BasePruningMethod {
  readonly PRUNING_TYPE = 'unstructured';

  override compute_mask(...args: MaskArguments): Tensor {
    const { default_mask } = ofComputeMask.read(args);
    return default_mask;
  }
}

/** Prunes elements at random. */
export class RandomUnstructured extends BasePruningMethod {
  readonly PRUNING_TYPE = 'unstructured';

  readonly amount: Amount;

  constructor(...args: ArgumentsOf<typeof ofAmount>) {
    super();
    this.amount = ofAmount.read(args, 'RandomUnstructured').amount;
    checkAmount(this.amount);
  }

  override compute_mask(...args: MaskArguments): Tensor {
    const { t, default_mask } = ofComputeMask.read(args);
    const count = countOf(this.amount, t.numel());
    const scores = count === 0 ? t : callOperator<Tensor>('rand_like', t);
    return withoutElements(default_mask, scores, count, true);
  }
}

/** Prunes the smallest elements. */
export class L1Unstructured extends BasePruningMethod {
  readonly PRUNING_TYPE = 'unstructured';

  readonly amount: Amount;

  constructor(...args: ArgumentsOf<typeof ofAmount>) {
    super();
    this.amount = ofAmount.read(args, 'L1Unstructured').amount;
    checkAmount(this.amount);
  }

  override compute_mask(...args: MaskArguments): Tensor {
    const { t, default_mask } = ofComputeMask.read(args);
    return withoutElements(default_mask, t.abs(), countOf(this.amount, t.numel()), false);
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
    const { t, default_mask } = ofComputeMask.read(args);
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
  constructor(...args: ArgumentsOf<typeof ofChannels>) {
    const { amount, dim } = ofChannels.read(args);
    super(amount, dim);
  }

  protected override kept(t: Tensor, channels: number, count: number): Tensor {
    if (count === 0) return t;
    const chance = callOperator<Tensor>('rand', [channels], null, null, defaultDevice());
    const [threshold] = chance.kthvalue(count);
    return chance.gt(threshold);
  }
}

/** Prunes the channels of the smallest n-norm. */
export class LnStructured extends Structured {
  readonly n: number | 'fro' | 'nuc';

  constructor(...args: ArgumentsOf<typeof ofNorms>) {
    const { amount, n, dim } = ofNorms.read(args);
    super(amount, dim);
    this.n = n;
  }

  protected override kept(t: Tensor, channels: number, count: number): Tensor {
    const along = this.dim < 0 ? this.dim + t.dim() : this.dim;
    const others = t.shape.map((_, d) => d).filter((d) => d !== along);
    const [, indices] = t.norm(this.n as number, others).topk(channels - count);
    return indices;
  }
}

/** Prunes where a given mask is zero. */
export class CustomFromMask extends BasePruningMethod {
  readonly PRUNING_TYPE = 'global';

  readonly mask: Tensor;

  constructor(...args: ArgumentsOf<typeof ofGivenMask>) {
    super();
    this.mask = ofGivenMask.read(args).mask;
  }

  override compute_mask(...args: MaskArguments): Tensor {
    const { default_mask } = ofComputeMask.read(args);
    if (String(default_mask.shape) !== String(this.mask.shape)) {
      throw new AssertionError(
        `default_mask shape ${sizeText(default_mask.shape)} must match self.mask shape ${sizeText(this.mask.shape)}`,
      );
    }
    return default_mask.mul(this.mask.to(default_mask.dtype));
  }
}

/** Adds a method to a module's tensor, after those it has already. */
export function applyMethod(
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

const ofIdentity = signature<{ name: string }>()('identity', ['name']);

/** Gives a tensor the names of a pruned one, without pruning. https://docs.pytorch.org/docs/2.13/generated/torch.nn.utils.prune.identity.html */
export function identity<M extends Module>(module: M, ...args: ArgumentsOf<typeof ofIdentity>): M {
  requireModule('identity', 'module', module);
  const { name } = ofIdentity.read(args);
  applyMethod(module, name, new Identity());
  return module;
}

interface PruneOptions {
  /** The name of the tensor. */
  name: string;
  amount: Amount;
}

const ofRandom = signature<PruneOptions>()('random_unstructured', ['name', 'amount']);

/** https://docs.pytorch.org/docs/2.13/generated/torch.nn.utils.prune.random_unstructured.html */
export function random_unstructured<M extends Module>(module: M, ...args: ArgumentsOf<typeof ofRandom>): M {
  requireModule('random_unstructured', 'module', module);
  const { name, amount } = ofRandom.read(args);
  applyMethod(module, name, new RandomUnstructured(amount));
  return module;
}

interface ScoredOptions extends PruneOptions {
  /** Decides what is small instead of the values. */
  importance_scores?: Tensor | null;
}

const ofL1 = signature<ScoredOptions>()('l1_unstructured', ['name', 'amount', 'importance_scores'], {
  importance_scores: null,
});

/** https://docs.pytorch.org/docs/2.13/generated/torch.nn.utils.prune.l1_unstructured.html */
export function l1_unstructured<M extends Module>(module: M, ...args: ArgumentsOf<typeof ofL1>): M {
  requireModule('l1_unstructured', 'module', module);
  const { name, amount, importance_scores } = ofL1.read(args);
  applyMethod(module, name, new L1Unstructured(amount), importance_scores);
  return module;
}

const ofRandomChannels = signature<PruneOptions & { dim: number }>()('random_structured', ['name', 'amount', 'dim']);

/** https://docs.pytorch.org/docs/2.13/generated/torch.nn.utils.prune.random_structured.html */
export function random_structured<M extends Module>(module: M, ...args: ArgumentsOf<typeof ofRandomChannels>): M {
  requireModule('random_structured', 'module', module);
  const { name, amount, dim } = ofRandomChannels.read(args);
  applyMethod(module, name, new RandomStructured(amount, dim));
  return module;
}

interface LnOptions extends ScoredOptions {
  n: number | 'fro' | 'nuc';
  dim: number;
}

const ofLn = signature<LnOptions>()('ln_structured', ['name', 'amount', 'n', 'dim', 'importance_scores'], {
  importance_scores: null,
});

/** https://docs.pytorch.org/docs/2.13/generated/torch.nn.utils.prune.ln_structured.html */
export function ln_structured<M extends Module>(module: M, ...args: ArgumentsOf<typeof ofLn>): M {
  requireModule('ln_structured', 'module', module);
  const { name, amount, n, dim, importance_scores } = ofLn.read(args);
  applyMethod(module, name, new LnStructured(amount, n, dim), importance_scores);
  return module;
}

const ofMask = signature<{ name: string; mask: Tensor }>()('custom_from_mask', ['name', 'mask']);

/** https://docs.pytorch.org/docs/2.13/generated/torch.nn.utils.prune.custom_from_mask.html */
export function custom_from_mask<M extends Module>(module: M, ...args: ArgumentsOf<typeof ofMask>): M {
  requireModule('custom_from_mask', 'module', module);
  const { name, mask } = ofMask.read(args);
  requireTensor('custom_from_mask', 'mask', mask);
  applyMethod(module, name, new CustomFromMask(mask));
  return module;
}

/** A tensor of a module: `[module, 'weight']`. */
type Target = readonly [module: Module, name: string];

type PruningMethod = new (amount: Amount) => BasePruningMethod;

export interface GlobalOptions extends Record<string, unknown> {
  amount?: Amount;
  /** Scores by target. */
  importance_scores?: ReadonlyMap<Target, Tensor> | null;
}

/**
 * Prunes several tensors as if they were one:
 * `global_unstructured([[a, 'weight'], [b, 'weight']], prune.L1Unstructured, { amount: 0.2 })`.
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.utils.prune.global_unstructured.html
 */
export function global_unstructured(
  parameters: Iterable<Target>,
  pruning_method: PruningMethod,
  options?: GlobalOptions,
): void;
export function global_unstructured(
  parameters: Iterable<Target>,
  options: GlobalOptions & { pruning_method: PruningMethod },
): void;
export function global_unstructured(
  parameters: Iterable<Target>,
  given: PruningMethod | (GlobalOptions & { pruning_method: PruningMethod }),
  more: GlobalOptions = {},
): void {
  const options = isOptions(given) ? (given as GlobalOptions) : more;
  const pruning_method = (isOptions(given) ? given.pruning_method : given) as PruningMethod;
  requireIterable('global_unstructured', 'parameters', parameters);
  const targets = [...parameters];
  for (const target of targets) {
    requireList('global_unstructured', 'parameters', target);
    requireModule('global_unstructured', 'parameters', target[0]);
  }
  requireFunction('global_unstructured', 'pruning_method', pruning_method);
  const method = new pruning_method(options.amount as Amount);
  if (method.PRUNING_TYPE !== 'unstructured') {
    throw new TypeError(
      `Only "unstructured" PRUNING_TYPE supported for the \`pruning_method\`. Found method ${pruning_method.name} of type ${method.PRUNING_TYPE}`,
    );
  }
  const valueOf = ([module, name]: Target) => propertiesOf(module)[name] as Tensor;
  const scores = targets.map((target) => options.importance_scores?.get(target) ?? valueOf(target));
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

const ofRemove = signature<{ name: string }>()('remove', ['name']);

/** Makes the pruned values the parameter's own. https://docs.pytorch.org/docs/2.13/generated/torch.nn.utils.prune.remove.html */
export function remove<M extends Module>(module: M, ...args: ArgumentsOf<typeof ofRemove>): M {
  requireModule('remove', 'module', module);
  const { name } = ofRemove.read(args);
  const found = attached(module, BasePruningMethod, name)[0];
  if (found === undefined) {
    throw new RangeError(`Parameter '${name}' of module ${module} has to be pruned before pruning can be removed`);
  }
  found[1].remove(module);
  detach(module, found[0]);
  return module;
}

/** Whether anything in a module is pruned. https://docs.pytorch.org/docs/2.13/generated/torch.nn.utils.prune.is_pruned.html */
export function is_pruned(module: Module): boolean {
  requireModule('is_pruned', 'module', module);
  return module.modules().some((each) => attached(each, BasePruningMethod).length > 0);
}
