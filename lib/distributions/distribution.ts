import { inspect } from 'node:util';
import { refuse } from '../arguments/checks';
import { REQUIRED, Signature } from '../arguments/signature';
import { no_grad } from '../autograd/grad_mode';
import { NotImplementedError, warn } from '../base/errors';
import { tupleText } from '../base/python_text';
import { isList, isOptions } from '../native/kinds';
import { _torch } from '../tensor/namespaces';
import { Tensor } from '../tensor/tensor';
import { type Constraint, is_dependent } from './constraints';
import * as signatures from './generated/distributions';
import { isPending } from './lazy';
import { classText, formatted, sizeText } from './text';

/** The shape of the batch of samples to draw: `[2, 3]` or `{ sample_shape: [2, 3] }`; one sample by default. */
export type SampleShape = readonly number[] | { sample_shape?: readonly number[] };

/** A batch shape, plain or by name. */
export type BatchShape = readonly number[] | { batch_shape: readonly number[] };

/** Where to evaluate a function: a tensor, plain or by name. */
export type Value = Tensor | { value: Tensor };

/** Whether to repeat the values for every distribution of the batch. */
export type Expand = boolean | { expand?: boolean };

export type ArgConstraints = Readonly<Record<string, Constraint>>;

function isShape(value: unknown): value is readonly number[] {
  return isList(value);
}

/** A shape that may have been given by name. */
export function shapeOf(given: SampleShape | BatchShape | undefined, name: 'sample_shape' | 'batch_shape'): number[] {
  if (isShape(given)) return [...given];
  return [...new Signature<Record<string, readonly number[]>>('sample', { [name]: [] }).read([given])[name]!];
}

/** Without what gives a tensor by name; some functions call their parameter otherwise. */
type Plain<Given> = Exclude<Given, { value: Tensor } | { x: Tensor } | { prob: Tensor }>;

/** Tensors of values that were given as numbers, which only distributions without checks take. */
const numbers = new WeakSet<object>();

function tensorOf<Value>(value: Value): Value {
  if (typeof value !== 'number') return value;
  const made = _torch.scalar_tensor(value);
  numbers.add(made);
  return made as Value;
}

/** The value that `log_prob`, `cdf` or `icdf` was given. */
export function valueOf<Given>(given: Given, name: string, parameter = 'value'): Plain<Given> {
  if (!isOptions(given)) return tensorOf(given as Plain<Given>);
  const signature = new Signature<Record<string, Plain<Given>>>(name, { [parameter]: REQUIRED });
  return tensorOf(signature.read([given])[parameter] as Plain<Given>);
}

/** A flag that may have been given by name. */
export function expandOf(given: Expand | undefined): boolean {
  return signatures.Distribution_enumerate_support.list([given])[0];
}

/**
 * The base of probability distributions. A subclass sets its parameters and calls `_check_args` at the end of its
 * constructor; it says what they must be in a static `arg_constraints`, and where its samples lie in a static `support`.
 * https://docs.pytorch.org/docs/2.13/distributions.html#distribution
 */
export class Distribution {
  /** @internal the default for `validate_args` */
  static _validate_args = true;

  static readonly arg_constraints: ArgConstraints | undefined = undefined;
  static readonly support: Constraint | undefined = undefined;
  static readonly has_rsample: boolean = false;
  static readonly has_enumerate_support: boolean = false;
  /** @internal the properties that `expand` expands */
  static readonly _batched: readonly string[] | undefined = undefined;

  /** Whether arguments are checked from now on, where `validate_args` says nothing. */
  static set_default_validate_args(value: boolean): void {
    if (typeof value !== 'boolean') throw new RangeError('set_default_validate_args(): value must be true or false');
    Distribution._validate_args = value;
  }

  private readonly _batch_shape: readonly number[];
  private readonly _event_shape: readonly number[];
  /** What `validate_args` said; undefined for nothing. */
  private validates: boolean | undefined;

  constructor(...args: signatures.DistributionArgs) {
    const { batch_shape, event_shape, validate_args } = signatures.Distribution.read(args);
    this._batch_shape = batch_shape;
    this._event_shape = event_shape;
    this.validates = validate_args ?? undefined;
    if (this._validate_args && !this.saysConstraints()) this.checkable(); // warns
  }

  /** Whether the class has constraints, of its own or from a getter, which may need what is not there yet. */
  private saysConstraints(): boolean {
    const said = (this.constructor as typeof Distribution).arg_constraints !== undefined;
    const getter = (prototype: object) => Reflect.getOwnPropertyDescriptor(prototype, 'arg_constraints');
    let prototype: object = Object.getPrototypeOf(this);
    while (getter(prototype) === undefined) prototype = Object.getPrototypeOf(prototype);
    return said || prototype !== Distribution.prototype;
  }

