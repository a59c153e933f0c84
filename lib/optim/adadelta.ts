import type { Values } from '../arguments/signature';
import { native } from '../native/addon';
import type { Tensor } from '../tensor/tensor';
import { inOrder, type ParamGroup } from './arguments';
import { check, checkLearningRate, checkNotNegative } from './checks';
import * as signatures from './generated/optim';
import { commonOf, NativeOptimizer } from './native_optimizer';

export interface AdadeltaState {
  step: Tensor;
  square_avg: Tensor;
  acc_delta: Tensor;
}

type Options = Values<signatures.AdadeltaOptions>;

/** PyTorch's order in a group. */
const order = ['lr', 'rho', 'eps', 'weight_decay', 'maximize', 'capturable', 'foreach', 'differentiable'] as const;

/**
 * Adadelta. https://docs.pytorch.org/docs/2.13/generated/torch.optim.Adadelta.html
 * @throws RangeError for an option out of its range
 */
export class Adadelta extends NativeOptimizer<Options, AdadeltaState> {
  protected readonly native = native.optim_adadelta;
  protected readonly slots = ['step', 'square_avg', 'acc_delta'] as const;

  constructor(...args: signatures.AdadeltaArgs) {
    const { params: given, ...options } = signatures.Adadelta.read(args);
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
