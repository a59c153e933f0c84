/** Arguments of constructors: by position, by name in one trailing object, or both. */

import { requireTensor } from '../arguments/checks';
import { named, REQUIRED } from '../arguments/keywords';
import type { Arguments, ArgumentsOf } from '../nn/arguments';
import type { Tensor } from '../tensor/tensor';

export type { ArgumentsOf };

/** A parameter that may be a number or a tensor. */
export type TensorLike = Tensor | number;

/** What every distribution takes last. */
export interface Validated {
  /** Whether to check arguments; null for the default that `Distribution.set_default_validate_args` sets. */
  validate_args?: boolean | null;
}

/** What a distribution with one of two parametrizations takes. */
export interface ProbsOrLogits<Value = Tensor> extends Validated {
  probs?: Value | null;
  logits?: Value | null;
}

type Values<P> = { [K in keyof P]-?: Exclude<P[K], undefined> };

/** Python's signature of a constructor. */
export class Initializer<P extends object, Order extends readonly (keyof P & string)[]> {
  /** @internal the argument lists; exists for the type only */
  declare readonly arguments: Arguments<P, Order>;
  private readonly parameters: Record<string, unknown> = {};

  constructor(
    private readonly name: string,
    order: Order,
    defaults: Partial<P>,
    /** The parameters that must be tensors, unless they are null by default and not given. */
    private readonly tensors: readonly (keyof P & string)[],
  ) {
    for (const parameter of order) {
      this.parameters[parameter] = Object.hasOwn(defaults, parameter) ? defaults[parameter] : REQUIRED;
    }
  }

  /** @throws TypeError in Python's words for a missing, unknown, doubly given or extra argument, and for no tensor */
  read(args: readonly unknown[]): Values<P> {
    const values = named<Values<P>>(`${this.name}.__init__`, this.parameters, args);
    for (const name of this.tensors) {
      if (values[name] !== null || this.parameters[name] === REQUIRED) requireTensor(this.name, name, values[name]);
    }
    return values;
  }
}

/**
 * `initializer<Options>()('Normal', ['loc', …], { validate_args: null })`: parameters in order, defaults, and the names
 * of those that must be tensors.
 */
export function initializer<P extends object>() {
  return <const Order extends readonly (keyof P & string)[]>(
    name: string,
    order: Order,
    defaults: Partial<P> = {},
    tensors: readonly (keyof P & string)[] = [],
  ) => new Initializer<P, Order>(name, order, defaults, tensors);
}
