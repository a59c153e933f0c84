import { Adam } from './adam';
import * as signatures from './generated/optim';
import { floatOptions } from './optimizer';

const floats = [...floatOptions, 'weight_decay'];

/**
 * Adam with weight decay that shrinks the parameters themselves, not through the gradient's averages.
 * https://docs.pytorch.org/docs/2.13/generated/torch.optim.AdamW.html
 * @throws RangeError for an option out of its range
 */
export class AdamW extends Adam {
  constructor(...args: signatures.AdamWArgs) {
    const { params, ...options } = signatures.AdamW.read(args);
    super(params, { ...options, decoupled_weight_decay: true });
  }

  protected override get floats(): readonly string[] {
    return floats;
  }

  protected override restore(): void {
    super.restore();
    for (const group of this.param_groups) group.decoupled_weight_decay = true;
  }
}
