import { native } from '../native/addon';
import type { Tensor } from '../tensor/tensor';
import { type Args, type CapturableOptions, inOrder, type ParamGroup, type Params, parse } from './arguments';
import { checkLearningRate, checkNotNegative, type NumberLike } from './checks';
import { commonOf, NativeOptimizer } from './native_optimizer';

export interface RMSpropOptions extends CapturableOptions {
  /** Learning rate. */
  lr?: NumberLike;
  /** The weight of the past in the average of squared gradients. */
  alpha?: number;
  /** Keeps the denominator from zero. */
  eps?: number;
  /** L2 penalty. */
  weight_decay?: number;
  momentum?: number;
  /** Whether to divide by the gradient's deviation instead of its size. */
  centered?: boolean;
}

export interface RMSpropState {
  step: Tensor;
  square_avg: Tensor;
  momentum_buffer?: Tensor;
  grad_avg?: Tensor;
}

type Options = Required<RMSpropOptions>;

const defaults: Options = {
  lr: 1e-2,
  alpha: 0.99,
  eps: 1e-8,
  weight_decay: 0,
  momentum: 0,
  centered: false,
  capturable: false,
  foreach: null,
  maximize: false,
  differentiable: false,
};

/** PyTorch's order in a group. */
const order = [
  ...(['lr', 'momentum', 'alpha', 'eps', 'centered', 'weight_decay', 'capturable'] as const),
  ...(['foreach', 'maximize', 'differentiable'] as const),
];

/**
 * RMSprop. https://docs.pytorch.org/docs/2.13/generated/torch.optim.RMSprop.html
 * @throws RangeError for an option out of its range
 */
export class RMSprop extends NativeOptimizer<Options, RMSpropState> {
  protected readonly native = native.optim_rmsprop;
  protected readonly slots = ['step', 'square_avg', 'momentum_buffer', 'grad_avg'] as const;

  constructor(
    params: Params<RMSpropOptions>,
    ...args: Args<
      [
        lr: NumberLike,
        alpha: number,
        eps: number,
        weight_decay: number,
        momentum: number,
        centered: boolean,
        capturable: boolean,
        foreach: boolean | null,
        maximize: boolean,
        differentiable: boolean,
      ],
      RMSpropOptions
    >
  ) {
    const { params: given, options } = parse<Options>('RMSprop', defaults, [params, ...args]);
    checkLearningRate(options.lr);
    checkNotNegative('epsilon value', options.eps);
    checkNotNegative('momentum value', options.momentum);
    checkNotNegative('weight_decay value', options.weight_decay);
    checkNotNegative('alpha value', options.alpha);
    super(given, inOrder(options, order));
  }

  protected optionsOf(group: ParamGroup<Options>): unknown[] {
    return [...commonOf(group), group.alpha, group.eps, group.momentum, group.centered];
  }
}
