import type { Values } from '../arguments/signature';
import { native } from '../native/addon';
import { Tensor } from '../tensor/tensor';
import { inOrder, type ParamGroup } from './arguments';
import { check, checkBetas, checkLearningRate, checkNotNegative, type NumberLike } from './checks';
import * as signatures from './generated/optim';
import { commonOf, NativeOptimizer } from './native_optimizer';
import { checkFused } from './sgd';

export interface AdamState {
  step: Tensor;
  exp_avg: Tensor;
  exp_avg_sq: Tensor;
  max_exp_avg_sq?: Tensor;
}

type Options = Values<signatures.AdamOptions>;

/** PyTorch's order in a group. */
const order = [
  ...(['lr', 'betas', 'eps', 'weight_decay', 'amsgrad', 'maximize', 'foreach', 'capturable'] as const),
  ...(['differentiable', 'fused', 'decoupled_weight_decay'] as const),
];

/**
 * Gradients scaled by running means of them and of their squares, one step a parameter group in one native call.
 * https://docs.pytorch.org/docs/2.13/generated/torch.optim.Adam.html
 * @throws RangeError for an option out of its range
 */
export class Adam extends NativeOptimizer<Options, AdamState> {
  protected readonly native = native.optim_adam;
  protected readonly slots = ['step', 'exp_avg', 'exp_avg_sq', 'max_exp_avg_sq'] as const;
  /** @internal set by GradScaler for fused kernels, which unscale the gradients themselves */
  grad_scale: Tensor | null = null;
  /** @internal */
  found_inf: Tensor | null = null;
  /** @internal */
  readonly _step_supports_amp_scaling: boolean;

  constructor(...args: signatures.AdamArgs) {
    const { params: given, ...options } = signatures.Adam.read(args);
    checkOptions(options);
    super(given, { ...inOrder(options, order), betas: [scalarOf(options.betas[0]), scalarOf(options.betas[1])] });
    checkFused(options);
    this._step_supports_amp_scaling = options.fused === true;
  }

  protected optionsOf(group: ParamGroup<Options>): unknown[] {
    const { betas, eps, amsgrad, fused } = group;
    return [...commonOf(group), betas[0], betas[1], eps, amsgrad, fused === true, this.grad_scale, this.found_inf];
  }
}

function checkOptions(options: Options): void {
  const { lr, betas, eps, weight_decay, foreach, capturable } = options;
  const onlyNumbers = foreach && !capturable;
  const reason = 'as a Tensor is not supported for capturable=False and foreach=True';
  check(!(lr instanceof Tensor && onlyNumbers), `lr ${reason}`);
  checkLearningRate(lr);
  checkNotNegative('epsilon value', eps);
  checkBetas(betas);
  checkNotNegative('weight_decay value', weight_decay);
  check(betas[0] instanceof Tensor === betas[1] instanceof Tensor, 'betas must be either both floats or both Tensors');
  betas.forEach((beta, i) => {
    if (!(beta instanceof Tensor)) return;
    check(!onlyNumbers, `betas[${i}] ${reason}`);
    check(beta.numel() === 1, `Tensor betas[${i}] must be 1-element`);
  });
}

function scalarOf(value: NumberLike): NumberLike {
  return value instanceof Tensor && value.dim() > 0 ? value.squeeze() : value;
}
