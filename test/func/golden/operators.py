"""What PyTorch's transforms make of its own test inputs: values, errors, and warnings of slow fallbacks.

    python test/func/golden/operators.py

operators.json.gz has the cases, an operator a line; operators.json the operators that run example by example under vmap,
and those that forward mode refuses, for people to read. test/func/operators.test.ts compares both.
"""
import gzip
import itertools
import json
import math
import pathlib
import re
import sys
import types
import unittest
import warnings

if "expecttest" not in sys.modules:  # imported by torch.testing._internal, not used here
    stub = types.ModuleType("expecttest")
    stub.TestCase = unittest.TestCase
    stub.assert_expected_inline = lambda *a, **k: None
    sys.modules["expecttest"] = stub

import torch
import torch.autograd.forward_ad as forward_ad
from torch.func import grad, hessian, jacfwd, jacrev, jvp, vjp, vmap
from torch.testing._internal.common_methods_invocations import op_db

HERE = pathlib.Path(__file__).parent
SAMPLES = 1  # of each operator and variant
ELEMENTS = 80  # at most, in all tensors of a sample
JACOBIAN = 12  # elements of inputs for which whole Jacobians are made

# Not public functions of torch, or without a defined value (lstsq's residuals take their size from unset memory).
LEFT_OUT = re.compile(r"^(__r|__getitem__|torch\.ops\.|jiterator|to_sparse|sparse\.|masked\.|.*_backward$|equal_?$|empty|new_empty|resize|as_strided_partial|linalg.lstsq)")
# OpInfo gives these to a wrapper that reorders the arguments; this is the public order.
REORDERED = {
    "where": lambda a: (a[1], a[0], *a[2:]),
    "einsum": lambda a: (a[1], a[0]),
    "polygamma": lambda a: (a[1], a[0]),
    "special.polygamma": lambda a: (a[1], a[0]),
    "nn.functional.embedding": lambda a: (a[1], a[0], *a[2:]),
}


class Unsupported(Exception):
    pass


class Place:
    """Where a tensor stands among the arguments."""

    def __init__(self, index):
        self.index = index


def taken_apart(value, tensors):
    if isinstance(value, torch.Tensor):
        if value.layout != torch.strided or value.is_complex():
            raise Unsupported
        rounded = (value * 1e4).round() / 1e4 if value.is_floating_point() else value
        tensors.append(rounded.detach().contiguous())
        return Place(len(tensors) - 1)
    if isinstance(value, (list, tuple)):
        return [taken_apart(each, tensors) for each in value]
    if isinstance(value, dict):
        return {key: taken_apart(each, tensors) for key, each in value.items()}
    if type(value).__module__ == "numpy":
        return taken_apart(value.item() if value.ndim == 0 else value.tolist(), tensors)
    return value


def filled(value, tensors):
    if isinstance(value, Place):
        return tensors[value.index]
    if isinstance(value, list):
        return [filled(each, tensors) for each in value]
    if isinstance(value, dict):
        return {key: filled(each, tensors) for key, each in value.items()}
    return value


def written(value):
    if isinstance(value, Place):
        return {"$tensor": value.index}
    if isinstance(value, list):
        return [written(each) for each in value]
    if isinstance(value, dict):
        return {key: written(each) for key, each in value.items()}
    if isinstance(value, torch.dtype):
        return {"$dtype": str(value).split(".")[1]}
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, (int, float)) and math.isfinite(value) and abs(value) < 2**53:
        return value
    raise Unsupported


def written_tensor(tensor):
    flat = tensor.reshape(-1).tolist()
    values = [round(x, 4) if math.isfinite(x) else str(x) for x in flat] if tensor.is_floating_point() else flat
    return [str(tensor.dtype).split(".")[1], list(tensor.shape), values]


def leaves(value):
    if isinstance(value, torch.Tensor):
        yield value
    elif isinstance(value, (list, tuple)):
        for each in value:
            yield from leaves(each)


def is_continuous(tensor):
    return tensor.is_floating_point() or tensor.is_complex()


def objective(outputs):
    """A number that every differentiable output takes part in, with uneven weights."""
    total = None
    for output in leaves(outputs):
        if not is_continuous(output) or output.numel() == 0:
            continue
        real = torch.view_as_real(output.resolve_conj()) if output.is_complex() else output
        part = (real.reshape(-1) * torch.linspace(0.5, 1.5, real.numel(), dtype=real.dtype)).sum()
        total = part if total is None else total + part
    return total


def digest(value):
    """Of each tensor: dtype, shape, how many elements are not finite, and two sums of the others."""
    found = []
    for tensor in leaves(value):
        tensor = tensor.detach()
        real = torch.view_as_real(tensor.resolve_conj()) if tensor.is_complex() else tensor
        flat = real.to(torch.float64).reshape(-1)
        strange = int((~torch.isfinite(flat)).sum())
        flat = torch.nan_to_num(flat, 0.0, 0.0, 0.0)
        weights = torch.linspace(1, 2, flat.numel(), dtype=torch.float64)
        sums = [float(f"{float(x):.6g}") for x in ((flat * weights).sum(), flat.abs().sum())]
        found.append([str(tensor.dtype).split(".")[1], list(tensor.shape), strange, *sums])
    return found


def batch(tensor, dim=0):
    return torch.stack([tensor, tensor * 0.75 if is_continuous(tensor) else tensor], dim)


def tangent(tensor):
    return torch.linspace(-1, 1, tensor.numel(), dtype=torch.float64).reshape(tensor.shape).to(tensor.dtype)


