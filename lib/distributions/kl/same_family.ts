/** Divergences between distributions of one family. */
import { grad } from '../../autograd/engine';
import { NotImplementedError } from '../../base/errors';
import { softplus } from '../../nn/functional/activation';
import type { Tensor } from '../../tensor/tensor';
import { Bernoulli } from '../bernoulli';
import { Beta } from '../beta';
import { Binomial } from '../binomial';
import { Categorical } from '../categorical';
import { Cauchy } from '../cauchy';
import { ContinuousBernoulli } from '../continuous_bernoulli';
import { Dirichlet } from '../dirichlet';
import { ExponentialFamily } from '../exp_family';
import { Exponential } from '../exponential';
import { Gamma } from '../gamma';
import { Geometric } from '../geometric';
import { Gumbel } from '../gumbel';
import { HalfNormal } from '../half_normal';
import { Independent } from '../independent';
import { Laplace } from '../laplace';
import { Normal } from '../normal';
import { OneHotCategorical } from '../one_hot_categorical';
import { Pareto } from '../pareto';
import { Poisson } from '../poisson';
import { TransformedDistribution } from '../transformed_distribution';
import { sameTransforms } from '../transforms/compose';
import { Uniform } from '../uniform';
import { euler_constant, sumRightmost } from '../utils';
import { kl_divergence, register_kl } from './registry';
import { complement, infiniteWhere, setWhere_ } from './terms';

register_kl(
  Bernoulli,
  Bernoulli,
)((p, q) => {
  const ones = p.probs.mul(softplus(q.logits.neg()).sub(softplus(p.logits.neg())));
  infiniteWhere(q.probs.eq(0), ones);
  setWhere_(ones, p.probs.eq(0), 0);
  const zeros = complement(p.probs).mul(softplus(q.logits).sub(softplus(p.logits)));
  infiniteWhere(q.probs.eq(1), zeros);
  setWhere_(zeros, p.probs.eq(1), 0);
  return ones.add(zeros);
});

register_kl(
  Beta,
  Beta,
)((p, q) => {
  const sumP = p.concentration1.add(p.concentration0);
  const sumQ = q.concentration1.add(q.concentration0);
  const normalizerQ = q.concentration1.lgamma().add(q.concentration0.lgamma()).add(sumP.lgamma());
  const normalizerP = p.concentration1.lgamma().add(p.concentration0.lgamma()).add(sumQ.lgamma());
  return normalizerQ
    .sub(normalizerP)
    .add(p.concentration1.sub(q.concentration1).mul(p.concentration1.digamma()))
    .add(p.concentration0.sub(q.concentration0).mul(p.concentration0.digamma()))
    .add(sumQ.sub(sumP).mul(sumP.digamma()));
});

register_kl(
  Binomial,
  Binomial,
)((p, q) => {
  if (p.total_count.lt(q.total_count).any().is_nonzero()) {
    throw new NotImplementedError('KL between Binomials where q.total_count > p.total_count is not implemented');
  }
  const one = p.probs.mul(p.logits.sub(q.logits)).add(p.probs.neg().log1p()).sub(q.probs.neg().log1p());
  return infiniteWhere(p.total_count.gt(q.total_count), p.total_count.mul(one));
});

function categorical(p: Categorical, q: Categorical): Tensor {
  const terms = p.probs.mul(p.logits.sub(q.logits));
  infiniteWhere(q.probs.eq(0), terms);
  return setWhere_(terms, p.probs.eq(0), 0).sum(-1);
}

register_kl(Categorical, Categorical)(categorical);
register_kl(OneHotCategorical, OneHotCategorical)((p, q) => categorical(p._categorical, q._categorical));

register_kl(
  ContinuousBernoulli,
  ContinuousBernoulli,
)((p, q) => {
  const difference = p.mean.mul(p.logits.sub(q.logits));
  const ofP = p._cont_bern_log_norm().add(p.probs.neg().log1p());
  const ofQ = q._cont_bern_log_norm().neg().sub(q.probs.neg().log1p());
  return difference.add(ofP).add(ofQ);
});

register_kl(
  Dirichlet,
  Dirichlet,
)((p, q) => {
  const [sumP, sumQ] = [p.concentration.sum(-1), q.concentration.sum(-1)];
  const normalizers = sumP.lgamma().sub(sumQ.lgamma());
  const gammas = p.concentration.lgamma().sub(q.concentration.lgamma()).sum(-1);
  const means = p.concentration.digamma().sub(sumP.digamma().unsqueeze(-1));
  return normalizers.sub(gammas).add(p.concentration.sub(q.concentration).mul(means).sum(-1));
});

register_kl(
  Exponential,
  Exponential,
)((p, q) => {
  const ratio = q.rate.div(p.rate);
  return ratio.log().neg().add(ratio).sub(1);
});

