"""What the scripts beside this one share: objects described in JSON, and results written as JSON.

A value is a number, a list, {"tensor": nested lists, "dtype": name}, {"new": class, "args": {name: value}} for a
distribution, a transform or a constraint made with those arguments, or {"constraint": name} for one that exists.
"""

import json
import math
import sys
import warnings

import torch
import torch.distributions as D
from torch.distributions import constraints
from torch.distributions.relaxed_bernoulli import LogitRelaxedBernoulli
from torch.distributions.relaxed_categorical import ExpRelaxedCategorical

warnings.simplefilter("ignore")

HIDDEN = {"LogitRelaxedBernoulli": LogitRelaxedBernoulli, "ExpRelaxedCategorical": ExpRelaxedCategorical}


def tensor(data, dtype="float32"):
    return {"tensor": data, "dtype": dtype}


def new(cls, **args):
    return {"new": cls, "args": args}


def numbers(data):
    """Nested lists in which text stands for what JSON has no numbers for: "NaN"."""
    return [numbers(each) for each in data] if isinstance(data, list) else float(data)


def find(name):
    if name in HIDDEN:
        return HIDDEN[name]
    return getattr(constraints if name in constraints.__all__ else D, name)


class Maker:
    """Makes what is described. The tensors it makes are its leaves, by the path to them."""

    def __init__(self, requires_grad=False):
        self.requires_grad = requires_grad
        self.leaves = {}

    def make(self, spec, path=""):
        if isinstance(spec, list):
            return [self.make(each, f"{path}.{i}") for i, each in enumerate(spec)]
        if not isinstance(spec, dict):
            return spec
        if "tensor" in spec:
            made = torch.tensor(numbers(spec["tensor"]), dtype=getattr(torch, spec["dtype"]))
            if self.requires_grad and made.is_floating_point():
                made.requires_grad_()
            self.leaves[path] = made
            return made
        if "constraint" in spec:
            return getattr(constraints, spec["constraint"])
        args = {name: self.make(value, f"{path}.{name}") for name, value in spec["args"].items()}
        made = find(spec["new"])(**args)
        return made.inv if spec.get("inverse") else made


def make(spec):
    return Maker().make(spec)


def number(x, single):
    if isinstance(x, bool) or isinstance(x, int):
        return x
    if math.isnan(x):
        return "NaN"
    if math.isinf(x):
        return "Infinity" if x > 0 else "-Infinity"
    return float(f"{x:.9g}") if single else x


def plain(value):
    """A result as JSON; floats of 32 bits with the nine digits that tell them apart."""
    if isinstance(value, torch.Tensor):
        single = value.dtype == torch.float32
        flat = [number(x, single) for x in value.detach().reshape(-1).tolist()]
        return {"dtype": str(value.dtype).removeprefix("torch."), "shape": list(value.shape), "data": flat}
    if isinstance(value, (list, tuple)):
        return [plain(each) for each in value]
    if isinstance(value, dict):
        return {name: plain(each) for name, each in value.items()}
    if isinstance(value, float):
        return number(value, False)
    return value


def attempt(compute):
    """What it computes, or the error."""
    try:
        return plain(compute())
    except Exception as error:
        return {"error": type(error).__name__, "message": str(error)}


def weighted(x):
    """A number that depends on all elements, each in its own way."""
    finite = torch.where(x.isfinite(), x, torch.zeros_like(x))
    return (finite * torch.linspace(0.5, 1.5, max(x.numel(), 1), dtype=x.dtype)[: x.numel()].reshape(x.shape)).sum()


def gradients(maker, result):
    """The gradients of `weighted(result)`, by the leaves' paths; None where there is none."""
    leaves = {path: leaf for path, leaf in maker.leaves.items() if leaf.requires_grad}
    if not leaves or not result.requires_grad:
        return {}
    found = torch.autograd.grad(weighted(result), list(leaves.values()), allow_unused=True)
    return dict(zip(leaves, found))


def write(name, content):
    path = sys.argv[1] if len(sys.argv) > 1 else name
    with open(path, "w") as file:
        json.dump(content, file, separators=(",", ":"))
        file.write("\n")
