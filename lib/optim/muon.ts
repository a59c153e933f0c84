import { native } from '../native/addon';
import type { Tensor } from '../tensor/tensor';
import { type Args, type ParamGroup, type Params, parse } from './arguments';
import { check, checkLearningRate, type NumberLike } from './checks';
import { NativeOptimizer } from './native_optimizer';
import { floatOptions } from './optimizer';

type Coefficients = readonly [number, number, number];
/** How the learning rate follows the shape of a matrix. */
type AdjustLr = 'original' | 'match_rms_adamw';

export interface MuonOptions {
  /** Learning rate. */
  lr?: NumberLike;
  /** How much of a parameter a step takes away, in units of the learning rate. */
  weight_decay?: number;
  momentum?: number;
  nesterov?: boolean;
  /** Of the polynomial that makes the update orthogonal. */
  ns_coefficients?: Coefficients;
  /** Keeps the norm from zero. */
  eps?: number;
  /** How often the polynomial is applied. */
  ns_steps?: number;
  adjust_lr_fn?: AdjustLr | null;
}

export interface MuonState {
  momentum_buffer: Tensor;
}

type Options = Required<MuonOptions>;

const defaults: Options = {
  lr: 1e-3,
  weight_decay: 0.1,
  momentum: 0.95,
  nesterov: true,
  ns_coefficients: [3.4445, -4.775, 2.0315],
  eps: 1e-7,
  ns_steps: 5,
  adjust_lr_fn: null,
};

const floats = [...floatOptions, 'weight_decay', 'momentum'];

/**
 * Muon: momentum made orthogonal, for matrices only. https://docs.pytorch.org/docs/2.13/generated/torch.optim.Muon.html
 * @throws RangeError for an option out of its range, or a parameter that is not a matrix
 */
export class Muon extends NativeOptimizer<Options, MuonState> {
  protected readonly native = native.optim_muon;
  protected readonly slots = ['momentum_buffer'] as const;
  protected override readonly counters = [];

  constructor(
    params: Params<MuonOptions>,
    ...args: Args<
      [
        lr: NumberLike,
        weight_decay: number,
        momentum: number,
        nesterov: boolean,
        ns_coefficients: Coefficients,
        eps: number,
        ns_steps: number,
        adjust_lr_fn: AdjustLr | null,
      ],
      MuonOptions
    >
  ) {
    const { params: given, options } = parse<Options>('Muon', defaults, [params, ...args]);
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
