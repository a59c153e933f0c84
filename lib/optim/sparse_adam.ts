import type { Values } from '../arguments/signature';
import { native } from '../native/addon';
import type { Tensor } from '../tensor/tensor';
import type { ParamGroup } from './arguments';
import { check, checkBetas, checkLearningRate, numberOf } from './checks';
import * as signatures from './generated/optim';
import { NativeOptimizer } from './native_optimizer';

export interface SparseAdamState {
  step: number;
  exp_avg: Tensor;
  exp_avg_sq: Tensor;
}

type Options = Values<signatures.SparseAdamOptions>;

/**
 * Adam for sparse gradients: only rows that have one change, and so do their averages.
 * https://docs.pytorch.org/docs/2.13/generated/torch.optim.SparseAdam.html
 * @throws RangeError for an option out of its range, or a parameter that is sparse or complex
 */
export class SparseAdam extends NativeOptimizer<Options, SparseAdamState> {
  protected readonly native = native.optim_sparse_adam;
  protected readonly slots = ['exp_avg', 'exp_avg_sq'] as const;
  protected override readonly counters = [];

  constructor(...args: signatures.SparseAdamArgs) {
    const { params: given, ...options } = signatures.SparseAdam.read(args);
    checkLearningRate(options.lr);
    check(numberOf(options.lr) > 0, 'Invalid learning rate', options.lr);
    check(options.eps > 0, 'Invalid epsilon value', options.eps);
    checkBetas(options.betas);
    super(given, options);
    const sparse = this.placesOf((param) => param.is_sparse);
    check(sparse === '', `Sparse params at indices [${sparse}]: SparseAdam requires dense parameter tensors`);
    const complex = this.placesOf((param) => param.is_complex());
    check(complex === '', `Complex params at indices [${complex}]: SparseAdam does not support complex parameters`);
  }

  /** Group and position of the parameters that `is` finds. */
  private placesOf(is: (param: Tensor) => boolean): string {
    const places = this.param_groups.flatMap((group, g) => group.params.map((param, i) => ({ param, g, i })));
    return places
      .filter(({ param }) => is(param))
      .map(({ g, i }) => `[${g}, ${i}]`)
      .join(', ');
  }

  /** The native step reports every parameter that it updated. */
  protected override keep(param: Tensor, made: (Tensor | null)[]): void {
    const [exp_avg, exp_avg_sq] = made as Tensor[];
    this.state.set(param, {
      ...this.state.get(param),
      step: (this.state.get(param)?.step ?? 0) + 1,
      exp_avg: exp_avg!,
      exp_avg_sq: exp_avg_sq!,
    });
  }

  protected optionsOf(group: ParamGroup<Options>): unknown[] {
    const { lr, betas, eps, maximize, params } = group;
    return [lr, betas[0], betas[1], eps, maximize ?? false, params.map((param) => this.state.get(param)?.step ?? 0)];
  }
}
