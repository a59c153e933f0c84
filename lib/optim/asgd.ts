import { native } from '../native/addon';
import type { Tensor } from '../tensor/tensor';
import { type Args, type CapturableOptions, type ParamGroup, type Params, parse } from './arguments';
import { checkLearningRate, checkNotNegative, type NumberLike } from './checks';
import { commonOf, NativeOptimizer } from './native_optimizer';

export interface ASGDOptions extends CapturableOptions {
  /** Learning rate. */
  lr?: NumberLike;
  /** How fast the parameters and the learning rate decay. */
  lambd?: number;
  /** The power by which the learning rate falls. */
  alpha?: number;
  /** The step at which averaging starts. */
  t0?: number;
  /** L2 penalty. */
  weight_decay?: number;
}

export interface ASGDState {
  step: Tensor;
  /** The learning rate of the next step. */
  eta: Tensor;
  /** The weight of the parameter in its average at the next step. */
  mu: Tensor;
  /** The averaged parameter. */
  ax: Tensor;
}

type Options = Required<ASGDOptions>;

const defaults: Options = {
  lr: 1e-2,
  lambd: 1e-4,
  alpha: 0.75,
  t0: 1e6,
  weight_decay: 0,
  foreach: null,
  maximize: false,
  differentiable: false,
  capturable: false,
};

/**
 * Averaged stochastic gradient descent. https://docs.pytorch.org/docs/2.13/generated/torch.optim.ASGD.html
 * @throws RangeError for an option out of its range
 */
export class ASGD extends NativeOptimizer<Options, ASGDState> {
  protected readonly native = native.optim_asgd;
  protected readonly slots = ['step', 'eta', 'mu', 'ax'] as const;
  protected override readonly counters = ['step', 'eta', 'mu'] as const;

  constructor(
    params: Params<ASGDOptions>,
    ...args: Args<
      [
        lr: NumberLike,
        lambd: number,
        alpha: number,
        t0: number,
        weight_decay: number,
        foreach: boolean | null,
        maximize: boolean,
        differentiable: boolean,
        capturable: boolean,
      ],
      ASGDOptions
    >
  ) {
    const { params: given, options } = parse<Options>('ASGD', defaults, [params, ...args]);
    checkLearningRate(options.lr);
    checkNotNegative('weight_decay value', options.weight_decay);
    super(given, options);
  }

  protected optionsOf(group: ParamGroup<Options>): unknown[] {
    return [...commonOf(group), group.lambd, group.alpha, group.t0];
  }
}
