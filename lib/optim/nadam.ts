import type { Values } from '../arguments/signature';
import { native } from '../native/addon';
import type { Tensor } from '../tensor/tensor';
import { inOrder, type ParamGroup } from './arguments';
import { checkBetas, checkLearningRate, checkNotNegative } from './checks';
import * as signatures from './generated/optim';
import { commonOf, NativeOptimizer } from './native_optimizer';

export interface NAdamState {
  step: Tensor;
  mu_product: Tensor;
  exp_avg: Tensor;
  exp_avg_sq: Tensor;
}

type Options = Values<signatures.NAdamOptions>;

/** PyTorch's order in a group. */
const order = [
  ...(['lr', 'betas', 'eps', 'weight_decay', 'momentum_decay', 'decoupled_weight_decay'] as const),
  ...(['maximize', 'foreach', 'capturable', 'differentiable'] as const),
];

/**
 * Adam with Nesterov's momentum. https://docs.pytorch.org/docs/2.13/generated/torch.optim.NAdam.html
 * @throws RangeError for an option out of its range
 */
export class NAdam extends NativeOptimizer<Options, NAdamState> {
  protected readonly native = native.optim_nadam;
  protected readonly slots = ['step', 'mu_product', 'exp_avg', 'exp_avg_sq'] as const;
  protected override readonly counters = ['step', 'mu_product'] as const;

  constructor(...args: signatures.NAdamArgs) {
    const { params: given, ...options } = signatures.NAdam.read(args);
    checkLearningRate(options.lr);
    checkNotNegative('epsilon value', options.eps);
    checkBetas(options.betas);
    checkNotNegative('weight_decay value', options.weight_decay);
    checkNotNegative('momentum_decay value', options.momentum_decay);
    super(given, inOrder(options, order));
  }

  protected optionsOf(group: ParamGroup<Options>): unknown[] {
    const { betas, eps, momentum_decay } = group;
    return [...commonOf(group), betas[0], betas[1], eps, momentum_decay];
  }
}
