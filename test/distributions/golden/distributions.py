"""Writes distributions.json: what PyTorch's distributions print, draw and compute.

    cd test/distributions/golden && python distributions.py
"""

import torch

from common import Maker, attempt, gradients, make, plain, write
from specs import SPECS

SEED = 11


def seeded(compute):
    torch.manual_seed(SEED)
    return compute()


def with_gradients(spec, compute):
    def run():
        maker = Maker(requires_grad=True)
        result = seeded(lambda: compute(maker.make(spec)))
        return {"value": result, "gradients": gradients(maker, result)}

    return attempt(run)


def fractions(d):
    return torch.tensor([0.1, 0.5, 0.8], dtype=d.mean.dtype).reshape(-1, *[1] * len(d.batch_shape))


def record(spec):
    d = make(spec)
    drawn = attempt(lambda: seeded(lambda: d.sample([4])))
    value = seeded(lambda: d.sample([4]))
    facts = {
        "spec": spec,
        "repr": repr(make(spec)),
        "batch_shape": list(d.batch_shape),
        "event_shape": list(d.event_shape),
        "has_rsample": bool(d.has_rsample),
        "has_enumerate_support": bool(d.has_enumerate_support),
        "support": attempt(lambda: repr(d.support)),
        "support_facts": attempt(lambda: [d.support.is_discrete, d.support.event_dim]),
        "arg_constraints": {name: repr(constraint) for name, constraint in make(spec).arg_constraints.items()},
        "one": plain(seeded(lambda: d.sample())),
        "drawn": drawn,
        "many": plain(seeded(lambda: d.sample((2, 3)))),
        "next": seeded(lambda: (d.sample((5,)), torch.rand(1).item())[1]),
        "rsample": with_gradients(spec, lambda each: each.rsample((2,))),
        "log_prob": with_gradients(spec, lambda each: each.log_prob(value)),
        "entropy": with_gradients(spec, lambda each: each.entropy()),
        "perplexity": attempt(lambda: make(spec).perplexity()),
        "cdf": with_gradients(spec, lambda each: each.cdf(value)),
        "icdf": with_gradients(spec, lambda each: each.icdf(fractions(each))),
        "enumerated": attempt(lambda: make(spec).enumerate_support()),
        "enumerated, plain": attempt(lambda: make(spec).enumerate_support(expand=False)),
        "repr, used": attempt(lambda: (d.log_prob(value), repr(d))[1]),
        "expanded": attempt(lambda: expanded(make(spec))),
    }
    for moment in ["mean", "mode", "variance", "stddev"]:
        facts[moment] = with_gradients(spec, lambda each: getattr(each, moment))
    return facts


def expanded(d):
    larger = d.expand((2, *d.batch_shape))
    sample = seeded(lambda: larger.sample())
    return [repr(larger), list(larger.batch_shape), sample, larger.log_prob(sample), larger.has_rsample]


write("distributions.json", {"seed": SEED, "cases": {name: [record(s) for s in specs] for name, specs in SPECS.items()}})
