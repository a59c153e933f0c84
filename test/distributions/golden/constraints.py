"""Writes constraints.json: what PyTorch's constraints accept and print, and their transforms.

    cd test/distributions/golden && python constraints.py
"""

import torch
from torch.distributions import biject_to, constraints, transform_to

from common import attempt, make, new, plain, tensor, write

T = tensor
NAN, INF = float("nan"), float("inf")


def named(name):
    return {"constraint": name}


NUMBERS = T([-2.0, -0.5, 0.0, 0.5, 1.0, 2.0])
VECTORS = T([[0.2, 0.8], [1.0, 0.0], [0.5, 0.6], [-1.0, 2.0], [3.0, 1.0]])
MATRICES = T(
    [
        [[1.0, 0.0], [0.0, 1.0]],
        [[2.0, 0.5], [0.5, 1.0]],
        [[1.0, 0.0], [0.6, 0.8]],
        [[1.0, 2.0], [2.0, 1.0]],
        [[-1.0, 0.0], [0.5, 1.0]],
        [[1.0, 1.0], [1.0, 1.0]],
    ]
)
CASES = [
    *((named(name), NUMBERS) for name in ["boolean", "nonnegative", "nonnegative_integer", "positive"]),
    *((named(name), NUMBERS) for name in ["positive_integer", "real", "unit_interval"]),
    *((named(name), VECTORS) for name in ["one_hot", "real_vector", "simplex"]),
    *((named(name), MATRICES) for name in ["corr_cholesky", "lower_cholesky", "lower_triangular", "square", "symmetric"]),
    *((named(name), MATRICES) for name in ["positive_definite", "positive_semidefinite"]),
    (named("dependent"), NUMBERS),
    (new("greater_than", lower_bound=0.5), NUMBERS),
    (new("greater_than", lower_bound=T(0.5)), NUMBERS),
    (new("greater_than_eq", lower_bound=0.5), NUMBERS),
    (new("less_than", upper_bound=0.5), NUMBERS),
    (new("interval", lower_bound=-0.5, upper_bound=0.5), NUMBERS),
    (new("interval", lower_bound=T([-2.0] * 6), upper_bound=T([0.0] * 6)), NUMBERS),
    (new("half_open_interval", lower_bound=-0.5, upper_bound=0.5), NUMBERS),
    (new("integer_interval", lower_bound=0, upper_bound=1), NUMBERS),
    (new("multinomial", upper_bound=3), VECTORS),
    (new("independent", base_constraint=named("positive"), reinterpreted_batch_ndims=1), VECTORS),
    (new("independent", base_constraint=named("positive"), reinterpreted_batch_ndims=3), VECTORS),
    (new("MixtureSameFamilyConstraint", base_constraint=named("positive")), NUMBERS),
    (new("cat", cseq=[named("positive"), named("real")], dim=0, lengths=[2, 3]), VECTORS),
    (new("stack", cseq=[named("positive"), named("boolean")], dim=-1), VECTORS),
    (new("cat", cseq=[named("positive")], dim=3), VECTORS),
]


def transformed(registry, spec):
    constraint = make(spec)
    transform = registry(constraint)
    x = torch.linspace(-1, 1, 6).reshape(make(spec).event_dim and (3, 2) or (6,))
    if constraint.event_dim == 2:
        x = torch.linspace(-1, 1, 4).reshape(2, 2)
    if isinstance(constraint, type(constraints.corr_cholesky)):
        x = torch.linspace(-1, 1, 3)
    y = transform(x)
    return [repr(transform), y, constraint.check(y)]


def record(spec, values):
    return {
        "spec": spec,
        "values": values,
        "repr": attempt(lambda: repr(make(spec))),
        "facts": attempt(lambda: [make(spec).is_discrete, make(spec).event_dim]),
        "check": attempt(lambda: make(spec).check(make(values))),
        "biject_to": attempt(lambda: transformed(biject_to, spec)),
        "transform_to": attempt(lambda: transformed(transform_to, spec)),
    }


write("constraints.json", [record(spec, values) for spec, values in CASES])