  /** The shape of the batch of parameters. */
  get batch_shape(): number[] {
    return [...this._batch_shape];
  }

  /** The shape of one sample. */
  get event_shape(): number[] {
    return [...this._event_shape];
  }

  /** What the parameters must be, by name. */
  get arg_constraints(): ArgConstraints {
    const { arg_constraints } = this.constructor as typeof Distribution;
    if (arg_constraints === undefined) throw this.missing('arg_constraints');
    return arg_constraints;
  }

  /** Where samples lie. */
  get support(): Constraint {
    const { support } = this.constructor as typeof Distribution;
    if (support === undefined || is_dependent(support)) throw this.missing('support');
    return support;
  }

  /** Whether `rsample` exists. */
  get has_rsample(): boolean {
    return (this.constructor as typeof Distribution).has_rsample;
  }

  /** Whether `enumerate_support` exists. */
  get has_enumerate_support(): boolean {
    return (this.constructor as typeof Distribution).has_enumerate_support;
  }

  get mean(): Tensor {
    throw this.missing('mean');
  }

  get mode(): Tensor {
    throw this.missing('mode');
  }

  get variance(): Tensor {
    throw this.missing('variance');
  }

  get stddev(): Tensor {
    return this.variance.sqrt();
  }

  /** This distribution for a larger batch, without new memory. */
  expand(batch_shape: BatchShape): this {
    const { _batched } = this.constructor as typeof Distribution;
    if (_batched === undefined) throw this.missing('expand');
    const shape = shapeOf(batch_shape, 'batch_shape');
    return this._copy(shape, this._expanded(_batched, shape));
  }

  /** Draws samples of shape `sample_shape + batch_shape + event_shape`, unseen by autograd. */
  sample(sample_shape: SampleShape = []): Tensor {
    return no_grad(() => this.rsample(sample_shape));
  }

  /** Draws samples through which gradients reach the parameters. */
  rsample(_sample_shape: SampleShape = []): Tensor {
    throw this.missing('rsample');
  }

  /** Deprecated: `sample([n])`. */
  sample_n(n: number): Tensor {
    warn('`sample_n(n)` will be deprecated. Use `sample((n,))` instead.', 'FutureWarning');
    return this.sample([n]);
  }

  /** The logarithm of the density or mass at `value`. */
  log_prob(_value: Value): Tensor {
    throw this.missing('log_prob');
  }

  /** The probability of a sample up to `value`. */
  cdf(_value: Value): Tensor {
    throw this.missing('cdf');
  }

  /** The value whose `cdf` is `value`. */
  icdf(_value: Value): Tensor {
    throw this.missing('icdf');
  }

  /** Every value of a discrete distribution, along the first dimension. */
  enumerate_support(_expand: Expand = true): Tensor {
    throw this.missing('enumerate_support');
  }

  /** The entropy of each distribution of the batch, in nats. */
  entropy(): Tensor {
    throw this.missing('entropy');
  }

  /** The exponential of the entropy. */
  perplexity(): Tensor {
    return this.entropy().exp();
  }

  // ---- for subclasses

  /** @internal whether arguments are checked */
  get _validate_args(): boolean {
    return this.validates ?? Distribution._validate_args;
  }

  /** The shape of samples. */
  protected _extended_shape(sample_shape: SampleShape = []): number[] {
    return [...shapeOf(sample_shape, 'sample_shape'), ...this._batch_shape, ...this._event_shape];
  }

  /**
   * Checks the parameters, when `validate_args` or the default says so. Before all of them are set it does nothing:
   * the constructor of the subclass that sets the last ones calls it again.
   * @throws RangeError when a parameter is not what `arg_constraints` says
   */
  protected _check_args(validate_args: boolean | null = null): void {
    if (validate_args !== null) this.validates = validate_args;
    if (!this._validate_args) return;
    const constraints = Object.entries(this.checkable());
    if (constraints.every(([name]) => name in this)) {
      for (const [name, constraint] of constraints) this.checkArgument(name, constraint);
    }
  }

  private checkable(): ArgConstraints {
    try {
      return this.arg_constraints;
    } catch (error) {
      if (!(error instanceof NotImplementedError)) throw error;
      warn(
        `${classText(this)} does not define \`arg_constraints\`. Please set \`arg_constraints = {}\` or initialize the distribution with \`validate_args=False\` to turn off validation.`,
      );
      return {};
    }
  }

