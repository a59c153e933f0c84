import type { Values } from '../arguments/signature';
import { TorchError } from '../base/errors';
import { native } from '../native/addon';
import type { Tensor } from '../tensor/tensor';
import type { ParamGroup } from './arguments';
import { check, checkLearningRate, checkNotNegative } from './checks';
import * as signatures from './generated/optim';
import { commonOf, NativeOptimizer } from './native_optimizer';

export interface SGDState {
  momentum_buffer?: Tensor;
}

type Options = Values<signatures.SGDOptions>;

/**
 * Stochastic gradient descent, with momentum if wanted. https://docs.pytorch.org/docs/2.13/generated/torch.optim.SGD.html
 * @throws RangeError for an option out of its range
 */
export class SGD extends NativeOptimizer<Options, SGDState> {
  protected readonly native = native.optim_sgd;
  protected readonly slots = ['momentum_buffer'] as const;
  protected override readonly counters = [];
  /** @internal set by GradScaler for fused kernels, which unscale the gradients themselves */
  grad_scale: Tensor | null = null;
  /** @internal */
  found_inf: Tensor | null = null;
  /** @internal */
  readonly _step_supports_amp_scaling: boolean;

  constructor(...args: signatures.SGDArgs) {
    const { params: given, ...options } = signatures.SGD.read(args);
    checkLearningRate(options.lr);
    checkNotNegative('momentum value', options.momentum);
    checkNotNegative('weight_decay value', options.weight_decay);
    check(
      !options.nesterov || (options.momentum > 0 && options.dampening === 0),
      'Nesterov momentum requires a momentum and zero dampening',
    );
    super(given, options);
    checkFused(options);
    this._step_supports_amp_scaling = options.fused === true;
  }

  protected optionsOf(group: ParamGroup<Options>): unknown[] {
    const { momentum, dampening, nesterov, fused } = group;
    return [...commonOf(group), momentum, dampening, nesterov, fused === true, this.grad_scale, this.found_inf];
  }
}

/** @throws TorchError for options that the fused kernels exclude */
export function checkFused(options: { fused: boolean | null; foreach: boolean | null; differentiable: boolean }): void {
  if (!options.fused) return;
  if (options.differentiable) throw new TorchError('`fused` does not support `differentiable`');
  if (options.foreach) throw new TorchError('`fused` and `foreach` cannot be `True` together.');
}
