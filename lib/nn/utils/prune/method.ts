/** Ways to choose what is pruned, and how they are put on a module's tensor. */
import { requireTensor } from '../../../arguments/checks';
import { AssertionError } from '../../../base/errors';
import { sizeText } from '../../../base/text';
import { Tensor } from '../../../tensor/tensor';
import * as signatures from '../../generated/nn_utils_prune';
import type { Module } from '../../modules/module';
import { propertiesOf } from '../../modules/registry';
import type { Parameter } from '../../parameter';
import { requireModule } from '../../require';
import { attach, attached, detach, TensorHook } from '../module_hook';

declare module '../../modules/module' {
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
export type MaskArguments = signatures.BasePruningMethodComputeMaskArgs;

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
