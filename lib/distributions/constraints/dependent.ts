import { Signature } from '../../arguments/signature';
import { NotImplementedError } from '../../base/errors';
import type { Tensor } from '../../tensor/tensor';
import { Constraint } from './constraint';

export interface DependentOptions {
  is_discrete?: boolean;
  event_dim?: number;
}

function known<Value>(value: Value | undefined, name: string): Value {
  if (value === undefined) throw new NotImplementedError(`.${name} cannot be determined statically`);
  return value;
}

/** A region that depends on other variables: what a class says of a support that only its objects know. */
export class _Dependent extends Constraint {
  constructor(private readonly known: DependentOptions = {}) {
    super();
  }

  override get is_discrete(): boolean {
    return known(this.known.is_discrete, 'is_discrete');
  }

  override get event_dim(): number {
    return known(this.known.event_dim, 'event_dim');
  }

  /** The same with more known about it. */
  refined(options: DependentOptions): _Dependent {
    return new _Dependent({ ...this.known, ...options });
  }

  /** @throws RangeError always */
  override check(_value: Tensor): Tensor {
    throw new RangeError('Cannot determine validity of dependent constraint');
  }
}

const plain = new _Dependent();

const ofCall = new Signature<DependentOptions>(
  '_Dependent.__call__',
  { is_discrete: undefined, event_dim: undefined },
  2,
);

/** A region that depends on other variables, with what is known of it. */
function refine(...args: [options?: DependentOptions]): _Dependent {
  return plain.refined(ofCall.read(args));
}

/** `constraints.dependent`, and `constraints.dependent({ event_dim: 1 })`. */
export const dependent: _Dependent & typeof refine = Object.setPrototypeOf(
  Object.assign(refine, { known: {} }),
  _Dependent.prototype,
);

/** Whether a constraint is `dependent`. */
export function is_dependent(constraint: unknown): boolean {
  return constraint instanceof _Dependent;
}

type Getter<This, Value> = (this: This) => Value;
type GetterDecorator = <This, Value>(getter: Getter<This, Value>, context: ClassGetterDecoratorContext) => void;

/**
 * A decorator that marks a getter whose constraint depends on the object: `@dependent_property get support() { … }`,
 * or `@dependent_property({ event_dim: 1 })`. A getter needs no help to be computed for each object.
 */
export function dependent_property(options?: DependentOptions): GetterDecorator;
export function dependent_property<This, Value>(
  getter: Getter<This, Value>,
  context: ClassGetterDecoratorContext,
): void;
export function dependent_property(target?: unknown): GetterDecorator | undefined {
  return typeof target === 'function' ? undefined : () => undefined;
}
