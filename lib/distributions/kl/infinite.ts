/** Divergences that are infinite, because the first distribution has values that the second has not. */
import type { Tensor } from '../../tensor/tensor';
import { Bernoulli } from '../bernoulli';
import { Beta } from '../beta';
import { Binomial } from '../binomial';
import { ContinuousBernoulli } from '../continuous_bernoulli';
import type { Distribution } from '../distribution';
import { Exponential } from '../exponential';
import { Gamma } from '../gamma';
import { Gumbel } from '../gumbel';
import { Laplace } from '../laplace';
import type { Class } from '../lazy';
import { Normal } from '../normal';
import { Pareto } from '../pareto';
import { Poisson } from '../poisson';
import { Uniform } from '../uniform';
import { register_kl } from './registry';
import { infiniteLike } from './terms';

function register<P extends Distribution>(
  type_p: Class<P>,
  parameter: (p: P) => Tensor,
  types_q: readonly Class<Distribution>[],
): void {
  for (const type_q of types_q) register_kl(type_p, type_q)((p) => infiniteLike(parameter(p)));
}

const bounded = [Beta, ContinuousBernoulli, Pareto, Uniform];
const halfLine = [Exponential, Gamma];

register(Beta, (p) => p.concentration1, [Pareto]);
register(ContinuousBernoulli, (p) => p.probs, [Pareto]);
register(Exponential, (p) => p.rate, bounded);
register(Gamma, (p) => p.concentration, bounded);
register(Gumbel, (p) => p.loc, [...bounded, ...halfLine]);
register(Laplace, (p) => p.loc, [...bounded, ...halfLine]);
register(Normal, (p) => p.loc, [...bounded, ...halfLine]);
register(Pareto, (p) => p.scale, [Beta, ContinuousBernoulli, Uniform]);
register(Poisson, (p) => p.rate, [Bernoulli, Binomial]);
