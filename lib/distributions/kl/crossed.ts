/** Divergences between distributions of different families. */
import { _torch } from '../../tensor/namespaces';
import type { Tensor } from '../../tensor/tensor';
import { Bernoulli } from '../bernoulli';
import { Beta } from '../beta';
import { ContinuousBernoulli } from '../continuous_bernoulli';
import { Exponential } from '../exponential';
import { Gamma } from '../gamma';
import { Gumbel } from '../gumbel';
import { Laplace } from '../laplace';
import { Normal } from '../normal';
import { Pareto } from '../pareto';
import { Poisson } from '../poisson';
import { Uniform } from '../uniform';
import { euler_constant } from '../utils';
import { register_kl } from './registry';
import { complement, gammaNormalizer, infiniteWhere, infinity, outside, xlogx } from './terms';

const unit = { lower_bound: 0, upper_bound: 1 };

register_kl(Bernoulli, Poisson)((p, q) => p.entropy().neg().sub(p.probs.mul(q.rate.log()).sub(q.rate)));

// ---- from a beta

function againstContinuousBernoulli(p: { entropy(): Tensor; mean: Tensor }, q: ContinuousBernoulli): Tensor {
  return p.entropy().neg().sub(p.mean.mul(q.logits)).sub(q.probs.neg().log1p()).sub(q._cont_bern_log_norm());
}

register_kl(Beta, ContinuousBernoulli)(againstContinuousBernoulli);

register_kl(Beta, Exponential)((p, q) => p.entropy().neg().sub(q.rate.log()).add(q.rate.mul(p.mean)));

register_kl(
  Beta,
  Gamma,
)((p, q) => {
  const total = p.concentration1.add(p.concentration0);
  const meanLog = p.concentration1.digamma().sub(total.digamma());
  return p
    .entropy()
    .neg()
    .add(gammaNormalizer(q))
    .sub(q.concentration.sub(1).mul(meanLog))
    .add(q.rate.mul(p.concentration1).div(total));
});

register_kl(
  Beta,
  Normal,
)((p, q) => {
  const { mean } = p;
  const variance = q.scale.pow(2);
  const total = p.concentration1.add(p.concentration0).add(1);
  const halfSquare = mean.mul(complement(mean)).div(total).add(mean.pow(2)).mul(0.5);
  const distance = halfSquare.sub(q.loc.mul(mean)).add(q.loc.pow(2).mul(0.5));
  return p.entropy().neg().add(variance.mul(2).mul(Math.PI).log().mul(0.5)).add(distance.div(variance));
});

register_kl(
  Beta,
  Uniform,
)((p, q) => {
  const result = p.entropy().neg().add(q.high.sub(q.low).log());
  return infiniteWhere(q.low.gt(0).bitwise_or(q.high.lt(1)), result);
});

// ---- from a continuous Bernoulli

register_kl(ContinuousBernoulli, Exponential)((p, q) => p.entropy().neg().sub(q.rate.log()).add(q.rate.mul(p.mean)));

register_kl(
  ContinuousBernoulli,
  Normal,
)((p, q) => {
  const constant = q.loc
    .div(q.scale)
    .square()
    .add(Math.log(2 * Math.PI))
    .mul(0.5)
    .add(q.scale.log());
  const square = p.variance.add(p.mean.square()).sub(q.loc.mul(2).mul(p.mean));
  return p
    .entropy()
    .neg()
    .add(constant)
    .add(square.div(q.scale.square().mul(2)));
});

register_kl(
  ContinuousBernoulli,
  Uniform,
)((p, q) => {
  const result = p.entropy().neg().add(q.high.sub(q.low).log());
  return _torch.where(_torch.max(q.low.ge(0), q.high.le(1)), infinity, result);
});

// ---- from an exponential

register_kl(
  Exponential,
  Gamma,
)((p, q) => {
  const ratio = q.rate.div(p.rate);
  return q.concentration
    .neg()
    .mul(ratio.log())
    .add(ratio)
    .add(q.concentration.lgamma())
    .add(q.concentration.mul(euler_constant))
    .sub(1 + euler_constant);
});

register_kl(
  Exponential,
  Gumbel,
)((p, q) => {
  const product = p.rate.mul(q.scale);
  const ratio = q.loc.div(q.scale);
  return product
    .log()
    .sub(1)
    .sub(ratio)
    .add(ratio.exp().mul(product).div(product.add(1)))
    .add(product.reciprocal());
});

