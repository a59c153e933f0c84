import type { Values } from '../arguments/signature';
import { native } from '../native/addon';
import type { Tensor } from '../tensor/tensor';
import { inOrder, type ParamGroup } from './arguments';
import { checkLearningRate, checkNotNegative } from './checks';
import * as signatures from './generated/optim';
import { commonOf, NativeOptimizer } from './native_optimizer';

export interface RMSpropState {
  step: Tensor;
  square_avg: Tensor;
  momentum_buffer?: Tensor;
  grad_avg?: Tensor;
}

type Options = Values<signatures.RMSpropOptions>;

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

  constructor(...args: signatures.RMSpropArgs) {
    const { params: given, ...options } = signatures.RMSprop.read(args);
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
