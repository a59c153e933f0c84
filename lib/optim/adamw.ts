import { Adam, type AdamArguments, type AdamWOptions } from './adam';
import { type Args, type Params, parse } from './arguments';
import { floatOptions } from './optimizer';

const defaults: Required<AdamWOptions> = {
  lr: 1e-3,
  betas: [0.9, 0.999],
  eps: 1e-8,
  weight_decay: 1e-2,
  amsgrad: false,
  maximize: false,
  foreach: null,
  capturable: false,
  differentiable: false,
  fused: null,
};

const floats = [...floatOptions, 'weight_decay'];

/**
 * Adam with weight decay that shrinks the parameters themselves, not through the gradient's averages.
 * https://docs.pytorch.org/docs/2.13/generated/torch.optim.AdamW.html
 * @throws RangeError for an option out of its range
 */
export class AdamW extends Adam {
  constructor(params: Params<AdamWOptions>, ...args: Args<AdamArguments, AdamWOptions>) {
    const { params: given, options } = parse<Required<AdamWOptions>>('AdamW', defaults, [params, ...args], 5);
    super(given, { ...options, decoupled_weight_decay: true });
  }

  protected override get floats(): readonly string[] {
    return floats;
  }

  protected override restore(): void {
    super.restore();
    for (const group of this.param_groups) group.decoupled_weight_decay = true;
  }
}