register_kl(
  Exponential,
  Normal,
)((p, q) => {
  const variance = q.scale.pow(2);
  const square = p.rate.pow(2);
  const distance = square.reciprocal().sub(q.loc.div(p.rate)).add(q.loc.pow(2).mul(0.5));
  return square.mul(variance).mul(2).mul(Math.PI).log().mul(0.5).sub(1).add(distance.div(variance));
});

// ---- from a gamma

register_kl(
  Gamma,
  Exponential,
)((p, q) => p.entropy().neg().sub(q.rate.log()).add(q.rate.mul(p.concentration).div(p.rate)));

register_kl(
  Gamma,
  Gumbel,
)((p, q) => {
  const { concentration } = p;
  const product = p.rate.mul(q.scale);
  const ratio = q.loc.div(q.scale);
  const tail = ratio.exp().mul(product.reciprocal().add(1).pow(concentration.neg())).sub(ratio);
  return concentration
    .sub(1)
    .mul(concentration.digamma())
    .sub(concentration.lgamma())
    .sub(concentration)
    .add(product.log().add(concentration.div(product)))
    .add(tail);
});

register_kl(
  Gamma,
  Normal,
)((p, q) => {
  const { concentration, rate } = p;
  const variance = q.scale.pow(2);
  const square = rate.pow(2);
  const halfSquare = concentration.pow(2).add(concentration).mul(0.5).div(square);
  const distance = halfSquare.sub(q.loc.mul(concentration).div(rate)).add(q.loc.pow(2).mul(0.5));
  return square
    .mul(variance)
    .mul(2)
    .mul(Math.PI)
    .log()
    .mul(0.5)
    .sub(concentration)
    .sub(concentration.lgamma())
    .add(concentration.sub(1).mul(concentration.digamma()))
    .add(distance.div(variance));
});

// ---- from a Gumbel, a Laplace and a normal

register_kl(
  Gumbel,
  Normal,
)((p, q) => {
  const ratio = p.scale.div(q.scale);
  const spread = ratio.mul(Math.PI).mul(0.5).pow(2).div(3);
  const distance = p.loc.add(p.scale.mul(euler_constant)).sub(q.loc).div(q.scale).pow(2).mul(0.5);
  return ratio
    .div(Math.sqrt(2 * Math.PI))
    .log()
    .neg()
    .add(spread)
    .add(distance)
    .sub(euler_constant + 1);
});

register_kl(
  Laplace,
  Normal,
)((p, q) => {
  const variance = q.scale.pow(2);
  const ratio = p.scale.pow(2).div(variance);
  const distance = p.loc.pow(2).mul(0.5).sub(p.loc.mul(q.loc)).add(q.loc.pow(2).mul(0.5));
  return ratio.mul(2).div(Math.PI).log().mul(0.5).neg().add(ratio).add(distance.div(variance)).sub(1);
});

register_kl(
  Normal,
  Gumbel,
)((p, q) => {
  const [locP, locQ] = [p.loc.div(q.scale), q.loc.div(q.scale)];
  const ratio = p.scale.div(q.scale).pow(2);
  return ratio
    .log()
    .mul(0.5)
    .neg()
    .add(locP.sub(locQ))
    .add(locP.neg().add(ratio.mul(0.5)).add(locQ).exp())
    .sub(0.5 * (1 + Math.log(2 * Math.PI)));
});

register_kl(
  Normal,
  Laplace,
)((p, q) => {
  const difference = p.loc.sub(q.loc);
  const standard = difference.div(p.scale);
  const density = p.scale.mul(Math.sqrt(2 / Math.PI)).mul(standard.pow(2).mul(-0.5).exp());
  const mass = difference.mul(standard.mul(Math.sqrt(0.5)).erf());
  return p.scale
    .div(q.scale)
    .log()
    .neg()
    .add(density.add(mass).div(q.scale))
    .sub(0.5 * (1 + Math.log(0.5 * Math.PI)));
});

// ---- from a Pareto

register_kl(
  Pareto,
  Exponential,
)((p, q) => {
  const product = p.scale.mul(q.rate);
  const result = p.alpha
    .div(product)
    .log()
    .sub(p.alpha.reciprocal())
    .add(p.alpha.mul(product).div(p.alpha.sub(1)))
    .sub(1);
  return infiniteWhere(p.alpha.le(1), result);
});

