import type { Values } from '../arguments/signature';
import { native } from '../native/addon';
import type { Tensor } from '../tensor/tensor';
import type { ParamGroup } from './arguments';
import { check, checkLearningRate } from './checks';
import * as signatures from './generated/optim';
import { NativeOptimizer } from './native_optimizer';
import { floatOptions } from './optimizer';

/** Matrices have the variances of rows and columns, vectors their own. */
export interface AdafactorState {
  step: Tensor;
  row_var?: Tensor;
  col_var?: Tensor;
  variance?: Tensor;
}

type Options = Values<signatures.AdafactorOptions>;

const floats = [...floatOptions, 'weight_decay'];

/**
 * Adafactor, which keeps the second moments of matrices by rows and columns. https://docs.pytorch.org/docs/2.13/generated/torch.optim.Adafactor.html
 * @throws RangeError for an option out of its range
 */
export class Adafactor extends NativeOptimizer<Options, AdafactorState> {
  protected readonly native = native.optim_adafactor;
  protected readonly slots = ['step', 'row_var', 'col_var', 'variance'] as const;

  constructor(...args: signatures.AdafactorArgs) {
    const { params: given, ...options } = signatures.Adafactor.read(args);
    const { beta2_decay, eps, d, weight_decay } = options;
    checkLearningRate(options.lr, 'Learning rate should be >= 0 but is');
    check(beta2_decay <= 0, 'beta2_decay should be <= 0 but is', beta2_decay);
    check(eps[0] === null || eps[0] >= 0, 'epsilon1 should be >= 0 but is', eps[0]);
    check(eps[1] >= 0, 'epsilon2 should be >= 0 but is', eps[1]);
    check(d >= 1, 'Clipping threshold d should be >= 1 but is', d);
    check(weight_decay >= 0, 'weight_decay should be >= 0 but is', weight_decay);
    super(given, options);
  }

  protected override get floats(): readonly string[] {
    return floats;
  }

  protected optionsOf(group: ParamGroup<Options>): unknown[] {
    const { lr, weight_decay, maximize, beta2_decay, eps, d, foreach } = group;
    return [lr, weight_decay, maximize, beta2_decay, eps[0], eps[1], d, foreach === true];
  }
}
