/** Divergences between multivariate normals. */
import { broadcast_shapes } from '../../functional/shapes';
import { _linalg } from '../../tensor/namespaces';
import type { Tensor } from '../../tensor/tensor';
import type { Distribution } from '../distribution';
import { LowRankMultivariateNormal } from '../lowrank_multivariate_normal';
import { logDiagonal, lowrankLogdet, lowrankMahalanobis, mahalanobis, traceXXT, transposedOver } from '../multivariate';
import { MultivariateNormal } from '../multivariate_normal';
import { register_kl } from './registry';

function checkEvents(p: Distribution, q: Distribution, kind: string): void {
  if (p.event_shape[0] === q.event_shape[0]) return;
  throw new RangeError(
    `KL-divergence between two ${kind}Multivariate Normals with different event shapes cannot be computed`,
  );
}

/** (log det Σ_q/Σ_p + tr Σ_q⁻¹Σ_p + distance − n) / 2 */
function combined(log_det: Tensor, trace: Tensor, distance: Tensor, n: number): Tensor {
  return log_det.add(trace).add(distance).sub(n).mul(0.5);
}

function logdetOf(d: LowRankMultivariateNormal): Tensor {
  return lowrankLogdet(d._unbroadcasted_cov_diag, d._capacitance_tril);
}

/** The distance of both means, and C⁻¹WᵀD⁻¹ for the factors of `q`. */
function lowrankParts(p: { loc: Tensor }, q: LowRankMultivariateNormal): [distance: Tensor, solved: Tensor] {
  const [factor, diagonal, capacitance] = [q._unbroadcasted_cov_factor, q._unbroadcasted_cov_diag, q._capacitance_tril];
  const distance = lowrankMahalanobis(factor, diagonal, q.loc.sub(p.loc), capacitance);
  const solved = _linalg.solve_triangular(capacitance, transposedOver(factor, diagonal), { upper: false });
  return [distance, solved];
}

register_kl(
  LowRankMultivariateNormal,
  LowRankMultivariateNormal,
)((p, q) => {
  checkEvents(p, q, 'Low Rank ');
  const log_det = logdetOf(q).sub(logdetOf(p));
  const [distance, solved] = lowrankParts(p, q);
  const [factorP, diagonalP] = [p._unbroadcasted_cov_factor, p._unbroadcasted_cov_diag];
  const diagonalQ = q._unbroadcasted_cov_diag;
  const trace = diagonalP
    .div(diagonalQ)
    .sum(-1)
    .add(traceXXT(factorP.mul(diagonalQ.rsqrt().unsqueeze(-1))))
    .sub(traceXXT(solved.mul(diagonalP.sqrt().unsqueeze(-2))))
    .sub(traceXXT(solved.matmul(factorP)));
  return combined(log_det, trace, distance, p.event_shape[0]!);
});

register_kl(
  MultivariateNormal,
  LowRankMultivariateNormal,
)((p, q) => {
  checkEvents(p, q, '(Low Rank) ');
  const factor = p._unbroadcasted_scale_tril;
  const log_det = logdetOf(q).sub(logDiagonal(factor).mul(2));
  const [distance, solved] = lowrankParts(p, q);
  const scaled = factor.mul(q._unbroadcasted_cov_diag.rsqrt().unsqueeze(-1));
  const trace = traceXXT(scaled).sub(traceXXT(solved.matmul(factor)));
  return combined(log_det, trace, distance, p.event_shape[0]!);
});

/** tr(L⁻¹XXᵀL⁻ᵀ) for the factor L of `q`, in the common batch. */
function solvedTrace(q: MultivariateNormal, matrix: Tensor): Tensor {
  const factor = q._unbroadcasted_scale_tril;
  const batch = broadcast_shapes(factor.shape.slice(0, -2), matrix.shape.slice(0, -2));
  const [L, X] = [factor, matrix].map((each) => each.expand([...batch, ...each.shape.slice(-2)])) as [Tensor, Tensor];
  return traceXXT(_linalg.solve_triangular(L, X, { upper: false }));
}

register_kl(
  LowRankMultivariateNormal,
  MultivariateNormal,
)((p, q) => {
  checkEvents(p, q, '(Low Rank) ');
  const log_det = logDiagonal(q._unbroadcasted_scale_tril).mul(2).sub(logdetOf(p));
  const distance = mahalanobis(q._unbroadcasted_scale_tril, q.loc.sub(p.loc));
  const diagonal = p._unbroadcasted_cov_diag.sqrt().diag_embed();
  const trace = solvedTrace(q, p._unbroadcasted_cov_factor).add(solvedTrace(q, diagonal));
  return combined(log_det, trace, distance, p.event_shape[0]!);
});

register_kl(
  MultivariateNormal,
  MultivariateNormal,
)((p, q) => {
  checkEvents(p, q, '');
  const halfLogDet = logDiagonal(q._unbroadcasted_scale_tril).sub(logDiagonal(p._unbroadcasted_scale_tril));
  const trace = solvedTrace(q, p._unbroadcasted_scale_tril);
  const distance = mahalanobis(q._unbroadcasted_scale_tril, q.loc.sub(p.loc));
  return halfLogDet.add(trace.add(distance).sub(p.event_shape[0]!).mul(0.5));
});
