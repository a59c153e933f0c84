import type { Values } from '../arguments/signature';
import { native } from '../native/addon';
import type { Tensor } from '../tensor/tensor';
import type { ParamGroup } from './arguments';
import { checkBetas, checkLearningRate, checkNotNegative } from './checks';
import * as signatures from './generated/optim';
import { commonOf, NativeOptimizer } from './native_optimizer';

export interface AdamaxState {
  step: Tensor;
  exp_avg: Tensor;
  exp_inf: Tensor;
}

type Options = Values<signatures.AdamaxOptions>;

/**
 * Adamax, Adam by the infinity norm. https://docs.pytorch.org/docs/2.13/generated/torch.optim.Adamax.html
 * @throws RangeError for an option out of its range
 */
export class Adamax extends NativeOptimizer<Options, AdamaxState> {
  protected readonly native = native.optim_adamax;
  protected readonly slots = ['step', 'exp_avg', 'exp_inf'] as const;

  constructor(...args: signatures.AdamaxArgs) {
    const { params: given, ...options } = signatures.Adamax.read(args);
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
