import { inspect } from 'node:util';
import { refuse } from '../../arguments/checks';
import { NotImplementedError } from '../../base/errors';
import type { Tensor } from '../../tensor/tensor';
import { Callable } from '../callable';
import type { Constraint } from '../constraints';
import * as signatures from '../generated/distributions';
import { classText } from '../text';

/** What every transform takes last. */
export interface Cached {
  /** 1 keeps the last input and output, so that inverting the output costs nothing and is exact. */
  cache_size?: number;
}

export type WithCacheArguments = [cache_size?: number | Cached];

/**
 * An invertible function with a computable log |det Jacobian|. A subclass has `domain`, `codomain` and `_call`, and
 * where they exist `_inverse` and `log_abs_det_jacobian`; an object of it is a function.
 * https://docs.pytorch.org/docs/2.13/distributions.html#torch.distributions.transforms.Transform
 */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: the interface only says that a transform can be called
export abstract class Transform extends Callable {
  readonly _cache_size: number;
  protected _inv: Transform | null = null;
  private cached: [x: Tensor | null, y: Tensor | null] = [null, null];

  /**
   * A transform that with `cache_size` 1 keeps its last input and output.
   * @throws RangeError for a `cache_size` that is neither 0 nor 1
   */
  constructor(...args: signatures.TransformArgs) {
    super();
    const { cache_size } = signatures.Transform.read(args);
    if (cache_size !== 0 && cache_size !== 1) throw new RangeError('cache_size must be 0 or 1');
    this._cache_size = cache_size;
  }

  /** The inputs it takes. */
  get domain(): Constraint {
    throw this.missing('domain');
  }

  /** The outputs it gives. */
  get codomain(): Constraint {
    throw this.missing('codomain');
  }

  /** Whether every output has exactly one input. */
  get bijective(): boolean {
    return false;
  }

  /** The number of event dimensions, where the domain and the codomain have the same. */
  get event_dim(): number {
    if (this.domain.event_dim === this.codomain.event_dim) return this.domain.event_dim;
    throw new RangeError('Please use either .domain.event_dim or .codomain.event_dim');
  }

  /** The inverse, whose inverse is this transform again. */
  get inv(): Transform {
    this._inv ??= new _InverseTransform(this);
    return this._inv;
  }

  /** 1 or −1 where it rises or falls; only for bijective functions of one number. */
  get sign(): number | Tensor {
    throw this.missing('sign');
  }

  /** This transform, or one like it, with that cache. */
  with_cache(...args: WithCacheArguments): Transform {
    const cache_size = cacheSize(args);
    return this._cache_size === cache_size ? this : this._with_cache(cache_size);
  }

  /** A transform like this with another cache; every subclass whose constructor takes more than that has its own. */
  protected _with_cache(cache_size: number): Transform {
    const type = this.constructor as new (options: Cached) => Transform;
    if (type.length > 0) throw new NotImplementedError(`${classText(this)}.with_cache is not implemented`);
    return new type({ cache_size });
  }

  /** Python's `==`. */
  equals(other: unknown): boolean {
    return this === other;
  }

  /** Computes y from x. */
  override __call__(x: Tensor): Tensor {
    if (this._cache_size === 0) return this._call(x);
    if (x === this.cached[0]) return this.cached[1]!;
    const y = this._call(x);
    this.cached = [x, y];
    return y;
  }

  /** Computes x from y. */
  _inv_call(y: Tensor): Tensor {
    if (this._cache_size === 0) return this._inverse(y);
    if (y === this.cached[1]) return this.cached[0]!;
    const x = this._inverse(y);
    this.cached = [x, y];
    return x;
  }

  /** What a subclass computes forward. */
  protected _call(_x: Tensor): Tensor {
    throw this.missing('_call');
  }

  /** What a subclass computes backward. */
  protected _inverse(_y: Tensor): Tensor {
    throw this.missing('_inverse');
  }

  /** log |dy/dx|, summed over an event. */
  log_abs_det_jacobian(_x: Tensor, _y: Tensor): Tensor {
    throw this.missing('log_abs_det_jacobian');
  }

  /** The shape of the output for an input's. */
  forward_shape(shape: readonly number[]): number[] {
    return [...shape];
  }

  /** The shape of the input for an output's. */
  inverse_shape(shape: readonly number[]): number[] {
    return [...shape];
  }

  private missing(member: string): NotImplementedError {
    return new NotImplementedError(`${classText(this)} does not implement ${member}`);
  }

  override toString(): string {
    return `${this.constructor.name}()`;
  }

  [inspect.custom](): string {
    return this.toString();
  }
}

export interface Transform {
  /** The transformed value. */
  (x: Tensor): Tensor;
  __call__(x: Tensor): Tensor;
}

/** The `cache_size` that `with_cache` is given. */
export function cacheSize(args: WithCacheArguments): number {
  return signatures.Transform_with_cache.list(args)[0];
}

/** The inverse of a transform, which does the work and has the cache. */
export class _InverseTransform extends Transform {
  declare protected _inv: Transform;

  constructor(transform: Transform) {
    super({ cache_size: transform._cache_size });
    this._inv = transform;
  }

  override get domain(): Constraint {
    return this._inv.codomain;
  }

  override get codomain(): Constraint {
    return this._inv.domain;
  }

  override get bijective(): boolean {
    return this._inv.bijective;
  }

  override get sign(): number | Tensor {
    return this._inv.sign;
  }

  override get inv(): Transform {
    return this._inv;
  }

  override with_cache(...args: WithCacheArguments): Transform {
    return this._inv.with_cache(...args).inv;
  }

  override equals(other: unknown): boolean {
    return other instanceof _InverseTransform && this._inv.equals(other._inv);
  }

  override __call__(x: Tensor): Tensor {
    return this._inv._inv_call(x);
  }

  override log_abs_det_jacobian(x: Tensor, y: Tensor): Tensor {
    return this._inv.log_abs_det_jacobian(y, x).neg();
  }

  override forward_shape(shape: readonly number[]): number[] {
    return this._inv.inverse_shape(shape);
  }

  override inverse_shape(shape: readonly number[]): number[] {
    return this._inv.forward_shape(shape);
  }

  override toString(): string {
    return `${this.constructor.name}(${this._inv})`;
  }
}

/** @throws TypeError that names the class and the argument */
export function requireTransform(name: string, argument: string, value: unknown): asserts value is Transform {
  if (!(value instanceof Transform)) refuse(name, argument, 'a Transform', value);
}
