"""The distributions that are recorded, several parameter sets of each."""

from common import new, tensor

T = tensor
A = T([0.3, 1.2, 2.5])
B = T([1.5, 0.4, 0.9])
P = T([0.2, 0.5, 0.9])
L = T([-1.0, 0.3, 2.0])
LOC = T([-1.0, 0.0, 2.5])
SIMPLEX = T([[0.1, 0.2, 0.7], [0.5, 0.25, 0.25]])
LOGITS = T([[0.1, -2.0, 0.7], [1.5, 0.0, 0.25]])
COV = T([[2.0, 0.3, 0.1], [0.3, 1.0, -0.2], [0.1, -0.2, 0.5]])
COVS = T([[[2.0, 0.3], [0.3, 1.0]], [[1.0, -0.5], [-0.5, 3.0]]])
TRIL = T([[1.2, 0.0], [-0.4, 0.7]])
DOUBLE = "float64"

SPECS = {
    "Bernoulli": [
        new("Bernoulli", probs=0.3),
        new("Bernoulli", probs=P),
        new("Bernoulli", logits=L),
        new("Bernoulli", probs=T([0.0, 1.0])),
        new("Bernoulli", probs=T([[0.1, 0.6]], DOUBLE)),
    ],
    "Beta": [
        new("Beta", concentration1=2.0, concentration0=3.5),
        new("Beta", concentration1=A, concentration0=B),
        new("Beta", concentration1=A, concentration0=2.0),
        new("Beta", concentration1=T([[1.5], [3.0]], DOUBLE), concentration0=T([2.0, 0.5], DOUBLE)),
    ],
    "Binomial": [
        new("Binomial", total_count=10, probs=0.3),
        new("Binomial", total_count=5, probs=P),
        new("Binomial", total_count=T([3.0, 8.0, 20.0]), logits=L),
        new("Binomial", probs=T([0.25, 0.75], DOUBLE)),
    ],
    "Categorical": [
        new("Categorical", probs=T([0.1, 0.4, 0.5])),
        new("Categorical", probs=T([[1.0, 2.0, 3.0], [4.0, 0.0, 1.0]])),
        new("Categorical", logits=LOGITS),
        new("Categorical", logits=T([[[0.1, 0.2]], [[3.0, -3.0]]], DOUBLE)),
    ],
    "Cauchy": [
        new("Cauchy", loc=0.0, scale=1.0),
        new("Cauchy", loc=LOC, scale=B),
        new("Cauchy", loc=T([0.5], DOUBLE), scale=T([2.0], DOUBLE)),
    ],
    "Chi2": [new("Chi2", df=3), new("Chi2", df=A), new("Chi2", df=T([[2.5, 4.0]], DOUBLE))],
    "ContinuousBernoulli": [
        new("ContinuousBernoulli", probs=0.3),
        new("ContinuousBernoulli", probs=P),
        new("ContinuousBernoulli", logits=T([-1.0, 0.001, 2.0])),
        new("ContinuousBernoulli", probs=T([0.4, 0.5], DOUBLE), lims=[0.45, 0.55]),
    ],
    "Dirichlet": [
        new("Dirichlet", concentration=T([0.5, 1.5, 3.0])),
        new("Dirichlet", concentration=T([[0.5, 0.7, 0.9], [2.0, 1.0, 4.0]])),
        new("Dirichlet", concentration=T([[1.1, 2.2]], DOUBLE)),
    ],
    "Exponential": [
        new("Exponential", rate=1.5),
        new("Exponential", rate=A),
        new("Exponential", rate=T([[0.1], [4.0]], DOUBLE)),
    ],
    "FisherSnedecor": [
        new("FisherSnedecor", df1=3.0, df2=5.0),
        new("FisherSnedecor", df1=A, df2=T([1.0, 3.0, 6.0])),
        new("FisherSnedecor", df1=T([4.0], DOUBLE), df2=T([8.0], DOUBLE)),
    ],
    "Gamma": [
        new("Gamma", concentration=2.0, rate=1.5),
        new("Gamma", concentration=A, rate=B),
        new("Gamma", concentration=T([0.01, 5.0], DOUBLE), rate=1.0),
    ],
    "GeneralizedPareto": [
        new("GeneralizedPareto", loc=0.0, scale=1.0, concentration=0.25),
        new("GeneralizedPareto", loc=LOC, scale=B, concentration=T([-0.5, 0.0, 1.5])),
        new("GeneralizedPareto", loc=T([[0.5]]), scale=T([[2.0]]), concentration=T([[0.1]])),
    ],
    "Geometric": [
        new("Geometric", probs=0.3),
        new("Geometric", probs=P),
        new("Geometric", logits=L),
        new("Geometric", probs=T([[0.4, 1.0]], DOUBLE)),
    ],
    "Gumbel": [
        new("Gumbel", loc=0.5, scale=2.0),
        new("Gumbel", loc=LOC, scale=B),
        new("Gumbel", loc=T([[1.0]], DOUBLE), scale=T([[0.5]], DOUBLE)),
    ],
    "HalfCauchy": [new("HalfCauchy", scale=1.5), new("HalfCauchy", scale=B), new("HalfCauchy", scale=T([2.0], DOUBLE))],
    "HalfNormal": [new("HalfNormal", scale=1.5), new("HalfNormal", scale=B), new("HalfNormal", scale=T([2.0], DOUBLE))],
    "Independent": [
        new("Independent", base_distribution=new("Normal", loc=LOC, scale=B), reinterpreted_batch_ndims=1),
        new("Independent", base_distribution=new("Bernoulli", probs=P), reinterpreted_batch_ndims=0),
        new("Independent", base_distribution=new("Categorical", logits=LOGITS), reinterpreted_batch_ndims=1),
    ],
    "InverseGamma": [
        new("InverseGamma", concentration=2.5, rate=1.5),
        new("InverseGamma", concentration=A, rate=B),
        new("InverseGamma", concentration=T([[3.0]], DOUBLE), rate=T([[2.0]], DOUBLE)),
    ],
    "Kumaraswamy": [
        new("Kumaraswamy", concentration1=2.0, concentration0=3.0),
        new("Kumaraswamy", concentration1=A, concentration0=B),
        new("Kumaraswamy", concentration1=T([[2.0]], DOUBLE), concentration0=T([[1.5]], DOUBLE)),
    ],
    "Laplace": [
        new("Laplace", loc=0.0, scale=1.0),
        new("Laplace", loc=LOC, scale=B),
        new("Laplace", loc=T([[0.5]], DOUBLE), scale=T([[2.0]], DOUBLE)),
    ],
    "LKJCholesky": [
        new("LKJCholesky", dim=3),
        new("LKJCholesky", dim=2, concentration=T([0.5, 2.0])),
        new("LKJCholesky", dim=4, concentration=T(1.5, DOUBLE)),
    ],
    "LogNormal": [
        new("LogNormal", loc=0.0, scale=0.5),
        new("LogNormal", loc=LOC, scale=B),
        new("LogNormal", loc=T([[0.5]], DOUBLE), scale=T([[2.0]], DOUBLE)),
    ],
    "LogisticNormal": [
        new("LogisticNormal", loc=0.3, scale=0.5),
        new("LogisticNormal", loc=LOC, scale=B),
        new("LogisticNormal", loc=T([[0.5, 1.0]], DOUBLE), scale=T([[2.0, 1.0]], DOUBLE)),
    ],
    "LowRankMultivariateNormal": [
        new(
            "LowRankMultivariateNormal",
            loc=T([0.5, -1.0]),
            cov_factor=T([[1.0], [0.5]]),
            cov_diag=T([1.0, 2.0]),
        ),
        new(
            "LowRankMultivariateNormal",
            loc=T([[0.5, -1.0, 2.0], [0.0, 1.0, 0.0]]),
            cov_factor=T([[1.0, 0.2], [0.5, -0.3], [0.1, 0.7]]),
            cov_diag=T([1.0, 2.0, 0.5]),
        ),
        new(
            "LowRankMultivariateNormal",
            loc=T([0.5, -1.0], DOUBLE),
            cov_factor=T([[[1.0], [0.5]], [[0.0], [-2.0]]], DOUBLE),
            cov_diag=T([1.0, 2.0], DOUBLE),
        ),
    ],
    "MixtureSameFamily": [
        new(
            "MixtureSameFamily",
            mixture_distribution=new("Categorical", probs=T([0.2, 0.3, 0.5])),
            component_distribution=new("Normal", loc=LOC, scale=B),
        ),
        new(
            "MixtureSameFamily",
            mixture_distribution=new("Categorical", logits=LOGITS),
            component_distribution=new(
                "Independent",
                base_distribution=new(
                    "Normal",
                    loc=T([[[0.0, 1.0], [2.0, 3.0], [4.0, 5.0]], [[0.5, 1.5], [2.5, 3.5], [4.5, 5.5]]]),
                    scale=T([1.0, 2.0]),
                ),
                reinterpreted_batch_ndims=1,
            ),
        ),
        new(
            "MixtureSameFamily",
            mixture_distribution=new("Categorical", probs=T([0.4, 0.6], DOUBLE)),
            component_distribution=new("Poisson", rate=T([1.0, 5.0], DOUBLE)),
        ),
    ],
    "Multinomial": [
        new("Multinomial", total_count=5, probs=T([0.2, 0.3, 0.5])),
        new("Multinomial", total_count=3, logits=LOGITS),
        new("Multinomial", total_count=4, probs=T([[0.5, 0.5, 0.0]], DOUBLE)),
    ],
    "MultivariateNormal": [
        new("MultivariateNormal", loc=LOC, covariance_matrix=COV),
        new("MultivariateNormal", loc=T([0.5, 1.0]), precision_matrix=COVS),
        new("MultivariateNormal", loc=T([[0.5, 1.0], [1.0, 2.0], [0.0, 0.0]]), scale_tril=TRIL),
        new("MultivariateNormal", loc=T([[1.0, -1.0], [0.0, 2.0]]), covariance_matrix=COVS),
        new("MultivariateNormal", loc=T([0.5], DOUBLE), covariance_matrix=T([[2.0]], DOUBLE)),
    ],
    "NegativeBinomial": [
        new("NegativeBinomial", total_count=5, probs=0.3),
        new("NegativeBinomial", total_count=T([3.0, 8.0, 0.0]), logits=L),
        new("NegativeBinomial", total_count=2.5, probs=T([[0.25, 0.75]], DOUBLE)),
    ],
    "Normal": [
        new("Normal", loc=0.0, scale=1.0),
        new("Normal", loc=LOC, scale=B),
        new("Normal", loc=0.5, scale=T([[1.0], [2.0]])),
        new("Normal", loc=T([[0.5]], DOUBLE), scale=T([[2.0]], DOUBLE)),
    ],
    "OneHotCategorical": [
        new("OneHotCategorical", probs=T([0.1, 0.4, 0.5])),
        new("OneHotCategorical", logits=LOGITS),
        new("OneHotCategorical", probs=T([[[0.3, 0.7]]], DOUBLE)),
    ],
    "OneHotCategoricalStraightThrough": [
        new("OneHotCategoricalStraightThrough", probs=SIMPLEX),
        new("OneHotCategoricalStraightThrough", logits=T([0.1, 0.2, 3.0])),
    ],
    "Pareto": [
        new("Pareto", scale=1.0, alpha=2.5),
        new("Pareto", scale=B, alpha=A),
        new("Pareto", scale=T([[0.5]], DOUBLE), alpha=T([[3.0]], DOUBLE)),
    ],
    "Poisson": [
        new("Poisson", rate=3.0),
        new("Poisson", rate=T([0.0, 1.5, 20.0])),
        new("Poisson", rate=T([[4.0]], DOUBLE)),
    ],
    "LogitRelaxedBernoulli": [
        new("LogitRelaxedBernoulli", temperature=T(0.5), probs=P),
        new("LogitRelaxedBernoulli", temperature=T([2.0]), logits=L),
    ],
    "RelaxedBernoulli": [
        new("RelaxedBernoulli", temperature=T(0.5), probs=P),
        new("RelaxedBernoulli", temperature=T([2.0]), logits=L),
        new("RelaxedBernoulli", temperature=T(1.0, DOUBLE), probs=T([[0.5]], DOUBLE)),
    ],
    "ExpRelaxedCategorical": [
        new("ExpRelaxedCategorical", temperature=T(0.5), probs=T([0.1, 0.4, 0.5])),
        new("ExpRelaxedCategorical", temperature=T(2.0), logits=LOGITS),
    ],
    "RelaxedOneHotCategorical": [
        new("RelaxedOneHotCategorical", temperature=T(0.5), probs=T([0.1, 0.4, 0.5])),
        new("RelaxedOneHotCategorical", temperature=T(2.0), logits=LOGITS),
        new("RelaxedOneHotCategorical", temperature=T(1.0, DOUBLE), probs=T([[0.5, 0.5]], DOUBLE)),
    ],
    "StudentT": [
        new("StudentT", df=3.0),
        new("StudentT", df=A, loc=LOC, scale=B),
        new("StudentT", df=T([[2.5, 4.0]], DOUBLE), loc=1.0),
    ],
    "TransformedDistribution": [
        new(
            "TransformedDistribution",
            base_distribution=new("Normal", loc=LOC, scale=B),
            transforms=[new("AffineTransform", loc=1.0, scale=2.0), new("TanhTransform", cache_size=1)],
        ),
        new(
            "TransformedDistribution",
            base_distribution=new("Uniform", low=0.0, high=1.0),
            transforms=[
                {**new("SigmoidTransform"), "inverse": True},
                new("AffineTransform", loc=T([1.0, 2.0]), scale=T([-2.0, 0.5])),
            ],
        ),
        new(
            "TransformedDistribution",
            base_distribution=new("Normal", loc=T([[0.0, 1.0]], DOUBLE), scale=1.0),
            transforms=new("StickBreakingTransform"),
        ),
        new("TransformedDistribution", base_distribution=new("Normal", loc=0.5, scale=2.0), transforms=[]),
        new(
            "TransformedDistribution",
            base_distribution=new("Normal", loc=T([0.0, 1.0, 2.0, 3.0]), scale=1.0),
            transforms=[
                new("ReshapeTransform", in_shape=[4], out_shape=[2, 2]),
                new("LowerCholeskyTransform"),
            ],
        ),
    ],
    "Uniform": [
        new("Uniform", low=0.0, high=1.0),
        new("Uniform", low=LOC, high=T([0.0, 1.0, 3.0])),
        new("Uniform", low=T([[0.5]], DOUBLE), high=T([[2.0]], DOUBLE)),
    ],
    "VonMises": [
        new("VonMises", loc=0.0, concentration=1.0),
        new("VonMises", loc=LOC, concentration=T([0.3, 4.0, 1e-6])),
        new("VonMises", loc=T([[0.5]], DOUBLE), concentration=T([[2.0]], DOUBLE)),
    ],
    "Weibull": [
        new("Weibull", scale=1.0, concentration=2.0),
        new("Weibull", scale=B, concentration=A),
        new("Weibull", scale=T([[0.5]], DOUBLE), concentration=T([[3.0]], DOUBLE)),
    ],
    "Wishart": [
        new("Wishart", df=4.0, covariance_matrix=COV),
        new("Wishart", df=T([3.5, 2.5]), precision_matrix=COVS),
        new("Wishart", df=T(3.0, DOUBLE), scale_tril=T([[1.2, 0.0], [-0.4, 0.7]], DOUBLE)),
    ],
}