def transforms(tensors, function):
    """Name -> what it computes; operators.ts has the same."""
    count = len(tensors)
    batches = [batch(each) for each in tensors]
    flat = lambda *args: tuple(leaves(function(*args)))
    found = {
        "vmap": lambda: vmap(flat)(*batches),
        "vmap, first": lambda: vmap(flat, in_dims=(0,) + (None,) * (count - 1))(batches[0], *tensors[1:]),
        "vmap, rest": lambda: vmap(flat, in_dims=(None,) + (0,) * (count - 1))(tensors[0], *batches[1:]),
        "vmap, last": lambda: vmap(flat, in_dims=-1, out_dims=-1)(*[batch(each, -1) for each in tensors]),
        "vmap, same": lambda: vmap(flat, randomness="same")(*batches),
        "vmap, different": lambda: vmap(flat, randomness="different")(*batches),
    }
    places = [i for i, each in enumerate(tensors) if is_continuous(each)]
    if not places:
        return found
    primals = tuple(tensors[i] for i in places)
    tangents = tuple(tangent(each) for each in primals)
    several = tuple(batch(each) for each in primals)
    directions = tuple(batch(each) for each in tangents)
    argnums = tuple(range(len(primals)))

    def whole(*args):
        every = list(tensors)
        for i, each in zip(places, args):
            every[i] = each
        return function(*every)

    def smooth(*args):
        return tuple(each for each in leaves(whole(*args)) if is_continuous(each))

    def loss(*args):
        return objective(whole(*args))

    gradient = grad(loss, argnums=argnums)

    def pulled():
        outputs, pull = vjp(smooth, *primals)
        return vmap(pull)(tuple(torch.stack([tangent(each), torch.ones_like(each)]) for each in outputs))

    def dual():
        with forward_ad.dual_level():
            duals = [forward_ad.make_dual(*pair) for pair in zip(primals, tangents)]
            return [forward_ad.unpack_dual(each) for each in smooth(*duals)]

    found |= {
        "vmap of grad": lambda: vmap(gradient)(*several),
        "vmap of vjp": pulled,
        "grad of grad": lambda: grad(lambda *args: objective(gradient(*args)), argnums=argnums)(*primals),
        "jvp": lambda: jvp(smooth, primals, tangents),
        "dual numbers": dual,
        "vmap of jvp": lambda: vmap(lambda *args: jvp(smooth, args, tangents))(*several),
        "jvp of vmap": lambda: jvp(vmap(smooth), several, directions),
        "vmap over tangents": lambda: vmap(lambda *args: jvp(smooth, primals, args))(*directions),
        "jvp of grad": lambda: jvp(gradient, primals, tangents),
        "vmap of jvp of grad": lambda: vmap(lambda *args: jvp(gradient, primals, args))(*directions),
    }
    if sum(each.numel() for each in primals) <= JACOBIAN:
        found |= {
            "jacrev": lambda: jacrev(smooth, argnums=argnums)(*primals),
            "jacfwd": lambda: jacfwd(smooth, argnums=argnums)(*primals),
            "hessian": lambda: hessian(loss, argnums=argnums)(*primals),
        }
    return found


SLOW = re.compile(r"not yet implemented the batching rule for aten::(\S+)\. ")


def outcome(compute):
    torch.manual_seed(0)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            found = {"value": digest(compute())}
        except Exception as error:
            found = {"error": str(error).split("\n")[0]}
    slow = sorted({name for each in caught for name in SLOW.findall(str(each.message))})
    return {**found, "slow": slow} if slow else found


def resolve(path):
    owner = torch
    for part in path.split("."):
        owner = getattr(owner, part, None)
    return owner


def samples(op):
    torch.manual_seed(0)
    for sample in itertools.islice(op.sample_inputs("cpu", torch.float32), 60):
        args = (sample.input, *sample.args)
        if op.name in REORDERED and len(args) > 1:
            args = REORDERED[op.name](args)
        tensors = []
        try:
            call = taken_apart([*args, dict(sample.kwargs)], tensors)
            written(call)
        except Unsupported:
            continue
        sizes = [each.numel() for each in tensors]
        if tensors and 0 not in sizes and sum(sizes) <= ELEMENTS:
            yield call, tensors


def main():
    torch.set_num_threads(1)
    lines, slow, refused = [], set(), set()
    for op in op_db:
        function = resolve(op.name)
        if LEFT_OUT.search(op.name) or not callable(function) or torch.float32 not in op.supported_dtypes("cpu"):
            continue
        for call, tensors in itertools.islice(samples(op), SAMPLES):
            apply = lambda *args: function(*filled(call[:-1], args), **filled(call[-1], args))
            results = {name: outcome(compute) for name, compute in transforms(tensors, apply).items()}
            name = f"{op.name} ({op.variant_test_name})" if op.variant_test_name else op.name
            case = {"name": name, "call": op.name, "args": written(call[:-1]), "options": written(call[-1])}
            lines.append({**case, "tensors": [written_tensor(each) for each in tensors], "results": results})
            for each in results.values():
                slow.update(each.get("slow", []))
                refused.update(re.findall(r"forward AD with (\S+) that does not", each.get("error", "")))
    text = "".join(json.dumps(line, separators=(",", ":")) + "\n" for line in lines)
    (HERE / "operators.json.gz").write_bytes(gzip.compress(text.encode(), 9, mtime=0))
    lists = {"example by example": sorted(slow), "without forward mode": sorted(refused)}
    (HERE / "operators.json").write_text(json.dumps(lists, indent=2) + "\n")


if __name__ == "__main__":
    main()
