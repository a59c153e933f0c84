import { grad } from '../autograd/engine';
import { NotImplementedError } from '../base/errors';
import type { Tensor } from '../tensor/tensor';
import { Distribution } from './distribution';
import { classText } from './text';

/**
 * The base of exponential families, p(x; θ) = exp(⟨t(x), θ⟩ − F(θ) + k(x)): entropies and divergences follow from the
 * log normalizer F and its gradient. https://docs.pytorch.org/docs/2.13/distributions.html#exponentialfamily
 */
export class ExponentialFamily extends Distribution {
  /** The natural parameters θ. */
  get _natural_params(): Tensor[] {
    throw new NotImplementedError(`${classText(this)} does not implement _natural_params`);
  }

  /** F(θ) */
  _log_normalizer(..._natural_params: Tensor[]): Tensor {
    throw new NotImplementedError(`${classText(this)} does not implement _log_normalizer`);
  }

  /** The mean of k(x). */
  get _mean_carrier_measure(): number {
    throw new NotImplementedError(`${classText(this)} does not implement _mean_carrier_measure`);
  }

  override entropy(): Tensor {
    const carrier = this._mean_carrier_measure;
    const natural = this._natural_params.map((parameter) => parameter.detach().requires_grad_());
    const normalizer = this._log_normalizer(...natural);
    const gradients = grad(normalizer.sum(), natural, { create_graph: true });
    const inner = natural.map((parameter, i) =>
      parameter
        .mul(gradients[i]!)
        .reshape([...this.batch_shape, -1])
        .sum(-1),
    );
    return inner.reduce((entropy, term) => entropy.sub(term), normalizer.sub(carrier));
  }
}
