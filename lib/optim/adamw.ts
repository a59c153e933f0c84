import { named, REQUIRED } from '../operators/keywords';
import { Adam, type AdamArguments, type AdamWOptions } from './adam';
import type { Args, Params } from './arguments';

const parameters = {
  params: REQUIRED,
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

/**
 * Adam with weight decay that shrinks the parameters themselves, not through the gradient's averages.
 * https://docs.pytorch.org/docs/2.13/generated/torch.optim.AdamW.html
 * @throws RangeError for an option out of its range
 */
export class AdamW extends Adam {
  constructor(params: Params<AdamWOptions>, ...args: Args<AdamArguments, AdamWOptions>) {
    const { params: given, ...options } = named<Required<AdamWOptions> & { params: Params<AdamWOptions> }>(
      'AdamW.__init__',
      parameters,
      [params, ...args],
      5,
    );
    super(given, { ...options, decoupled_weight_decay: true });
  }

  protected override restore(): void {
    super.restore();
    for (const group of this.param_groups) group.decoupled_weight_decay = true;
  }
}
