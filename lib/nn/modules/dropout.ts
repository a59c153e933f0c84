/** Dropout. https://docs.pytorch.org/docs/2.13/nn.html#dropout-layers */

import { requireNumber } from '../../arguments/checks';
import type { Tensor } from '../../tensor/tensor';
import * as F from '../functional';
import * as signatures from '../generated/nn';
import { Module } from './module';
import { float, repr } from './repr';

/** @internal Does something in training mode only. */
export abstract class _DropoutNd extends Module {
  p: number;
  inplace: boolean;

  constructor(...args: signatures.DropoutArgs) {
    super();
    const { p, inplace } = signatures.Dropout.read(args, new.target.name);
    requireNumber(`${new.target.name}.__init__`, 'p', p);
    if (p < 0 || p > 1) {
      throw new RangeError(`dropout probability has to be between 0 and 1, but got ${repr(p)}`);
    }
    this.p = p;
    this.inplace = inplace;
  }

  abstract override forward(input: Tensor): Tensor;

  override extra_repr(): string {
    return `p=${float(this.p)}, inplace=${repr(this.inplace)}`;
  }
}

/**
 * Zeroes elements and scales the others by 1/(1−p).
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.Dropout.html
 */
export class Dropout extends _DropoutNd {
  override forward(input: Tensor): Tensor {
    return F.dropout(input, this.p, this.training, this.inplace);
  }
}

/** Zeroes channels of (N, C, L) or (C, L). https://docs.pytorch.org/docs/2.13/generated/torch.nn.Dropout1d.html */
export class Dropout1d extends _DropoutNd {
  override forward(input: Tensor): Tensor {
    return F.dropout1d(input, this.p, this.training, this.inplace);
  }
}

/** Zeroes channels of (N, C, H, W). https://docs.pytorch.org/docs/2.13/generated/torch.nn.Dropout2d.html */
export class Dropout2d extends _DropoutNd {
  override forward(input: Tensor): Tensor {
    return F.dropout2d(input, this.p, this.training, this.inplace);
  }
}

/** Zeroes channels of (N, C, D, H, W). https://docs.pytorch.org/docs/2.13/generated/torch.nn.Dropout3d.html */
export class Dropout3d extends _DropoutNd {
  override forward(input: Tensor): Tensor {
    return F.dropout3d(input, this.p, this.training, this.inplace);
  }
}

/** Keeps mean and variance of a SELU's output. https://docs.pytorch.org/docs/2.13/generated/torch.nn.AlphaDropout.html */
export class AlphaDropout extends _DropoutNd {
  override forward(input: Tensor): Tensor {
    return F.alpha_dropout(input, this.p, this.training);
  }
}

/** Alpha dropout of channels. https://docs.pytorch.org/docs/2.13/generated/torch.nn.FeatureAlphaDropout.html */
export class FeatureAlphaDropout extends _DropoutNd {
  override forward(input: Tensor): Tensor {
    return F.feature_alpha_dropout(input, this.p, this.training);
  }
}
