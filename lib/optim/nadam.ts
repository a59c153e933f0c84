import { native } from '../native/addon';
import type { Tensor } from '../tensor/tensor';
import { type Args, type CapturableOptions, type Pair, type ParamGroup, type Params, parse } from './arguments';
import { checkBetas, checkLearningRate, checkNotNegative, type NumberLike } from './checks';
import { commonOf, NativeOptimizer } from './native_optimizer';

export interface NAdamOptions extends CapturableOptions {
  /** Learning rate. */
  lr?: NumberLike;
  /** The weight of the past in the averages of the gradient and of its square. */
  betas?: Pair;
  /** Keeps the denominator from zero. */
  eps?: number;
  weight_decay?: number;
  /** How fast the momentum approaches its full size. */
  momentum_decay?: number;
  /** Whether weight decay shrinks the parameter itself, as in AdamW. */
  decoupled_weight_decay?: boolean;
}

export interface NAdamState {
  step: Tensor;
  mu_product: Tensor;
  exp_avg: Tensor;
  exp_avg_sq: Tensor;
}

type Options = Required<NAdamOptions>;

const defaults: Options = {
  lr: 2e-3,
  betas: [0.9, 0.999],
  eps: 1e-8,
  weight_decay: 0,
  momentum_decay: 4e-3,
  decoupled_weight_decay: false,
  maximize: false,
  foreach: null,
  capturable: false,
  differentiable: false,
};

/**
 * Adam with Nesterov's momentum. https://docs.pytorch.org/docs/2.13/generated/torch.optim.NAdam.html
 * @throws RangeError for an option out of its range
 */
export class NAdam extends NativeOptimizer<Options, NAdamState> {
  protected readonly native = native.optim_nadam;
  protected readonly slots = ['step', 'mu_product', 'exp_avg', 'exp_avg_sq'] as const;
  protected override readonly counters = ['step', 'mu_product'] as const;

  constructor(
    params: Params<NAdamOptions>,
    ...args: Args<
      [
        lr: NumberLike,
        betas: Pair,
        eps: number,
        weight_decay: number,
        momentum_decay: number,
        decoupled_weight_decay: boolean,
      ],
      NAdamOptions
    >
  ) {
    const { params: given, options } = parse<Options>('NAdam', defaults, [params, ...args], 4);
    checkLearningRate(options.lr);
    checkNotNegative('epsilon value', options.eps);
    checkBetas(options.betas);
    checkNotNegative('weight_decay value', options.weight_decay);
    checkNotNegative('momentum_decay value', options.momentum_decay);
    super(given, options);
  }

  protected optionsOf(group: ParamGroup<Options>): unknown[] {
    const { betas, eps, momentum_decay } = group;
    return [...commonOf(group), betas[0], betas[1], eps, momentum_decay];
  }
}
