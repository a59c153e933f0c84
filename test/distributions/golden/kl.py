"""Writes kl.json: PyTorch's divergences between every pair of families, and of every registered pair with gradients.

    cd test/distributions/golden && python kl.py
"""

import torch
from torch.distributions.kl import _KL_REGISTRY, kl_divergence

from common import Maker, attempt, gradients, make, new, tensor, write
from specs import COV, SPECS

T = tensor
A, B = T([0.5, 1.5, 2.5]), T([2.0, 0.5, 3.5])
NORMAL = new("Normal", loc=T([0.0, -1.0, 2.0]), scale=B)
PARAMETERS = {
    "Bernoulli": [new("Bernoulli", probs=T([0.2, 0.5, 0.9])), new("Bernoulli", probs=T([0.0, 1.0, 0.5]))],
    "Beta": [new("Beta", concentration1=A, concentration0=B), new("Beta", concentration1=B, concentration0=B)],
    "Binomial": [
        new("Binomial", total_count=5, probs=T([0.2, 0.5, 0.9])),
        new("Binomial", total_count=3, logits=T([1.0, 0.0, -2.0])),
        new("Binomial", total_count=T([5.0, 3.0, 3.0]), logits=T([1.0, 0.0, -2.0])),
    ],
    "Categorical": [
        new("Categorical", probs=T([[0.2, 0.8], [0.5, 0.5], [0.0, 1.0]])),
        new("Categorical", logits=T([[0.2, 0.8], [0.5, 0.5], [3.0, 1.0]])),
    ],
    "Cauchy": [new("Cauchy", loc=A, scale=B), new("Cauchy", loc=B, scale=A)],
    "ContinuousBernoulli": [
        new("ContinuousBernoulli", probs=T([0.2, 0.5, 0.9])),
        new("ContinuousBernoulli", logits=T([1.0, 0.0, -2.0])),
    ],
    "Dirichlet": [new("Dirichlet", concentration=A), new("Dirichlet", concentration=T([[1.0, 2.0, 0.5]]))],
    "Exponential": [new("Exponential", rate=A), new("Exponential", rate=B)],
    "Gamma": [new("Gamma", concentration=A, rate=B), new("Gamma", concentration=B, rate=A)],
    "Geometric": [new("Geometric", probs=T([0.2, 0.5, 0.9])), new("Geometric", logits=T([1.0, 0.0, -2.0]))],
    "Gumbel": [new("Gumbel", loc=A, scale=B), new("Gumbel", loc=B, scale=A)],
    "HalfNormal": [new("HalfNormal", scale=A), new("HalfNormal", scale=B)],
    "Independent": [
        new("Independent", base_distribution=NORMAL, reinterpreted_batch_ndims=1),
        new("Independent", base_distribution=new("Gamma", concentration=A, rate=B), reinterpreted_batch_ndims=1),
        new("Independent", base_distribution=NORMAL, reinterpreted_batch_ndims=0),
    ],
    "Laplace": [new("Laplace", loc=A, scale=B), new("Laplace", loc=B, scale=A)],
    "LowRankMultivariateNormal": [
        new("LowRankMultivariateNormal", loc=A, cov_factor=T([[1.0], [0.5], [-2.0]]), cov_diag=B),
        new("LowRankMultivariateNormal", loc=T([[0.0, 1.0, 2.0]]), cov_factor=T([[[0.3], [0.5], [0.1]]]), cov_diag=A),
    ],
    "MultivariateNormal": [
        new("MultivariateNormal", loc=A, covariance_matrix=COV),
        new("MultivariateNormal", loc=T([[0.0, 1.0, 2.0], [1.0, 0.0, -1.0]]), precision_matrix=COV),
        new("MultivariateNormal", loc=T([0.0, 1.0]), scale_tril=T([[1.0, 0.0], [0.5, 2.0]])),
    ],
    "Normal": [NORMAL, new("Normal", loc=B, scale=A)],
    "OneHotCategorical": [
        new("OneHotCategorical", probs=T([[0.2, 0.8], [0.5, 0.5]])),
        new("OneHotCategorical", logits=T([[0.2, 0.8], [3.0, 1.0]])),
    ],
    "Pareto": [new("Pareto", scale=A, alpha=B), new("Pareto", scale=B, alpha=T([3.0, 0.5, 2.5]))],
    "Poisson": [new("Poisson", rate=A), new("Poisson", rate=B)],
    "LogNormal": [new("LogNormal", loc=A, scale=B), new("LogNormal", loc=B, scale=A)],
    "Uniform": [
        new("Uniform", low=T([0.1, 0.2, -1.0]), high=T([0.9, 0.7, 2.0])),
        new("Uniform", low=T([0.0, 0.3, -2.0]), high=T([1.0, 0.6, 3.0])),
        new("Uniform", low=T([3.0, 4.0, 5.0]), high=T([4.0, 6.0, 8.0])),
    ],
}
# The base of the exponential families is tried by the families that have nothing of their own.
ABSTRACT = {"ExponentialFamily", "TransformedDistribution"}


def divergence(spec_p, spec_q):
    maker = Maker(requires_grad=True)
    value = kl_divergence(maker.make(spec_p, "p"), maker.make(spec_q, "q"))
    return {"value": value, "gradients": gradients(maker, value)}


registered = {(p.__name__, q.__name__) for p, q in _KL_REGISTRY if p.__name__ not in ABSTRACT}
missing = {name for pair in registered for name in pair} - set(PARAMETERS)
assert not missing, missing
pairs = [
    {"p": p, "q": q, "outcome": attempt(lambda: divergence(p, q))}
    for name_p, name_q in sorted(registered | {("LogNormal", "LogNormal")})
    for p in PARAMETERS[name_p]
    for q in PARAMETERS[name_q]
]
families = [specs[0] for specs in SPECS.values()]
every = {f"{p['new']} {q['new']}": attempt(lambda: kl_divergence(make(p), make(q))) for p in families for q in families}
refusal = "No KL(p || q) is implemented for p type {} and q type {}"
unknown = [name for name, outcome in every.items() if outcome.get("message") == refusal.format(*name.split())]
known = {name: outcome for name, outcome in every.items() if name not in unknown}
write("kl.json", {"families": families, "pairs": pairs, "known": known, "unknown": len(unknown)})
