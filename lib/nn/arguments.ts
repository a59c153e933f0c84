/** Arguments of constructors and functions in Python's style: by position, by name in one trailing object, or both. */
import { named, REQUIRED } from '../arguments/keywords';
import type { DeviceLike, DType } from '../base/types';

/** Where and in which dtype a module makes its parameters. */
export interface FactoryOptions {
  device?: DeviceLike | null;
  dtype?: DType | null;
}

/** The values of a factory's options. */
export type Factory = { device: DeviceLike | null; dtype: DType | null };

type OptionsTail<P> = Record<never, never> extends P ? [options?: P] : [options: P];

/**
 * The argument lists of a function whose parameters are `P`, in `Order`: some of them by position, and the rest by
 * name in one object at the end.
 */
export type Arguments<P, Order extends readonly unknown[], Given extends readonly unknown[] = []> =
  | [...Given, ...OptionsTail<P>]
  | (Order extends readonly [infer Next extends keyof P, ...infer Rest]
      ? Arguments<Omit<P, Next>, Rest, [...Given, P[Next]]>
      : never);

/** The values of all parameters, defaults filled in. */
type Values<P> = { [K in keyof P]-?: Exclude<P[K], undefined> };

/** Python's signature of a function that the generator has none of: reads argument lists. */
export class Signature<P extends object, Order extends readonly (keyof P & string)[]> {
  private readonly parameters: Record<string, unknown> = {};

  /** @internal the argument lists; exists for the type only */
  declare readonly arguments: Arguments<P, Order>;

  constructor(
    private readonly name: string,
    order: Order,
    defaults: Partial<P>,
    private readonly keywordOnly: number,
  ) {
    for (const parameter of order) {
      this.parameters[parameter] = Object.hasOwn(defaults, parameter) ? defaults[parameter] : REQUIRED;
    }
  }

  /**
   * `owner` is the class whose constructor was called, for signatures that several classes share.
   * @throws TypeError in Python's words for a missing, unknown, doubly given or extra argument
   */
  read(args: readonly unknown[], owner?: string): Values<P> {
    const name = owner === undefined ? this.name : `${owner}.${this.name}`;
    return named<Values<P>>(name, this.parameters, args, this.keywordOnly);
  }
}

/** The argument lists that a signature takes. */
export type ArgumentsOf<S> = S extends { readonly arguments: infer List extends readonly unknown[] } ? List : never;

/**
 * `signature<Options>()('Linear.__init__', ['in_features', …], { bias: true, … })`: the parameters in Python's order and
 * the defaults of those that have one. `keywordOnly` counts those at the end that have no position.
 */
export function signature<P extends object>() {
  return <const Order extends readonly (keyof P & string)[]>(
    name: string,
    order: Order,
    defaults: Partial<P> = {},
    keywordOnly = 0,
  ) => new Signature<P, Order>(name, order, defaults, keywordOnly);
}
