import type { Values } from '../arguments/signature';
import { native } from '../native/addon';
import type { Tensor } from '../tensor/tensor';
import { inOrder, type ParamGroup } from './arguments';
import { check, checkLearningRate } from './checks';
import * as signatures from './generated/optim';
import { commonOf, NativeOptimizer } from './native_optimizer';

export interface RpropState {
  step: Tensor;
  /** The gradient before. */
  prev: Tensor;
  step_size: Tensor;
}

type Options = Values<signatures.RpropOptions>;

/** PyTorch's order in a group. */
const order = ['lr', 'etas', 'step_sizes', 'foreach', 'maximize', 'differentiable', 'capturable'] as const;

/**
 * Resilient backpropagation: only the sign of the gradient counts. https://docs.pytorch.org/docs/2.13/generated/torch.optim.Rprop.html
 * @throws RangeError for an option out of its range
 */
export class Rprop extends NativeOptimizer<Options, RpropState> {
  protected readonly native = native.optim_rprop;
  protected readonly slots = ['step', 'prev', 'step_size'] as const;

  constructor(...args: signatures.RpropArgs) {
    const { params: given, ...options } = signatures.Rprop.read(args);
    const [shrink, grow] = options.etas;
    checkLearningRate(options.lr);
    check(shrink > 0 && shrink < 1 && grow > 1, `Invalid eta values: ${shrink}, ${grow}`);
    super(given, inOrder(options, order));
  }

  protected optionsOf(group: ParamGroup<Options>): unknown[] {
    const { etas, step_sizes } = group;
    return [...commonOf(group), etas[0], etas[1], step_sizes[0], step_sizes[1]];
  }
}
