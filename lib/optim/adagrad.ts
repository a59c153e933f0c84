import type { Values } from '../arguments/signature';
import { Complex } from '../base/types';
import { native } from '../native/addon';
import { callOperator } from '../operators/operator';
import type { Tensor } from '../tensor/tensor';
import { inOrder, type ParamGroup } from './arguments';
import { checkLearningRate, checkNotNegative } from './checks';
import * as signatures from './generated/optim';
import { commonOf, counter, NativeOptimizer } from './native_optimizer';
import { checkFused } from './sgd';

export interface AdagradState {
  step: Tensor;
  sum: Tensor;
}

type Options = Values<signatures.AdagradOptions>;

/** PyTorch's order in a group. */
const order = [
  ...(['lr', 'lr_decay', 'eps', 'weight_decay', 'initial_accumulator_value', 'foreach', 'maximize'] as const),
  ...(['differentiable', 'fused'] as const),
];

/**
 * Adagrad; gradients may be sparse. https://docs.pytorch.org/docs/2.13/generated/torch.optim.Adagrad.html
 * @throws RangeError for an option out of its range
 */
export class Adagrad extends NativeOptimizer<Options, AdagradState> {
  protected readonly native = native.optim_adagrad;
  protected readonly slots = ['step', 'sum'] as const;
  /** @internal set by GradScaler for fused kernels, which unscale the gradients themselves */
  grad_scale: Tensor | null = null;
  /** @internal */
  found_inf: Tensor | null = null;
  /** @internal */
  readonly _step_supports_amp_scaling: boolean;

  constructor(...args: signatures.AdagradArgs) {
    const { params: given, ...options } = signatures.Adagrad.read(args);
    checkLearningRate(options.lr);
    checkNotNegative('lr_decay value', options.lr_decay);
    checkNotNegative('weight_decay value', options.weight_decay);
    checkNotNegative('initial_accumulator_value value', options.initial_accumulator_value);
    checkNotNegative('epsilon value', options.eps);
    super(given, inOrder(options, order));
    checkFused(options);
    this._step_supports_amp_scaling = options.fused === true;
    for (const group of this.param_groups) this.start(group);
  }

  /** Unlike other optimizers, Adagrad has state before its first step. */
  private start(group: ParamGroup<Options>): void {
    const initial = group.initial_accumulator_value;
    for (const param of group.params) {
      const value = param.is_complex() ? new Complex(initial, initial) : initial;
      const step = group.fused ? counter(0).to(param.device) : counter(0);
      this.state.set(param, { step, sum: callOperator<Tensor>('full_like', param.detach(), value) });
    }
  }

  protected optionsOf(group: ParamGroup<Options>): unknown[] {
    const { lr_decay, eps, fused } = group;
    const initial = this.defaults.initial_accumulator_value;
    return [...commonOf(group), lr_decay, eps, initial, fused === true, this.grad_scale, this.found_inf];
  }
}
