import type { Values } from '../arguments/signature';
import { native } from '../native/addon';
import type { Tensor } from '../tensor/tensor';
import type { ParamGroup } from './arguments';
import { checkLearningRate, checkNotNegative } from './checks';
import * as signatures from './generated/optim';
import { commonOf, NativeOptimizer } from './native_optimizer';

export interface ASGDState {
  step: Tensor;
  /** The learning rate of the next step. */
  eta: Tensor;
  /** The weight of the parameter in its average at the next step. */
  mu: Tensor;
  /** The averaged parameter. */
  ax: Tensor;
}

type Options = Values<signatures.ASGDOptions>;

/**
 * Averaged stochastic gradient descent. https://docs.pytorch.org/docs/2.13/generated/torch.optim.ASGD.html
 * @throws RangeError for an option out of its range
 */
export class ASGD extends NativeOptimizer<Options, ASGDState> {
  protected readonly native = native.optim_asgd;
  protected readonly slots = ['step', 'eta', 'mu', 'ax'] as const;
  protected override readonly counters = ['step', 'eta', 'mu'] as const;

  constructor(...args: signatures.ASGDArgs) {
    const { params: given, ...options } = signatures.ASGD.read(args);
    checkLearningRate(options.lr);
    checkNotNegative('weight_decay value', options.weight_decay);
    super(given, options);
  }

  protected optionsOf(group: ParamGroup<Options>): unknown[] {
    return [...commonOf(group), group.lambd, group.alpha, group.t0];
  }
}