register_kl(
  Pareto,
  Gamma,
)((p, q) => {
  const meanLog = p.scale.log().add(p.alpha.reciprocal());
  const result = p.alpha
    .log()
    .sub(meanLog)
    .add(gammaNormalizer(q))
    .add(complement(q.concentration).mul(meanLog))
    .add(q.rate.mul(p.alpha).mul(p.scale).div(p.alpha.sub(1)))
    .sub(1);
  return infiniteWhere(p.alpha.le(1), result);
});

register_kl(
  Pareto,
  Normal,
)((p, q) => {
  const { scale, alpha } = p;
  const share = scale.div(alpha.sub(1));
  const spread = alpha.mul(share.pow(2)).div(alpha.sub(2));
  const distance = alpha.mul(share).sub(q.loc).pow(2);
  const result = q.scale
    .mul(Math.sqrt(2 * Math.PI))
    .mul(alpha)
    .div(scale)
    .log()
    .sub(alpha.reciprocal())
    .add(spread.add(distance).div(q.scale.pow(2).mul(2)))
    .sub(1);
  return infiniteWhere(alpha.le(2), result);
});

// ---- from a uniform

/** E log x, times the width, without the width: x log x between the ends, minus the width. */
function logIntegral(high: Tensor, low: Tensor, width: Tensor): Tensor {
  return xlogx(high).sub(xlogx(low)).sub(width);
}

register_kl(
  Uniform,
  Beta,
)((p, q) => {
  const width = p.high.sub(p.low);
  const logs = q.concentration1
    .sub(1)
    .mul(logIntegral(p.high, p.low, width))
    .div(width);
  const complements = xlogx(complement(p.high))
    .sub(xlogx(complement(p.low)))
    .add(width);
  const result = q.concentration0
    .sub(1)
    .mul(complements)
    .div(width)
    .add(q._log_normalizer(q.concentration1, q.concentration0))
    .sub(width.log())
    .sub(logs);
  return infiniteWhere(outside(p.low, p.high, unit), result);
});

register_kl(
  Uniform,
  ContinuousBernoulli,
)((p, q) => {
  const result = againstContinuousBernoulli(p, q);
  return _torch.where(_torch.max(p.high.ge(1), p.low.le(0)), infinity, result);
});

register_kl(
  Uniform,
  Exponential,
)((p, q) => {
  const result = q.rate.mul(p.high.add(p.low)).div(2).sub(p.high.sub(p.low).mul(q.rate).log());
  return infiniteWhere(p.low.lt(0), result);
});

register_kl(
  Uniform,
  Gamma,
)((p, q) => {
  const width = p.high.sub(p.low);
  const logs = complement(q.concentration)
    .mul(logIntegral(p.high, p.low, width))
    .div(width);
  const result = width
    .log()
    .neg()
    .add(gammaNormalizer(q))
    .add(logs)
    .add(q.rate.mul(p.high.add(p.low)).div(2));
  return infiniteWhere(p.low.lt(0), result);
});

register_kl(
  Uniform,
  Gumbel,
)((p, q) => {
  const ratio = q.scale.div(p.high.sub(p.low));
  const high = p.high.sub(q.loc).div(q.scale);
  const low = p.low.sub(q.loc).div(q.scale);
  return ratio
    .log()
    .add(high.add(low).mul(0.5))
    .sub(ratio.mul(high.neg().exp().sub(low.neg().exp())));
});

register_kl(
  Uniform,
  Normal,
)((p, q) => {
  const width = p.high.sub(p.low);
  const spread = width.pow(2).div(12);
  const distance = p.high.add(p.low).sub(q.loc.mul(2)).div(2).pow(2);
  return q.scale
    .mul(Math.sqrt(Math.PI * 2))
    .div(width)
    .log()
    .add(spread.add(distance).mul(0.5).div(q.scale.pow(2)));
});

register_kl(
  Uniform,
  Pareto,
)((p, q) => {
  const width = p.high.sub(p.low);
  const normalizer = q.alpha.mul(q.scale.pow(q.alpha)).mul(width).log();
  const result = logIntegral(p.high, p.low, width).div(width).mul(q.alpha.add(1)).sub(normalizer);
  return infiniteWhere(p.low.lt(q.scale), result);
});
