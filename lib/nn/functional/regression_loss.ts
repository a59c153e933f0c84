/** Losses between predicted and true numbers. https://docs.pytorch.org/docs/2.13/nn.functional.html#loss-functions */

import { no_grad } from '../../autograd/grad_mode';
import { warn } from '../../base/errors';
import { sameShape, sizeText } from '../../base/text';
import { _nn, _torch } from '../../tensor/namespaces';
import { Tensor } from '../../tensor/tensor';
import * as signatures from '../generated/nn_functional';
import { legacyReduction, type Reduction, reductionName, reductionNumber } from './reduction';

function warnOfShapes(input: Tensor, target: Tensor): void {
  warn(
    `Using a target size (${sizeText(target.shape)}) that is different to the input size (${sizeText(input.shape)}). ` +
      'This will likely lead to incorrect results due to broadcasting. Please ensure they have the same size.',
  );
}

function broadcast(input: Tensor, target: Tensor): [Tensor, Tensor] {
  if (sameShape(input.shape, target.shape)) return [input, target];
  warnOfShapes(input, target);
  return _torch.broadcast_tensors([input, target]) as [Tensor, Tensor];
}

/** The mean divides by what the weights add up to, or by the number of elements. */
function weighted(
  losses: Tensor,
  weight: Tensor,
  input: Tensor,
  reduction: Reduction,
  meanOverWeights: boolean,
): Tensor {
  if (!sameShape(weight.shape, input.shape)) throw new RangeError('Weights and input must have the same size.');
  const products = losses.mul(weight);
  switch (reduction) {
    case 'none':
      return products;
    case 'sum':
      return products.sum();
    case 'mean':
      return meanOverWeights ? products.sum().div(weight.sum()) : products.mean();
    default:
      throw new RangeError(`Invalid reduction mode: ${String(reduction)}. Expected one of 'none', 'mean', 'sum'.`);
  }
}

/** A loss between elements of the same place, with a weight for each or not. */
function elementLoss(
  [input, target, size_average, reduce, reduction, weight]: signatures.MseLossList,
  kernel: (input: Tensor, target: Tensor, reduction: number) => Tensor,
  element: (input: Tensor, target: Tensor) => Tensor,
): Tensor {
  const how = reductionName(size_average, reduce, reduction);
  const [x, y] = broadcast(input, target);
  return weight === null ? kernel(x, y, reductionNumber(how)) : weighted(element(x, y), weight, input, how, true);
}

/** (x − y)². https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.mse_loss.html */
export function mse_loss(...args: signatures.MseLossArgs): Tensor {
  return elementLoss(signatures.mse_loss.list(args), _nn.mse_loss, (x, y) => x.sub(y).pow(2));
}

/** |x − y|. https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.l1_loss.html */
export function l1_loss(...args: signatures.L1LossArgs): Tensor {
  return elementLoss(signatures.l1_loss.list(args), _nn.l1_loss, (x, y) => x.sub(y).abs());
}

/**
 * Quadratic for differences below `beta`, linear above.
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.smooth_l1_loss.html
 */
export function smooth_l1_loss(...args: signatures.SmoothL1LossArgs): Tensor {
  const [input, target, size_average, reduce, reduction, beta] = signatures.smooth_l1_loss.list(args);
  const how = legacyReduction(size_average, reduce, reduction);
  const [x, y] = broadcast(input, target);
  return beta === 0 ? _nn.l1_loss(x, y, how) : _nn.smooth_l1_loss(x, y, how, beta);
}

/**
 * Quadratic for differences below `delta`, `delta` times as steep as the L1 loss above.
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.huber_loss.html
 */
export function huber_loss(...args: signatures.HuberLossArgs): Tensor {
  const [input, target, reduction, delta, weight] = signatures.huber_loss.list(args);
  const [x, y] = broadcast(input, target);
  if (weight === null) return _nn.huber_loss(x, y, reductionNumber(reduction), delta);
  return weighted(_nn.huber_loss(x, y, reductionNumber('none'), delta), weight, input, reduction, false);
}

/**
 * The negative log likelihood of Poisson-distributed targets.
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.poisson_nll_loss.html
 */
export function poisson_nll_loss(...args: signatures.PoissonNllLossArgs): Tensor {
  const [input, target, log_input, full, size_average, eps, reduce, reduction] = signatures.poisson_nll_loss.list(args);
  return _torch.poisson_nll_loss(input, target, log_input, full, eps, legacyReduction(size_average, reduce, reduction));
}

/** Gives the variances the input's dimensions, or refuses them. */
function matchedVariance(input: Tensor, variance: Tensor): Tensor {
  const [wanted, got] = [input.shape, variance.shape];
  if (sameShape(wanted, got)) return variance;
  if (sameShape(wanted.slice(0, -1), got)) return variance.unsqueeze(-1);
  const different = got.reduce((sum, size, i) => (size === wanted[i] ? sum : sum + size), 0);
  if (wanted.length === got.length && different === 1) return variance; // one dimension of size 1 broadcasts
  throw new RangeError('var is of incorrect size');
}

/**
 * The negative log likelihood of normally distributed targets with the given variances, a tensor or one number.
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.gaussian_nll_loss.html
 */
export function gaussian_nll_loss(...args: signatures.GaussianNllLossArgs): Tensor {
  const [input, target, variance, full, eps, reduction] = signatures.gaussian_nll_loss.list(args);
  if (typeof variance !== 'number' && !(variance instanceof Tensor)) {
    throw new TypeError('gaussian_nll_loss(): var must be a Tensor or a number');
  }
  const negative = typeof variance === 'number' ? variance < 0 : variance.lt(0).any().is_nonzero();
  if (negative) throw new RangeError('var has negative entry/entries');
  const given = typeof variance === 'number' ? _torch.ones_like(input).mul(variance) : variance;
  const matched = matchedVariance(input, given);
  if (!['none', 'mean', 'sum'].includes(reduction)) throw new RangeError(`${reduction} is not valid`);
  const clamped = matched.clone();
  no_grad(() => {
    clamped.clamp_(eps);
  });
  const fit = clamped.log().add(input.sub(target).pow(2).div(clamped)).mul(0.5);
  const loss = full ? fit.add(0.5 * Math.log(2 * Math.PI)) : fit;
  return reduction === 'mean' ? loss.mean() : reduction === 'sum' ? loss.sum() : loss;
}