  private checkArgument(name: string, constraint: Constraint): void {
    if (is_dependent(constraint) || isPending(this, name)) return;
    const value = (this as unknown as Record<string, Tensor>)[name]!;
    if (isAllTrue(constraint.check(value))) return;
    throw new RangeError(
      `Expected parameter ${name} (${kindText(value)}) of distribution ${this} to satisfy the constraint ${constraint}, but found invalid values:\n${formatted(value)}`,
    );
  }

  /** The value that a method was given, by position or by name, checked when arguments are. */
  protected _checked(given: Value, method: string): Tensor {
    const value = valueOf(given, method);
    if (this._validate_args) this._validate_sample(value);
    return value;
  }

  /**
   * Checks an argument of `log_prob` and the like.
   * @throws RangeError for another shape than the distribution's, or a value outside of the support
   */
  _validate_sample(value: Tensor): void {
    if (!(value instanceof Tensor) || numbers.has(value))
      throw new RangeError('The value argument to log_prob must be a Tensor');
    this.checkShape(value.shape);
    const support = this.checkableSupport();
    if (support === undefined || isAllTrue(support.check(value))) return;
    throw new RangeError(
      `Expected value argument (${kindText(value)}) to be within the support (${support}) of the distribution ${this}, but found invalid values:\n${formatted(value)}`,
    );
  }

  private checkShape(actual: readonly number[]): void {
    const event = this._event_shape;
    const end = actual.slice(Math.max(actual.length - event.length, 0));
    if (end.length !== event.length || end.some((size, i) => size !== event[i])) {
      throw new RangeError(
        `The right-most size of value must match event_shape: ${sizeText(actual)} vs ${sizeText(event)}.`,
      );
    }
    const expected = [...this._batch_shape, ...event];
    for (let dim = -1; dim >= -Math.min(actual.length, expected.length); dim--) {
      const [size, other] = [actual.at(dim)!, expected.at(dim)!];
      if (size === 1 || other === 1 || size === other) continue;
      throw new RangeError(
        `Value is not broadcastable with batch_shape+event_shape: ${sizeText(actual)} vs ${sizeText(expected)}.`,
      );
    }
  }

  private checkableSupport(): Constraint | undefined {
    try {
      return this.support;
    } catch (error) {
      if (!(error instanceof NotImplementedError)) throw error;
      warn(
        `${classText(this)} does not define \`support\` to enable sample validation. Please initialize the distribution with \`validate_args=False\` to turn off validation.`,
      );
      return undefined;
    }
  }

  /** A distribution of this class made without its constructor: with these shapes and properties, and unchecked. */
  protected _copy(
    batch_shape: readonly number[],
    properties: Record<string, unknown>,
    event_shape: readonly number[] = this._event_shape,
  ): this {
    const shapes = { _batch_shape: batch_shape, _event_shape: event_shape, validates: this._validate_args };
    return Object.assign(Object.create(Object.getPrototypeOf(this)), properties, shapes);
  }

  /** Those of the named properties that are set, expanded. */
  protected _expanded(names: readonly string[], shape: readonly number[]): Record<string, Tensor> {
    const own = names.filter((name) => Object.hasOwn(this, name));
    return Object.fromEntries(
      own.map((name) => [name, (this as unknown as Record<string, Tensor>)[name]!.expand(shape)]),
    );
  }

  private missing(member: string): NotImplementedError {
    return new NotImplementedError(`${classText(this)} does not implement ${member}`);
  }

  toString(): string {
    const own = this as unknown as Record<string, Tensor>;
    const names = Object.keys(this.arg_constraints).filter((name) => Object.hasOwn(this, name));
    const texts = names.map((name) => {
      const value = own[name]!;
      return `${name}: ${value.numel() === 1 ? formatted(value) : sizeText(value.shape)}`;
    });
    return `${this.constructor.name}(${texts.join(', ')})`;
  }

  [inspect.custom](): string {
    return this.toString();
  }
}

function isAllTrue(valid: Tensor): boolean {
  return Boolean(_torch._is_all_true(valid).item());
}

function kindText(value: Tensor): string {
  return `${value.constructor.name} of shape ${tupleText(value.shape)}`;
}

/** @throws TypeError that names the class and the argument */
export function requireDistribution(name: string, argument: string, value: unknown): asserts value is Distribution {
  if (!(value instanceof Distribution)) refuse(name, argument, 'a Distribution', value);
}
