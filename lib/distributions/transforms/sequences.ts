/** Transforms for parts of a tensor. */

import { requireList } from '../../arguments/checks';
import { AssertionError } from '../../base/errors';
import { _torch } from '../../tensor/namespaces';
import type { Tensor } from '../../tensor/tensor';
import { type Constraint, cat, stack } from '../constraints';
import * as signatures from '../generated/distributions';
import { sumRightmost } from '../utils';
import { Transform } from './transform';

function cachedAll(name: string, tseq: readonly Transform[], cache_size: number): Transform[] {
  requireList(name, 'tseq', tseq);
  if (!tseq.every((t) => t instanceof Transform)) {
    throw new AssertionError('All elements of tseq must be Transform instances');
  }
  return cache_size === 0 ? [...tseq] : tseq.map((t) => t.with_cache(cache_size));
}

/** Checks that a tensor can be taken apart along `dim`. */
function requireSize(value: Tensor, dim: number, size: number, name: string, place: string, sizeName: string): void {
  const dims = value.dim();
  if (dim < -dims || dim >= dims) {
    throw new AssertionError(`dim ${dim} out of range for ${place} with ${dims} dimensions`);
  }
  if (value.size(dim) !== size) {
    throw new AssertionError(`${name}.size(${dim}) = ${value.size(dim)} must equal ${sizeName} ${size}`);
  }
}

/**
 * Applies each transform to its part along `dim`, as `torch.cat` puts them together.
 * https://docs.pytorch.org/docs/2.13/distributions.html#torch.distributions.transforms.CatTransform
 */
export class CatTransform extends Transform {
  readonly transforms: Transform[];
  readonly dim: number;
  readonly lengths: number[];

  constructor(...args: signatures.CatTransformArgs) {
    const { tseq, dim, lengths, cache_size } = signatures.CatTransform.read(args);
    const transforms = cachedAll('CatTransform', tseq, cache_size);
    super({ cache_size });
    this.transforms = transforms;
    this.dim = dim;
    this.lengths = [...(lengths ?? transforms.map(() => 1))];
    if (this.lengths.length !== transforms.length) {
      throw new AssertionError(`lengths (${this.lengths.length}) must match transforms (${transforms.length})`);
    }
  }

  override get event_dim(): number {
    return Math.max(...this.transforms.map((t) => t.event_dim));
  }

  /** The size of `dim`. */
  override get length(): number {
    return this.lengths.reduce((a, b) => a + b, 0);
  }

  override get domain(): Constraint {
    return cat(
      this.transforms.map((t) => t.domain),
      this.dim,
      this.lengths,
    );
  }

  override get codomain(): Constraint {
    return cat(
      this.transforms.map((t) => t.codomain),
      this.dim,
      this.lengths,
    );
  }

  override get bijective(): boolean {
    return this.transforms.every((t) => t.bijective);
  }

  protected override _with_cache(cache_size: number): Transform {
    return new CatTransform(this.transforms, this.dim, this.lengths, cache_size);
  }

  protected override _call(x: Tensor): Tensor {
    const parts = this.partsOf(x, 'x', 'tensor');
    return _torch.cat(
      this.transforms.map((t, i) => t(parts[i]!)),
      this.dim,
    );
  }

  protected override _inverse(y: Tensor): Tensor {
    const parts = this.partsOf(y, 'y', 'tensor');
    return _torch.cat(
      this.transforms.map((t, i) => t.inv(parts[i]!)),
      this.dim,
    );
  }

  override log_abs_det_jacobian(x: Tensor, y: Tensor): Tensor {
    const [xs, ys] = [this.partsOf(x, 'x', 'x'), this.partsOf(y, 'y', 'y')];
    const { event_dim } = this;
    const terms = this.transforms.map((t, i) => {
      const term = t.log_abs_det_jacobian(xs[i]!, ys[i]!);
      return t.event_dim < event_dim ? sumRightmost(term, event_dim - t.event_dim) : term;
    });
    const dim = (this.dim >= 0 ? this.dim - x.dim() : this.dim) + event_dim;
    if (dim < 0) return _torch.cat(terms, dim);
    return terms.reduce((sum, term) => sum.add(term));
  }

  private partsOf(value: Tensor, name: string, place: string): Tensor[] {
    requireSize(value, this.dim, this.length, name, place, 'length');
    let start = 0;
    return this.lengths.map((length) => {
      const part = value.narrow(this.dim, start, length);
      start += length;
      return part;
    });
  }
}

/**
 * Applies each transform to its slice of `dim`, as `torch.stack` puts them together.
 * https://docs.pytorch.org/docs/2.13/distributions.html#torch.distributions.transforms.StackTransform
 */
export class StackTransform extends Transform {
  readonly transforms: Transform[];
  readonly dim: number;

  constructor(...args: signatures.StackTransformArgs) {
    const { tseq, dim, cache_size } = signatures.StackTransform.read(args);
    const transforms = cachedAll('StackTransform', tseq, cache_size);
    super({ cache_size });
    this.transforms = transforms;
    this.dim = dim;
  }

  override get domain(): Constraint {
    return stack(
      this.transforms.map((t) => t.domain),
      this.dim,
    );
  }

  override get codomain(): Constraint {
    return stack(
      this.transforms.map((t) => t.codomain),
      this.dim,
    );
  }

  override get bijective(): boolean {
    return this.transforms.every((t) => t.bijective);
  }

  protected override _with_cache(cache_size: number): Transform {
    return new StackTransform(this.transforms, this.dim, cache_size);
  }

  protected override _call(x: Tensor): Tensor {
    const slices = this.slicesOf(x, 'x', 'tensor');
    return _torch.stack(
      this.transforms.map((t, i) => t(slices[i]!)),
      this.dim,
    );
  }

  protected override _inverse(y: Tensor): Tensor {
    const slices = this.slicesOf(y, 'y', 'tensor');
    return _torch.stack(
      this.transforms.map((t, i) => t.inv(slices[i]!)),
      this.dim,
    );
  }

  override log_abs_det_jacobian(x: Tensor, y: Tensor): Tensor {
    const [xs, ys] = [this.slicesOf(x, 'x', 'x'), this.slicesOf(y, 'y', 'y')];
    return _torch.stack(
      this.transforms.map((t, i) => t.log_abs_det_jacobian(xs[i]!, ys[i]!)),
      this.dim,
    );
  }

  private slicesOf(value: Tensor, name: string, place: string): Tensor[] {
    requireSize(value, this.dim, this.transforms.length, name, place, 'len(transforms)');
    return this.transforms.map((_, i) => value.select(this.dim, i));
  }
}
