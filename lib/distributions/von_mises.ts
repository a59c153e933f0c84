import { no_grad } from '../autograd/grad_mode';
import { dtypes } from '../base/types';
import { _torch } from '../tensor/namespaces';
import type { Tensor } from '../tensor/tensor';
import { positive, real } from './constraints';
import { Distribution, type SampleShape, type Value } from './distribution';
import * as signatures from './generated/distributions';
import { broadcast_all, rdiv, rsub, uniformLike } from './utils';

/** Polynomials for the modified Bessel functions I₀ and I₁ (Abramowitz and Stegun, 9.8.1 to 9.8.4), below and above 3.75. */
const bessel = [
  {
    small: [1, 3.5156229, 3.0899424, 1.2067492, 0.2659732, 0.0360768, 0.0045813],
    large: [
      0.39894228, 0.01328592, 0.00225319, -0.00157565, 0.00916281, -0.02057706, 0.02635537, -0.01647633, 0.00392377,
    ],
  },
  {
    small: [0.5, 0.87890594, 0.51498869, 0.15084934, 0.02658733, 0.00301532, 0.00032411],
    large: [
      0.39894228, -0.03988024, -0.00362018, 0.00163801, -0.01031555, 0.02282967, -0.02895312, 0.01787654, -0.00420059,
    ],
  },
] as const;

function polynomial(y: Tensor, coefficients: readonly number[]): Tensor {
  const [last, ...others] = coefficients.toReversed();
  const start = y.mul(last!).add(others[0]!);
  return others.slice(1).reduce((sum, coefficient) => y.mul(sum).add(coefficient), start);
}

function logBessel(x: Tensor, order: 0 | 1): Tensor {
  const { small, large } = bessel[order];
  const near = polynomial(x.div(3.75).pow(2), small);
  const far = polynomial(rdiv(3.75, x), large);
  const below = (order === 1 ? x.abs().mul(near) : near).log();
  const above = x.sub(x.log().mul(0.5)).add(far.log());
  return _torch.where(x.lt(3.75), below, above);
}

/** The parameter r of the wrapped Cauchy that the samples are accepted from (Best and Fisher, 1979). */
function proposalOf(concentration: Tensor): Tensor {
  const tau = concentration.pow(2).mul(4).add(1).sqrt().add(1);
  const rho = tau.sub(tau.mul(2).sqrt()).div(concentration.mul(2));
  const proposal = rho.pow(2).add(1).div(rho.mul(2));
  const nearZero = rdiv(1, concentration).add(concentration);
  return _torch.where(concentration.lt(1e-5), nearZero, proposal);
}

/** Draws until every place has a sample. */
function rejectionSample(loc: Tensor, concentration: Tensor, shape: readonly number[]): Tensor {
  const { device } = loc;
  const proposal = proposalOf(concentration);
  let x = _torch.empty(shape, { dtype: loc.dtype, device });
  let done = _torch.zeros(shape, { dtype: dtypes.bool, device });
  while (!done.all().is_nonzero()) {
    const [u1, u2, u3] = uniformLike([3, ...shape], loc).unbind() as [Tensor, Tensor, Tensor];
    const z = u1.mul(Math.PI).cos();
    const f = proposal.mul(z).add(1).div(proposal.add(z));
    const c = concentration.mul(proposal.sub(f));
    const surely = c.mul(rsub(2, c)).sub(u2).gt(0);
    const accept = surely.bitwise_or(c.div(u2).log().add(1).sub(c).ge(0));
    if (accept.any().is_nonzero()) {
      x = _torch.where(accept, u3.sub(0.5).sign().mul(f.acos()), x);
      done = done.bitwise_or(accept);
    }
  }
  return x
    .add(Math.PI)
    .add(loc)
    .remainder(2 * Math.PI)
    .sub(Math.PI);
}

/** The von Mises distribution of angles. https://docs.pytorch.org/docs/2.13/distributions.html#vonmises */
export class VonMises extends Distribution {
  static override readonly arg_constraints = { loc: real, concentration: positive };
  static override readonly support = real;
  static override readonly _batched = ['loc', 'concentration'];

  readonly loc: Tensor;
  readonly concentration: Tensor;

  constructor(...args: signatures.VonMisesArgs) {
    const given = signatures.VonMises.read(args);
    const [loc, concentration] = broadcast_all(given.loc, given.concentration);
    super(loc.shape);
    this.loc = loc;
    this.concentration = concentration;
    this._check_args(given.validate_args);
  }

  override log_prob(given: Value): Tensor {
    const value = this._checked(given, 'log_prob');
    const log_prob = this.concentration.mul(value.sub(this.loc).cos());
    return log_prob.sub(Math.log(2 * Math.PI)).sub(logBessel(this.concentration, 0));
  }

  override sample(sample_shape: SampleShape = []): Tensor {
    const shape = this._extended_shape(sample_shape);
    // In double precision: the proposal cancels for small concentrations.
    const sample = no_grad(() => rejectionSample(this.loc.double(), this.concentration.double(), shape));
    return sample.to(this.loc.dtype);
  }

  override get mean(): Tensor {
    return this.loc;
  }

  override get mode(): Tensor {
    return this.loc;
  }

  /** The circular variance. */
  override get variance(): Tensor {
    return rsub(1, logBessel(this.concentration, 1).sub(logBessel(this.concentration, 0)).exp());
  }
}
