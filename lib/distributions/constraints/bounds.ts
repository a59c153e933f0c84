/** Constraints on single numbers. */
import type { Tensor } from '../../tensor/tensor';
import type { TensorLike } from '../arguments';
import * as signatures from '../generated/distributions_constraints';
import { formatted } from '../text';
import { Constraint } from './constraint';

/** Bounds that print as floats although they are whole. */
const floating = new WeakSet<Constraint>();

/** Says that a constraint's bounds are floats, which a whole number does not show. */
export function withFloats<C extends Constraint>(constraint: C): C {
  floating.add(constraint);
  return constraint;
}

/** A constraint by bounds, which its printout names. */
abstract class Bounded extends Constraint {
  protected abstract readonly bounds: readonly ('lower_bound' | 'upper_bound')[];

  override toString(): string {
    const values = this as unknown as Record<string, TensorLike>;
    const texts = this.bounds.map((name) => `${name}=${formatted(values[name], floating.has(this))}`);
    return `${this.title}(${texts.join(', ')})`;
  }
}

abstract class Between extends Bounded {
  protected get bounds() {
    return ['lower_bound', 'upper_bound'] as const;
  }

  readonly lower_bound: TensorLike;
  readonly upper_bound: TensorLike;

  constructor(...args: signatures.IntervalArgs) {
    super();
    const { lower_bound, upper_bound } = signatures.interval.read(args, new.target.name);
    this.lower_bound = lower_bound;
    this.upper_bound = upper_bound;
  }
}

abstract class From extends Bounded {
  protected get bounds() {
    return ['lower_bound'] as const;
  }

  readonly lower_bound: TensorLike;

  constructor(...args: signatures.GreaterThanArgs) {
    super();
    this.lower_bound = signatures.greater_than.read(args, new.target.name).lower_bound;
  }
}

abstract class UpTo extends Bounded {
  protected get bounds() {
    return ['upper_bound'] as const;
  }

  readonly upper_bound: TensorLike;

  constructor(...args: signatures.LessThanArgs) {
    super();
    this.upper_bound = signatures.less_than.read(args, new.target.name).upper_bound;
  }
}

function isWhole(value: Tensor): Tensor {
  return value.remainder(1).eq(0);
}

/** {0, 1} */
export class _Boolean extends Constraint {
  override get is_discrete(): boolean {
    return true;
  }

  override check(value: Tensor): Tensor {
    return value.eq(0).bitwise_or(value.eq(1));
  }
}

/** Every number but NaN. */
export class _Real extends Constraint {
  override check(value: Tensor): Tensor {
    return value.eq(value);
  }
}

/** Integers from `lower_bound` to `upper_bound`. */
export class _IntegerInterval extends Between {
  override get is_discrete(): boolean {
    return true;
  }

  override check(value: Tensor): Tensor {
    return isWhole(value).bitwise_and(value.ge(this.lower_bound)).bitwise_and(value.le(this.upper_bound));
  }
}

/** Integers up to `upper_bound`. */
export class _IntegerLessThan extends UpTo {
  override get is_discrete(): boolean {
    return true;
  }

  override check(value: Tensor): Tensor {
    return isWhole(value).bitwise_and(value.le(this.upper_bound));
  }
}

/** Integers from `lower_bound` on. */
export class _IntegerGreaterThan extends From {
  override get is_discrete(): boolean {
    return true;
  }

  override check(value: Tensor): Tensor {
    return isWhole(value).bitwise_and(value.ge(this.lower_bound));
  }
}

/** x > `lower_bound` */
export class _GreaterThan extends From {
  override check(value: Tensor): Tensor {
    return value.gt(this.lower_bound);
  }
}

/** x ≥ `lower_bound` */
export class _GreaterThanEq extends From {
  override check(value: Tensor): Tensor {
    return value.ge(this.lower_bound);
  }
}

/** x < `upper_bound` */
export class _LessThan extends UpTo {
  override check(value: Tensor): Tensor {
    return value.lt(this.upper_bound);
  }
}

/** [`lower_bound`, `upper_bound`] */
export class _Interval extends Between {
  override check(value: Tensor): Tensor {
    return value.ge(this.lower_bound).bitwise_and(value.le(this.upper_bound));
  }
}

/** [`lower_bound`, `upper_bound`) */
export class _HalfOpenInterval extends Between {
  override check(value: Tensor): Tensor {
    return value.ge(this.lower_bound).bitwise_and(value.lt(this.upper_bound));
  }
}
