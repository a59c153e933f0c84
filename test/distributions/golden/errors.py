"""Writes errors.json: PyTorch's messages for wrong parameters and values.

    cd test/distributions/golden && python errors.py
"""

import torch

from common import attempt, make, new, tensor, write

T = tensor
V = T([0.5, 1.0])
I = T([[1.0, 0.0], [0.0, 1.0]])
CONSTRUCTIONS = [
    new("Normal", loc=0.0, scale=-1.0),
    new("Normal", loc=T([0.0, "NaN"]), scale=1.0),
    new("Normal", loc=T([0.0, 1.0]), scale=T([1.0, 2.0, 3.0])),
    new("Normal", loc="a", scale=1.0),
    new("Normal", loc=0.5),
    new("Normal", loc=0.5, scale=1.0, variance=2.0),
    new("Bernoulli"),
    new("Bernoulli", probs=0.5, logits=0.5),
    new("Bernoulli", probs=1.5),
    new("Beta", concentration1=-1.0, concentration0=1.0),
    new("Binomial", total_count=-1.5, probs=0.5),
    new("Binomial", total_count=3, probs=T([0.5, 1.5])),
    new("Categorical", probs=T(0.5)),
    new("Categorical", logits=T(0.5)),
    new("Categorical", probs=T([-0.5, 1.0])),
    new("Categorical", probs=V, logits=V),
    new("Cauchy", loc=0.0, scale=0.0),
    new("Chi2", df=-1.5),
    new("ContinuousBernoulli", probs=2.0),
    new("ContinuousBernoulli", probs=2.0, validate_args=True),
    new("Dirichlet", concentration=T(1.0)),
    new("Dirichlet", concentration=T([1.0, -1.0])),
    new("Exponential", rate=T([1.0, 0.0])),
    new("FisherSnedecor", df1=-1.5, df2=1.5),
    new("Gamma", concentration=1.5, rate=0.0),
    new("Geometric", probs=T([0.5, 0.0])),
    new("Geometric", probs=-0.5),
    new("HalfCauchy", scale=-0.5),
    new("HalfNormal", scale=-0.5),
    new("Independent", base_distribution=new("Normal", loc=V, scale=V), reinterpreted_batch_ndims=2),
    new("InverseGamma", concentration=1.5, rate=-0.5),
    new("Kumaraswamy", concentration1=-0.5, concentration0=0.5),
    new("Laplace", loc=0.5, scale=-0.5),
    new("LKJCholesky", dim=1),
    new("LKJCholesky", dim=3, concentration=-0.5),
    new("LogNormal", loc=0.5, scale=-0.5),
    new("LowRankMultivariateNormal", loc=T(0.5), cov_factor=I, cov_diag=V),
    new("LowRankMultivariateNormal", loc=V, cov_factor=V, cov_diag=V),
    new("LowRankMultivariateNormal", loc=V, cov_factor=T([[1.0]]), cov_diag=V),
    new("LowRankMultivariateNormal", loc=V, cov_factor=I, cov_diag=T([1.0, 2.0, 3.0])),
    new("LowRankMultivariateNormal", loc=T([[0.5, 1.0]] * 2), cov_factor=T([[[1.0], [2.0]]] * 3), cov_diag=V),
    new(
        "MixtureSameFamily",
        mixture_distribution=new("Normal", loc=V, scale=V),
        component_distribution=new("Normal", loc=V, scale=V),
    ),
    new(
        "MixtureSameFamily",
        mixture_distribution=new("Categorical", probs=T([0.2, 0.3, 0.5])),
        component_distribution=new("Normal", loc=V, scale=V),
    ),
    new(
        "MixtureSameFamily",
        mixture_distribution=new("Categorical", probs=T([[0.5, 0.5]] * 2)),
        component_distribution=new("Normal", loc=T([[0.5, 1.0]] * 3), scale=1.0),
    ),
    new("Multinomial", total_count=1.5, probs=V),
    new("MultivariateNormal", loc=T(0.5), scale_tril=I),
    new("MultivariateNormal", loc=V),
    new("MultivariateNormal", loc=V, scale_tril=V),
    new("MultivariateNormal", loc=V, covariance_matrix=V),
    new("MultivariateNormal", loc=V, covariance_matrix=T([[1.0, 2.0], [2.0, 1.0]])),
    new("MultivariateNormal", loc=V, scale_tril=T([[1.0, 2.0], [0.0, 1.0]])),
    new("NegativeBinomial", total_count=-0.5, probs=0.5),
    new("NegativeBinomial", total_count=0.5, probs=1.0),
    new("OneHotCategorical", probs=T([-0.5, 1.0])),
    new("Pareto", scale=-0.5, alpha=0.5),
    new("Poisson", rate=-0.5),
    new("RelaxedBernoulli", temperature=T(0.5), probs=1.5),
    new("StudentT", df=-0.5),
    new("TransformedDistribution", base_distribution=new("Normal", loc=V, scale=V), transforms=[0.5]),
    new("TransformedDistribution", base_distribution=new("Normal", loc=V, scale=V), transforms=0.5),
    new(
        "TransformedDistribution",
        base_distribution=new("Normal", loc=0.0, scale=1.0),
        transforms=new("StickBreakingTransform"),
    ),
    new("Uniform", low=2.0, high=1.0),
    new("Uniform", low=T([0.0, 2.0]), high=T([1.0, 1.0])),
    new("VonMises", loc=0.5, concentration=-0.5),
    new("Weibull", scale=-0.5, concentration=0.5),
    new("Wishart", df=0.5, covariance_matrix=I),
    new("Wishart", df=3.0, covariance_matrix=T([[1.0, 2.0], [2.0, 1.0]])),
    new("Wishart", df=3.0),
    new("Wishart", df=3.0, scale_tril=V),
]
NORMAL = new("Normal", loc=V, scale=V)
VALUES = [
    ("log_prob", NORMAL, T([0.5, 1.0, 2.0])),
    ("log_prob", NORMAL, T([0.5, "NaN"])),
    ("log_prob", NORMAL, 0.5),
    ("cdf", new("Exponential", rate=1.0), T([-1.0])),
    ("log_prob", new("Bernoulli", probs=0.5), T([0.0, 0.5])),
    ("log_prob", new("Binomial", total_count=3, probs=0.5), T([4.0])),
    ("log_prob", new("Categorical", probs=V), T([2.0])),
    ("log_prob", new("Dirichlet", concentration=V), T([0.5, 0.6])),
    ("log_prob", new("Dirichlet", concentration=V), T([0.5, 0.2, 0.3])),
    ("log_prob", new("Uniform", low=0.0, high=1.0), T(1.5)),
    ("log_prob", new("MultivariateNormal", loc=V, covariance_matrix=I), T([0.5])),
    ("log_prob", new("Poisson", rate=1.0), T([-1.0, 0.5])),
    ("log_prob", new("Multinomial", total_count=2, probs=V), T([1.0, 2.0])),
    ("log_prob", new("OneHotCategorical", probs=V), T([1.0, 1.0])),
    ("log_prob", new("HalfNormal", scale=1.0), T([-1.0])),
    ("log_prob", new("LogNormal", loc=0.0, scale=1.0), T([-1.0])),
    ("cdf", new("LogNormal", loc=0.0, scale=1.0), T([-1.0])),
    ("log_prob", new("LKJCholesky", dim=2), I),
    ("log_prob", new("LKJCholesky", dim=2), T([[1.0, 1.0], [0.0, 1.0]])),
    ("expand", NORMAL, [3]),
    ("rsample", new("Bernoulli", probs=0.5), []),
    ("sample", new("Normal", loc=0.0, scale=1.0, validate_args=False), []),
    ("icdf", new("Poisson", rate=1.0), T(0.5)),
    ("cdf", new("Categorical", probs=V), T(0.5)),
]


def call(method, spec, argument):
    if method == "sample":  # of parameters that nothing checked
        torch.manual_seed(0)
    return getattr(make(spec), method)(make(argument))


write(
    "errors.json",
    {
        "constructions": [{"spec": spec, "outcome": attempt(lambda: repr(make(spec)))} for spec in CONSTRUCTIONS],
        "values": [
            {"method": method, "spec": spec, "argument": argument, "outcome": attempt(lambda: call(method, spec, argument))}
            for method, spec, argument in VALUES
        ],
    },
)
