import { requireList } from '../../arguments/checks';
import { AssertionError } from '../../base/errors';
import { _torch } from '../../tensor/namespaces';
import type { Tensor } from '../../tensor/tensor';
import { type Constraint, independent, real } from '../constraints';
import * as signatures from '../generated/distributions';
import { sumRightmost } from '../utils';
import { requireTransform, Transform } from './transform';

/** A constraint with its event dimensions brought to a number. */
function widened(constraint: Constraint, event_dim: number, name: string): Constraint {
  const extra = event_dim - constraint.event_dim;
  if (extra < 0)
    throw new AssertionError(`event_dim ${event_dim} must be >= ${name}.event_dim ${constraint.event_dim}`);
  return extra === 0 ? constraint : independent(constraint, extra);
}

/** Transforms one after another. https://docs.pytorch.org/docs/2.13/distributions.html#torch.distributions.transforms.ComposeTransform */
export class ComposeTransform extends Transform {
  readonly parts: Transform[];

  constructor(...args: signatures.ComposeTransformArgs) {
    const { parts, cache_size } = signatures.ComposeTransform.read(args);
    requireList('ComposeTransform', 'parts', parts);
    for (const part of parts) requireTransform('ComposeTransform', 'parts', part);
    super({ cache_size });
    this.parts = cache_size === 0 ? [...parts] : parts.map((part) => part.with_cache(cache_size));
  }

  override equals(other: unknown): boolean {
    return other instanceof ComposeTransform && sameTransforms(this.parts, other.parts);
  }

  override get domain(): Constraint {
    const first = this.parts[0];
    if (first === undefined) return real;
    let event_dim = this.parts.at(-1)!.codomain.event_dim;
    for (const { domain, codomain } of this.parts.toReversed()) {
      event_dim = Math.max(event_dim + domain.event_dim - codomain.event_dim, domain.event_dim);
    }
    return widened(first.domain, event_dim, 'domain');
  }

  override get codomain(): Constraint {
    const last = this.parts.at(-1);
    if (last === undefined) return real;
    let event_dim = this.parts[0]!.domain.event_dim;
    for (const { domain, codomain } of this.parts) {
      event_dim = Math.max(event_dim + codomain.event_dim - domain.event_dim, codomain.event_dim);
    }
    return widened(last.codomain, event_dim, 'codomain');
  }

  override get bijective(): boolean {
    return this.parts.every((part) => part.bijective);
  }

  override get sign(): number | Tensor {
    return signOf(this.parts);
  }

  override get inv(): Transform {
    if (this._inv === null) {
      const inverse = new ComposeTransform(this.parts.toReversed().map((part) => part.inv));
      inverse._inv = this;
      this._inv = inverse;
    }
    return this._inv;
  }

  protected override _with_cache(cache_size: number): Transform {
    return new ComposeTransform(this.parts, cache_size);
  }

  override __call__(x: Tensor): Tensor {
    return this.parts.reduce((value, part) => part(value), x);
  }

  override log_abs_det_jacobian(x: Tensor, y: Tensor): Tensor {
    if (this.parts.length === 0) return _torch.zeros_like(x);
    const values = [x];
    for (const part of this.parts.slice(0, -1)) values.push(part(values.at(-1)!));
    values.push(y);
    let event_dim = this.domain.event_dim;
    const terms = this.parts.map((part, i) => {
      const term = part.log_abs_det_jacobian(values[i]!, values[i + 1]!);
      const summed = sumRightmost(term, event_dim - part.domain.event_dim);
      event_dim += part.codomain.event_dim - part.domain.event_dim;
      return summed;
    });
    return terms.reduce((sum, term) => sum.add(term));
  }

  override forward_shape(shape: readonly number[]): number[] {
    return this.parts.reduce((sizes, part) => part.forward_shape(sizes), [...shape]);
  }

  override inverse_shape(shape: readonly number[]): number[] {
    return this.parts.reduceRight((sizes, part) => part.inverse_shape(sizes), [...shape]);
  }

  override toString(): string {
    return `${this.constructor.name}(\n    ${this.parts.join(',\n    ')}\n)`;
  }
}

/** The sign of transforms one after another. */
export function signOf(transforms: readonly Transform[]): number | Tensor {
  return transforms.reduce((product: number | Tensor, { sign }) => {
    if (typeof product === 'number') return typeof sign === 'number' ? product * sign : sign.mul(product);
    return product.mul(sign);
  }, 1);
}

/** Whether two lists hold equal transforms. */
export function sameTransforms(some: readonly Transform[], others: readonly Transform[]): boolean {
  return some.length === others.length && some.every((transform, i) => transform.equals(others[i]));
}

/** Gives back what it gets. */
export const identity_transform = new ComposeTransform([]);
