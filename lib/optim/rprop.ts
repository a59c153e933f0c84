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
import { check, checkLearningRate, type NumberLike } from './checks';
import { commonOf, NativeOptimizer } from './native_optimizer';

export interface RpropOptions extends CapturableOptions {
  /** The size of the first step. */
  lr?: NumberLike;
  /** The factors by which a step shrinks when the gradient turned, and grows when it did not. */
  etas?: Pair;
  /** The smallest and the largest step. */
  step_sizes?: Pair;
}

export interface RpropState {
  step: Tensor;
  /** The gradient before. */
  prev: Tensor;
  step_size: Tensor;
}

type Options = Required<RpropOptions>;

const defaults: Options = {
  lr: 1e-2,
  etas: [0.5, 1.2],
  step_sizes: [1e-6, 50],
  capturable: false,
  foreach: null,
  maximize: false,
  differentiable: false,
};

/** PyTorch's order in a group. */
const order = ['lr', 'etas', 'step_sizes', 'foreach', 'maximize', 'differentiable', 'capturable'] as const;

/**
 * Resilient backpropagation: only the sign of the gradient counts. https://docs.pytorch.org/docs/2.13/generated/torch.optim.Rprop.html
 * @throws RangeError for an option out of its range
 */
export class Rprop extends NativeOptimizer<Options, RpropState> {
  protected readonly native = native.optim_rprop;
  protected readonly slots = ['step', 'prev', 'step_size'] as const;

  constructor(
    params: Params<RpropOptions>,
    ...args: Args<[lr: NumberLike, etas: Pair, step_sizes: Pair], RpropOptions>
  ) {
    const { params: given, options } = parse<Options>('Rprop', defaults, [params, ...args], 4);
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
