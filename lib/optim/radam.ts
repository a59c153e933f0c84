import { native } from '../native/addon';
import type { Tensor } from '../tensor/tensor';
import {
  type Args,
  type CapturableOptions,
  inOrder,
  type Pair,
  type ParamGroup,
  type Params,
  parse,
} from './arguments';
import { checkBetas, checkLearningRate, checkNotNegative, type NumberLike } from './checks';
import { commonOf, NativeOptimizer } from './native_optimizer';

export interface RAdamOptions extends CapturableOptions {
  /** Learning rate. */
  lr?: NumberLike;
  /** The weight of the past in the averages of the gradient and of its square. */
  betas?: Pair;
  /** Keeps the denominator from zero. */
  eps?: number;
  weight_decay?: number;
  /** Whether weight decay shrinks the parameter itself, as in AdamW. */
  decoupled_weight_decay?: boolean;
}

export interface RAdamState {
  step: Tensor;
  exp_avg: Tensor;
  exp_avg_sq: Tensor;
}

type Options = Required<RAdamOptions>;

const defaults: Options = {
  lr: 1e-3,
  betas: [0.9, 0.999],
  eps: 1e-8,
  weight_decay: 0,
  decoupled_weight_decay: false,
  foreach: null,
  maximize: false,
  capturable: false,
  differentiable: false,
};

/** PyTorch's order in a group. */
const order = [
  ...(['lr', 'betas', 'eps', 'weight_decay', 'maximize', 'foreach', 'capturable'] as const),
  ...(['decoupled_weight_decay', 'differentiable'] as const),
];

/**
 * Adam with a rectified variance. https://docs.pytorch.org/docs/2.13/generated/torch.optim.RAdam.html
 * @throws RangeError for an option out of its range
 */
export class RAdam extends NativeOptimizer<Options, RAdamState> {
  protected readonly native = native.optim_radam;
  protected readonly slots = ['step', 'exp_avg', 'exp_avg_sq'] as const;

  constructor(
    params: Params<RAdamOptions>,
    ...args: Args<
      [lr: NumberLike, betas: Pair, eps: number, weight_decay: number, decoupled_weight_decay: boolean],
      RAdamOptions
    >
  ) {
    const { params: given, options } = parse<Options>('RAdam', defaults, [params, ...args], 4);
    checkLearningRate(options.lr);
    checkNotNegative('epsilon value', options.eps);
    checkBetas(options.betas);
    checkNotNegative('weight_decay value', options.weight_decay);
    super(given, inOrder(options, order));
  }

  protected optionsOf(group: ParamGroup<Options>): unknown[] {
    const { betas, eps } = group;
    return [...commonOf(group), betas[0], betas[1], eps];
  }
}
