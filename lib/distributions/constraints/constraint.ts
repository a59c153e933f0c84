import { inspect } from 'node:util';
import { NotImplementedError } from '../../base/errors';
import type { Tensor } from '../../tensor/tensor';

/**
 * A region in which a variable is valid. https://docs.pytorch.org/docs/2.13/distributions.html#module-torch.distributions.constraints
 */
export class Constraint {
  /** Whether the region is a discrete set. */
  get is_discrete(): boolean {
    return false;
  }

  /** How many of the last dimensions make one event, checked together. */
  get event_dim(): number {
    return 0;
  }

  /** A boolean tensor of `sample_shape + batch_shape` that says which events lie in the region. */
  check(_value: Tensor): Tensor {
    throw new NotImplementedError(`${this.constructor.name} does not implement check`);
  }

  /** The class's name as Python prints it, without its underscore. */
  protected get title(): string {
    return this.constructor.name.slice(1);
  }

  toString(): string {
    return `${this.title}()`;
  }

  [inspect.custom](): string {
    return this.toString();
  }
}

// biome-ignore lint/suspicious/noExplicitAny: constructors of every kind
type ConstraintClass = new (...args: any[]) => Constraint;

/** A class that may be called without `new`, as Python's classes are. */
export type CallableClass<C extends ConstraintClass> = C & Call<C>;

interface Call<C extends ConstraintClass> {
  /** A constraint with these bounds or parts. */
  // biome-ignore lint/style/useShorthandFunctionType: a function type has no documentation that editors show
  (...args: ConstructorParameters<C>): InstanceType<C>;
}

export function callableClass<C extends ConstraintClass>(type: C): CallableClass<C> {
  return new Proxy(type, {
    apply: (target, _receiver, args) => Reflect.construct(target, args),
  }) as CallableClass<C>;
}
