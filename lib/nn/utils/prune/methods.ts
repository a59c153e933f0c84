/** The ways to prune that PyTorch has. */
import { AssertionError } from '../../../base/errors';
import { sizeText } from '../../../base/text';
import { defaultDevice } from '../../../context/default_device';
import { callOperator } from '../../../operators/operator';
import type { Tensor } from '../../../tensor/tensor';
import * as signatures from '../../generated/nn_utils_prune';
import { type Amount, checkAmount, countOf } from './amount';
import { applyMethod, BasePruningMethod, type MaskArguments } from './method';

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
