import { native } from '../native/addon';
import type { Tensor } from '../tensor/tensor';
import { type Args, type CapturableOptions, inOrder, type ParamGroup, type Params, parse } from './arguments';
import { check, checkLearningRate, checkNotNegative, type NumberLike } from './checks';
import { commonOf, NativeOptimizer } from './native_optimizer';

export interface AdadeltaOptions extends CapturableOptions {
  /** Scales the step before it is applied. */
  lr?: NumberLike;
  /** The weight of the past in the average of squared gradients. */
  rho?: number;
  /** Keeps the denominator from zero. */
  eps?: number;
  /** L2 penalty. */
  weight_decay?: number;
}

export interface AdadeltaState {
  step: Tensor;
  square_avg: Tensor;
  acc_delta: Tensor;
}

type Options = Required<AdadeltaOptions>;

const defaults: Options = {
  lr: 1,
  rho: 0.9,
  eps: 1e-6,
  weight_decay: 0,
  foreach: null,
  capturable: false,
  maximize: false,
  differentiable: false,
};

/** PyTorch's order in a group. */
const order = ['lr', 'rho', 'eps', 'weight_decay', 'maximize', 'capturable', 'foreach', 'differentiable'] as const;

/**
 * Adadelta. https://docs.pytorch.org/docs/2.13/generated/torch.optim.Adadelta.html
 * @throws RangeError for an option out of its range
 */
export class Adadelta extends NativeOptimizer<Options, AdadeltaState> {
  protected readonly native = native.optim_adadelta;
  protected readonly slots = ['step', 'square_avg', 'acc_delta'] as const;

  constructor(
    params: Params<AdadeltaOptions>,
    ...args: Args<
      [lr: NumberLike, rho: number, eps: number, weight_decay: number, foreach: boolean | null],
      AdadeltaOptions
    >
  ) {
    const { params: given, options } = parse<Options>('Adadelta', defaults, [params, ...args], 3);
    checkLearningRate(options.lr);
    check(options.rho >= 0 && options.rho <= 1, 'Invalid rho value', options.rho);
    checkNotNegative('epsilon value', options.eps);
    checkNotNegative('weight_decay value', options.weight_decay);
    super(given, inOrder(options, order));
  }

  protected optionsOf(group: ParamGroup<Options>): unknown[] {
    return [...commonOf(group), group.rho, group.eps];
  }
}
