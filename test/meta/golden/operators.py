"""Makes operators.json: what PyTorch's operators give on the meta device, for the inputs of PyTorch's own tests.

    python test/meta/golden/operators.py > test/meta/golden/operators.json

A case is a line: the call, its arguments, and for each result its dtype, sizes, strides and whether it requires grad;
for differentiable results also those of the gradients, null where there is none. Only calls that PyTorch itself can run
on meta are kept, the first of each operator for each dtype.
"""

import itertools
import json
import math
import sys
import types
import unittest
import warnings

try:
    import expecttest  # noqa: F401
except ImportError:  # imported by torch.testing._internal, not used here
    stub = types.ModuleType("expecttest")
    stub.TestCase = unittest.TestCase
    stub.assert_expected_inline = lambda *args, **kwargs: None
    sys.modules["expecttest"] = stub

import torch
from torch.testing._internal.common_methods_invocations import op_db

warnings.simplefilter("ignore")

DTYPES = (torch.float32, torch.int64, torch.bool, torch.complex64, torch.bfloat16)
SAMPLES = 3

# What is no function of torch's, or takes its arguments in another order than its test inputs.
OMITTED = ("__r", "torch.ops.", "jiterator", "to_sparse", "sparse.", "masked.", "empty", "new_empty", "as_strided_partial")
REORDERED = {"where", "einsum", "polygamma", "special.polygamma", "nn.functional.embedding"}


class Unsupported(Exception):
    pass


def encode(value, integral):
    if isinstance(value, torch.Tensor):
        if value.layout != torch.strided or not value.is_contiguous():
            raise Unsupported
        return {"tensor": [str(value.dtype).split(".")[1], list(value.shape), value.requires_grad]}
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, int):
        return value
    if isinstance(value, float):  # JavaScript has one type of number
        if not math.isfinite(value) or (integral and value.is_integer()):
            raise Unsupported
        return value
    if isinstance(value, complex):
        return {"complex": [value.real, value.imag]}
    if isinstance(value, torch.dtype):
        return {"dtype": str(value).split(".")[1]}
    if isinstance(value, torch.memory_format):
        return {"dtype": str(value).split(".")[1]}
    if isinstance(value, (list, tuple)):
        return [encode(each, integral) for each in value]
    if isinstance(value, dict):
        return {key: encode(each, integral) for key, each in value.items()}
    raise Unsupported


def leaves(value):
    if isinstance(value, torch.Tensor):
        yield value
    elif isinstance(value, (list, tuple)):
        for each in value:
            yield from leaves(each)
    elif isinstance(value, dict):
        for each in value.values():
            yield from leaves(each)


def on_meta(value):
    if isinstance(value, torch.Tensor):
        return value.detach().to("meta").requires_grad_(value.requires_grad)
    if isinstance(value, (list, tuple)) and type(value) in (list, tuple):
        return type(value)(on_meta(each) for each in value)
    if isinstance(value, dict):
        return {key: on_meta(each) for key, each in value.items()}
    return value


def facts(tensor):
    if tensor is None:
        return None
    return [str(tensor.dtype).split(".")[1], list(tensor.shape), list(tensor.stride()), tensor.requires_grad]


def resolve(path):
    value = torch
    for part in path.split("."):
        value = getattr(value, part, None)
    return value


def case_of(op, form, args, kwargs, integral):
    call = resolve(op.name) if form == "function" else getattr(torch.Tensor, op.name)
    made = {"call": op.name, "form": form, "args": encode(args, integral), "kwargs": encode(kwargs, integral)}
    if kwargs.get("device"):
        raise Unsupported
    args, kwargs = on_meta(list(args)), on_meta(kwargs)
    inputs = [each for each in leaves([args, kwargs]) if each.requires_grad]
    results = list(leaves(call(*args, **kwargs)))
    if not results or any(not each.is_meta for each in results):
        raise Unsupported
    made["results"] = [facts(each) for each in results]
    outputs = [each for each in results if each.requires_grad and each.numel() > 0]
    if outputs:
        grads = torch.autograd.grad(outputs, inputs, [torch.empty_like(each) for each in outputs], allow_unused=True)
        made["grads"] = [facts(each) for each in grads]
    return made


def cases_of(op, dtype):
    form = "function" if callable(resolve(op.name)) else "method"
    if form == "method" and not hasattr(torch.Tensor, op.name):
        return
    differentiable = op.supports_autograd and dtype in op.supported_backward_dtypes("cpu") and not op.name.endswith("_")
    torch.manual_seed(0)
    samples = op.sample_inputs("cpu", dtype, requires_grad=differentiable)
    for sample in itertools.islice(samples, SAMPLES):
        args = (sample.input, *sample.args)
        if op.name in REORDERED and len(args) > 1:
            args = (args[1], args[0], *args[2:])
        try:
            yield case_of(op, form, args, dict(sample.kwargs), not dtype.is_floating_point)
        except Exception:
            continue


def main():
    cases = {}
    for op in op_db:
        if op.name.startswith(OMITTED) or op.name in ("T", "H", "mT", "mH", "__getitem__", "to"):
            continue
        for dtype in DTYPES:
            if dtype in op.supported_dtypes("cpu"):
                for case in itertools.islice(cases_of(op, dtype), 2 if dtype == torch.float32 else 1):
                    cases.setdefault(json.dumps(case, separators=(",", ":")), None)
    print("[\n" + ",\n".join(cases) + "\n]")


main()
