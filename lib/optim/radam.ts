import type { Values } from '../arguments/signature';
import { native } from '../native/addon';
import type { Tensor } from '../tensor/tensor';
import { inOrder, type ParamGroup } from './arguments';
import { checkBetas, checkLearningRate, checkNotNegative } from './checks';
import * as signatures from './generated/optim';
import { commonOf, NativeOptimizer } from './native_optimizer';

export interface RAdamState {
  step: Tensor;
  exp_avg: Tensor;
  exp_avg_sq: Tensor;
}

type Options = Values<signatures.RAdamOptions>;

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

  constructor(...args: signatures.RAdamArgs) {
    const { params: given, ...options } = signatures.RAdam.read(args);
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
