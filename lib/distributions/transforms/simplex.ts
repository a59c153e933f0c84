/** Transforms of vectors onto the simplex. */

import { logsigmoid } from '../../nn/functional/activation';
import { pad } from '../../nn/functional/padding';
import { _torch } from '../../tensor/namespaces';
import { finfo } from '../../tensor/numeric_limits';
import type { Tensor } from '../../tensor/tensor';
import { type Constraint, real_vector, simplex } from '../constraints';
import { rsub } from '../utils';
import { clippedSigmoid } from './elementwise';
import { Transform } from './transform';

abstract class OntoSimplex extends Transform {
  override get domain(): Constraint {
    return real_vector;
  }

  override get codomain(): Constraint {
    return simplex;
  }

  override equals(other: unknown): boolean {
    return other instanceof this.constructor;
  }
}

/** A shape whose last size is larger by `by`. */
function lengthened(shape: readonly number[], by: number): number[] {
  if (shape.length < 1) throw new RangeError('Too few dimensions on input');
  return [...shape.slice(0, -1), shape.at(-1)! + by];
}

/** y = softmax(x), which forgets the scale of exp(x). https://docs.pytorch.org/docs/2.13/distributions.html#torch.distributions.transforms.SoftmaxTransform */
export class SoftmaxTransform extends OntoSimplex {
  protected override _call(x: Tensor): Tensor {
    const weights = x.sub(x.max(-1, true)[0]).exp();
    return weights.div(weights.sum(-1, true));
  }

  protected override _inverse(y: Tensor): Tensor {
    return y.log();
  }

  override forward_shape(shape: readonly number[]): number[] {
    return lengthened(shape, 0);
  }

  override inverse_shape(shape: readonly number[]): number[] {
    return lengthened(shape, 0);
  }
}

/** For n breaks, how many pieces the rest of the stick makes at each: n, n − 1, …, 1. */
function piecesLeft(n: number, like: Tensor): Tensor {
  return rsub(n + 1, like.new_ones([n]).cumsum(-1));
}

/**
 * n numbers to n + 1 probabilities: each breaks its share off what is left of a stick.
 * https://docs.pytorch.org/docs/2.13/distributions.html#torch.distributions.transforms.StickBreakingTransform
 */
export class StickBreakingTransform extends OntoSimplex {
  override get bijective(): boolean {
    return true;
  }

  protected override _call(x: Tensor): Tensor {
    const share = clippedSigmoid(x.sub(piecesLeft(x.shape.at(-1)!, x).log()));
    const left = rsub(1, share).cumprod(-1);
    return pad(share, [0, 1], { value: 1 }).mul(pad(left, [1, 0], { value: 1 }));
  }

  protected override _inverse(y: Tensor): Tensor {
    const broken = y.index('...', ':-1');
    const pieces = piecesLeft(broken.shape.at(-1)!, y);
    const left = _torch.clamp(rsub(1, broken.cumsum(-1)), { min: finfo(y.dtype).tiny });
    return broken.log().sub(left.log()).add(pieces.log());
  }

  override log_abs_det_jacobian(x: Tensor, y: Tensor): Tensor {
    const shifted = x.sub(piecesLeft(x.shape.at(-1)!, x).log());
    return shifted.neg().add(logsigmoid(shifted)).add(y.index('...', ':-1').log()).sum(-1);
  }

  override forward_shape(shape: readonly number[]): number[] {
    return lengthened(shape, 1);
  }

  override inverse_shape(shape: readonly number[]): number[] {
    return lengthened(shape, -1);
  }
}
