import { native } from '../native/addon';
import type { Tensor } from '../tensor/tensor';
import { type Args, type CapturableOptions, type Pair, type ParamGroup, type Params, parse } from './arguments';
import { checkBetas, checkLearningRate, checkNotNegative, type NumberLike } from './checks';
import { commonOf, NativeOptimizer } from './native_optimizer';

export interface AdamaxOptions extends CapturableOptions {
  /** Learning rate. */
  lr?: NumberLike;
  /** The weight of the past in the average of the gradient and in its largest size. */
  betas?: Pair;
  /** Keeps the denominator from zero. */
  eps?: number;
  /** L2 penalty. */
  weight_decay?: number;
}

export interface AdamaxState {
  step: Tensor;
  exp_avg: Tensor;
  exp_inf: Tensor;
}

type Options = Required<AdamaxOptions>;

const defaults: Options = {
  lr: 2e-3,
  betas: [0.9, 0.999],
  eps: 1e-8,
  weight_decay: 0,
  foreach: null,
  maximize: false,
  differentiable: false,
  capturable: false,
};

/**
 * Adamax, Adam by the infinity norm. https://docs.pytorch.org/docs/2.13/generated/torch.optim.Adamax.html
 * @throws RangeError for an option out of its range
 */
export class Adamax extends NativeOptimizer<Options, AdamaxState> {
  protected readonly native = native.optim_adamax;
  protected readonly slots = ['step', 'exp_avg', 'exp_inf'] as const;

  constructor(
    params: Params<AdamaxOptions>,
    ...args: Args<
      [lr: NumberLike, betas: Pair, eps: number, weight_decay: number, foreach: boolean | null],
      AdamaxOptions
    >
  ) {
    const { params: given, options } = parse<Options>('Adamax', defaults, [params, ...args], 3);
    checkLearningRate(options.lr);
    checkNotNegative('epsilon value', options.eps);
    checkBetas(options.betas);
    checkNotNegative('weight_decay value', options.weight_decay);
    super(given, options);
  }

  protected optionsOf(group: ParamGroup<Options>): unknown[] {
    return [...commonOf(group), group.betas[0], group.betas[1], group.eps];
  }
}