/** The Bregman divergence of the log normalizer. */
register_kl(
  ExponentialFamily,
  ExponentialFamily,
)((p, q) => {
  if (p.constructor !== q.constructor) {
    throw new NotImplementedError(
      'The cross KL-divergence between different exponential families cannot be computed using Bregman divergences',
    );
  }
  const ofP = p._natural_params.map((parameter) => parameter.detach().requires_grad_());
  const ofQ = q._natural_params;
  const normalizer = p._log_normalizer(...ofP);
  const gradients = grad(normalizer.sum(), ofP, { create_graph: true });
  const event_dim = q.event_shape.length;
  return ofP.reduce(
    (result, parameter, i) => {
      const term = ofQ[i]!.sub(parameter).mul(gradients[i]!);
      return result.sub(sumRightmost(term, event_dim));
    },
    q._log_normalizer(...ofQ).sub(normalizer),
  );
});

register_kl(
  Gamma,
  Gamma,
)((p, q) =>
  q.concentration
    .mul(p.rate.div(q.rate).log())
    .add(q.concentration.lgamma().sub(p.concentration.lgamma()))
    .add(p.concentration.sub(q.concentration).mul(p.concentration.digamma()))
    .add(q.rate.sub(p.rate).mul(p.concentration.div(p.rate))),
);

register_kl(
  Gumbel,
  Gumbel,
)((p, q) => {
  const ratio = p.scale.div(q.scale);
  const [locP, locQ] = [p.loc.div(q.scale), q.loc.div(q.scale)];
  return ratio
    .log()
    .neg()
    .sub(locQ)
    .add(locP)
    .add(ratio.mul(euler_constant))
    .add(locQ.add(ratio.add(1).lgamma()).sub(locP).exp())
    .sub(1 + euler_constant);
});

register_kl(Geometric, Geometric)((p, q) => p.entropy().neg().sub(q.probs.neg().log1p().div(p.probs)).sub(q.logits));

register_kl(
  Laplace,
  Laplace,
)((p, q) => {
  const ratio = p.scale.div(q.scale);
  const distance = p.loc.sub(q.loc).abs();
  return ratio
    .log()
    .neg()
    .add(distance.div(q.scale))
    .add(ratio.mul(distance.neg().div(p.scale).exp()))
    .sub(1);
});

function normal(p: Normal, q: Normal): Tensor {
  const ratio = p.scale.div(q.scale).pow(2);
  const distance = p.loc.sub(q.loc).div(q.scale).pow(2);
  return ratio.add(distance).sub(1).sub(ratio.log()).mul(0.5);
}

register_kl(Normal, Normal)(normal);
register_kl(HalfNormal, HalfNormal)((p, q) => normal(p.base_dist, q.base_dist));

register_kl(
  Pareto,
  Pareto,
)((p, q) => {
  const ratio = q.alpha.div(p.alpha);
  const result = q.alpha.mul(p.scale.div(q.scale).log()).add(ratio.log().neg()).add(ratio).sub(1);
  return infiniteWhere(p.scale.lt(q.scale), result);
});

register_kl(Poisson, Poisson)((p, q) => p.rate.mul(p.rate.log().sub(q.rate.log())).sub(p.rate.sub(q.rate)));

register_kl(
  TransformedDistribution,
  TransformedDistribution,
)((p, q) => {
  const { event_shape } = q;
  const sameEvents =
    p.event_shape.length === event_shape.length && p.event_shape.every((size, i) => size === event_shape[i]);
  if (!sameTransforms(p.transforms, q.transforms) || !sameEvents) {
    throw new NotImplementedError('KL between distributions with different transforms is not implemented');
  }
  return kl_divergence(p.base_dist, q.base_dist);
});

register_kl(
  Uniform,
  Uniform,
)((p, q) => {
  const result = q.high.sub(q.low).div(p.high.sub(p.low)).log();
  return infiniteWhere(q.low.gt(p.low).bitwise_or(q.high.lt(p.high)), result);
});

register_kl(
  Independent,
  Independent,
)((p, q) => {
  if (p.reinterpreted_batch_ndims !== q.reinterpreted_batch_ndims) {
    throw new NotImplementedError(
      'KL between distributions with different reinterpreted_batch_ndims is not implemented',
    );
  }
  return sumRightmost(kl_divergence(p.base_dist, q.base_dist), p.reinterpreted_batch_ndims);
});

register_kl(
  Cauchy,
  Cauchy,
)((p, q) => {
  const squares = p.scale.add(q.scale).pow(2).add(p.loc.sub(q.loc).pow(2));
  return squares.log().sub(p.scale.mul(4).mul(q.scale).log());
});
