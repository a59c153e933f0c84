import type { Values } from '../arguments/signature';
import { native } from '../native/addon';
import type { Tensor } from '../tensor/tensor';
import type { ParamGroup } from './arguments';
import { check, checkLearningRate } from './checks';
import * as signatures from './generated/optim';
import { NativeOptimizer } from './native_optimizer';
import { floatOptions } from './optimizer';

export interface MuonState {
  momentum_buffer: Tensor;
}

type Options = Values<signatures.MuonOptions>;

const floats = [...floatOptions, 'weight_decay', 'momentum'];

/**
 * Muon: momentum made orthogonal, for matrices only. https://docs.pytorch.org/docs/2.13/generated/torch.optim.Muon.html
 * @throws RangeError for an option out of its range, or a parameter that is not a matrix
 */
export class Muon extends NativeOptimizer<Options, MuonState> {
  protected readonly native = native.optim_muon;
  protected readonly slots = ['momentum_buffer'] as const;
  protected override readonly counters = [];

  constructor(...args: signatures.MuonArgs) {
    const { params: given, ...options } = signatures.Muon.read(args);
    const { momentum, weight_decay, adjust_lr_fn } = options;
    checkLearningRate(options.lr, 'Learning rate should be >= 0 but is');
    check(momentum >= 0, 'momentum should be >= 0 but is', momentum);
    check(weight_decay >= 0, 'weight decay should be >= 0 but is', weight_decay);
    check(
      [null, 'original', 'match_rms_adamw'].includes(adjust_lr_fn),
      `Adjust learning rate function ${adjust_lr_fn} is not supported`,
    );
    super(given, options);
    for (const param of this.param_groups.flatMap((group) => group.params)) {
      const { shape } = param;
      check(
        shape.length === 2,
        `Muon only supports 2D parameters whereas we found a parameter with size: torch.Size([${shape.join(', ')}])`,
      );
    }
  }

  protected override get floats(): readonly string[] {
    return floats;
  }

  protected optionsOf(group: ParamGroup<Options>): unknown[] {
    const { lr, weight_decay, momentum, nesterov, ns_coefficients, eps, ns_steps, adjust_lr_fn } = group;
    const adjust = adjust_lr_fn === 'match_rms_adamw' ? 1 : 0;
    return [lr, weight_decay, momentum, nesterov, ns_coefficients, eps, ns_steps, adjust];
  }
}
