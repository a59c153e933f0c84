/** Constraints made of other constraints. */

import { requireList } from '../../arguments/checks';
import { AssertionError } from '../../base/errors';
import { typeName } from '../../native/kinds';
import { _torch } from '../../tensor/namespaces';
import type { Tensor } from '../../tensor/tensor';
import * as signatures from '../generated/distributions_constraints';
import { Constraint } from './constraint';

function requireConstraint(value: unknown): asserts value is Constraint {
  if (value instanceof Constraint) return;
  throw new AssertionError(`base_constraint must be a Constraint, got ${typeName(value)}`);
}

/** All of the dimensions from `dims` on. */
function allAfter(result: Tensor, dims: number): Tensor {
  return result.reshape([...result.shape.slice(0, dims), -1]).all(-1);
}

/** Takes the last batch dimensions of another constraint for part of the event. */
export class _IndependentConstraint extends Constraint {
  readonly base_constraint: Constraint;
  readonly reinterpreted_batch_ndims: number;

  constructor(...args: signatures.IndependentArgs) {
    super();
    const { base_constraint, reinterpreted_batch_ndims } = signatures.independent.read(args, new.target.name);
    requireConstraint(base_constraint);
    if (!Number.isInteger(reinterpreted_batch_ndims)) {
      throw new AssertionError(`reinterpreted_batch_ndims must be an int, got ${typeName(reinterpreted_batch_ndims)}`);
    }
    if (reinterpreted_batch_ndims < 0) {
      throw new AssertionError(`reinterpreted_batch_ndims must be >= 0, got ${reinterpreted_batch_ndims}`);
    }
    this.base_constraint = base_constraint;
    this.reinterpreted_batch_ndims = reinterpreted_batch_ndims;
  }

  override get is_discrete(): boolean {
    return this.base_constraint.is_discrete;
  }

  override get event_dim(): number {
    return this.base_constraint.event_dim + this.reinterpreted_batch_ndims;
  }

  override check(value: Tensor): Tensor {
    const result = this.base_constraint.check(value);
    if (result.dim() < this.reinterpreted_batch_ndims) {
      throw new RangeError(`Expected value.dim() >= ${this.event_dim} but got ${value.dim()}`);
    }
    return allAfter(result, result.dim() - this.reinterpreted_batch_ndims);
  }

  override toString(): string {
    return `${this.title}(${this.base_constraint}, ${this.reinterpreted_batch_ndims})`;
  }
}

/** The support of a mixture: that of its components, for values without the components' dimension. */
export class MixtureSameFamilyConstraint extends Constraint {
  readonly base_constraint: Constraint;

  constructor(...args: signatures.MixtureSameFamilyConstraintArgs) {
    super();
    const { base_constraint } = signatures.MixtureSameFamilyConstraint.read(args, new.target.name);
    requireConstraint(base_constraint);
    this.base_constraint = base_constraint;
  }

  override get is_discrete(): boolean {
    return this.base_constraint.is_discrete;
  }

  override get event_dim(): number {
    return this.base_constraint.event_dim;
  }

  override check(value: Tensor): Tensor {
    const { event_dim } = this;
    const result = this.base_constraint.check(value.unsqueeze(-1 - event_dim));
    if (value.dim() < event_dim) throw new RangeError(`Expected value.dim() >= ${event_dim} but got ${value.dim()}`);
    return allAfter(result, value.dim() - event_dim);
  }

  override toString(): string {
    return `${this.constructor.name}(${this.base_constraint})`;
  }
}

function requireConstraints(name: string, cseq: readonly Constraint[]): void {
  requireList(name, 'cseq', cseq);
  if (cseq.every((c) => c instanceof Constraint)) return;
  throw new AssertionError('All elements of cseq must be Constraint instances');
}

function requireDim(dim: number, value: Tensor): void {
  const dims = value.dim();
  if (dim >= -dims && dim < dims) return;
  throw new AssertionError(`dim ${dim} out of range for value with ${dims} dimensions`);
}

/** Constraints for parts of a tensor, as `torch.cat` puts them together. */
export class _Cat extends Constraint {
  readonly cseq: Constraint[];
  readonly dim: number;
  readonly lengths: number[];

  constructor(...args: signatures.CatArgs) {
    super();
    const { cseq, dim, lengths } = signatures.cat.read(args, new.target.name);
    requireConstraints('cat', cseq);
    this.dim = dim;
    this.cseq = [...cseq];
    this.lengths = [...(lengths ?? cseq.map(() => 1))];
    if (this.lengths.length !== this.cseq.length) {
      throw new AssertionError(`lengths (${this.lengths.length}) must match cseq (${this.cseq.length})`);
    }
  }

  override get is_discrete(): boolean {
    return this.cseq.some((c) => c.is_discrete);
  }

  override get event_dim(): number {
    return Math.max(...this.cseq.map((c) => c.event_dim));
  }

  override check(value: Tensor): Tensor {
    requireDim(this.dim, value);
    let start = 0;
    const checks = this.cseq.map((c, i) => {
      const length = this.lengths[i]!;
      const part = value.narrow(this.dim, start, length);
      start += length;
      return c.check(part);
    });
    return _torch.cat(checks, this.dim);
  }
}

/** Constraints for the slices of a tensor, as `torch.stack` puts them together. */
export class _Stack extends Constraint {
  readonly cseq: Constraint[];
  readonly dim: number;

  constructor(...args: signatures.StackArgs) {
    super();
    const { cseq, dim } = signatures.stack.read(args, new.target.name);
    requireConstraints('stack', cseq);
    this.dim = dim;
    this.cseq = [...cseq];
  }

  override get is_discrete(): boolean {
    return this.cseq.some((c) => c.is_discrete);
  }

  override get event_dim(): number {
    const most = Math.max(...this.cseq.map((c) => c.event_dim));
    return this.dim + most < 0 ? most + 1 : most;
  }

  override check(value: Tensor): Tensor {
    requireDim(this.dim, value);
    const slices = value.unbind(this.dim).slice(0, this.cseq.length);
    const checks = slices.map((slice, i) => this.cseq[i]!.check(slice));
    return _torch.stack(checks, this.dim);
  }
}
