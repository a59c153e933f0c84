"""Writes printing.json: tensors, print options, and what PyTorch prints.

    python test/tensor/golden/printing.py > test/tensor/golden/printing.json

A case has a tensor (its bytes, or the factory that makes it), methods to call on it in turn, options, and the text.
"""

import base64
import itertools
import json
import sys
import warnings

import torch

warnings.simplefilter("ignore")
torch.manual_seed(0)
cases = []


def case(make, steps=(), requires_grad=False, options=None):
    make = describe(make) if isinstance(make, torch.Tensor) else make
    x = build(make)
    if requires_grad:
        x.requires_grad_()
    for name, *arguments in steps:
        x = getattr(x, name)(*arguments)
    torch.set_printoptions(profile="default")
    torch.set_printoptions(**(options or {}))
    entry = {"make": make, "text": repr(x)}
    if steps:
        entry["steps"] = [list(step) for step in steps]
    if requires_grad:
        entry["requires_grad"] = True
    if options:
        entry["options"] = {**options, **({"threshold": 1e9} if options.get("threshold") == float("inf") else {})}
    cases.append(entry)


def describe(x):
    data = bytes(x.contiguous().reshape(-1).view(torch.uint8).tolist()) if x.numel() else b""
    return {
        "bytes": base64.b64encode(data).decode(),
        "dtype": str(x.dtype).removeprefix("torch."),
        "shape": list(x.shape),
    }


def build(make):
    if "bytes" not in make:
        keywords = {k: getattr(torch, v) if k == "dtype" else v for k, v in make.get("keywords", {}).items()}
        return getattr(torch, make["name"])(*make["arguments"], **keywords)
    dtype = getattr(torch, make["dtype"])
    if 0 in make["shape"]:
        return torch.empty(make["shape"], dtype=dtype)
    data = bytearray(base64.b64decode(make["bytes"]))
    return torch.frombuffer(data, dtype=dtype).clone().reshape(make["shape"])


def factory(name, *arguments, **keywords):
    return {"name": name, "arguments": list(arguments), "keywords": keywords}


inf, nan = float("inf"), float("nan")
shapes = [(), (1,), (7,), (23,), (3, 4), (2, 3, 4), (2, 1, 2, 3), (0,), (2, 0)]
floats = [torch.float32, torch.float64, torch.float16, torch.bfloat16]
small = [torch.float8_e5m2, torch.float8_e4m3fn, torch.float8_e5m2fnuz, torch.float8_e4m3fnuz]
integers = [torch.uint8, torch.int8, torch.int16, torch.int32, torch.int64, torch.uint16, torch.uint32, torch.uint64]
complexes = [torch.complex64, torch.complex128, torch.complex32]

for dtype, shape in itertools.product(floats, shapes):
    case((torch.randn(shape, dtype=torch.float64) * 3).to(dtype))
    case(torch.randint(-20, 20, shape).to(dtype))
for dtype, shape in itertools.product(small, [(), (5,), (2, 3)]):
    case((torch.randn(shape) * 2).to(dtype))
case(torch.tensor([1.0, 2.0, 4.0, 0.25]).to(torch.float8_e8m0fnu))
for dtype, shape in itertools.product(integers, shapes):
    case(torch.randint(0, 120, shape).to(dtype))
for dtype, shape in itertools.product(complexes, shapes):
    case((torch.randn(shape, dtype=torch.complex128) * 5).to(dtype))
for shape in shapes:
    case(torch.randint(0, 2, shape).bool())
case(torch.tensor([2**63 - 1, -(2**63), 0, 2**53 + 1]))
case(torch.tensor([2**64 - 1, 0, 7], dtype=torch.uint64))
case(torch.tensor([-128, 127, 0], dtype=torch.int8))

# Which notation the values ask for.
for scale in [1e-8, 9.9e-5, 1e-4, 0.01, 1, 999, 1e5, 1e8, 1.01e8, 1e20, 1e37]:
    case(torch.randn(6) * scale)
    case(torch.tensor([1.0, 2.0, 3.0], dtype=torch.float64) * scale)
    case(torch.randn(3, dtype=torch.complex64) * scale)
for values in [
    [1.0, 1000.0],
    [1.0, 1001.0],
    [1.0, 1000.5],
    [0.5, 600.0],
    [0.0, 0.0],
    [-0.0, 0.0],
    [inf, 1.0],
    [-inf, nan],
    [nan],
    [inf, -inf, 0.0],
    [nan, 1.5, inf],
    [1e-40, 1.0],
    [0.125, 2.5, 0.0625],
    [0.00005, 0.00015],
    [1e10, nan, -inf],
    [123456789.0, 1.0],
    [0.99995, 1.00005],
    [2.0**-149],
]:
    for dtype in [torch.float32, torch.float64]:
        case(torch.tensor(values, dtype=dtype))
for value in [complex(0, -0.0), complex(-0.0, 1), complex(nan, inf), complex(-inf, -1.5), complex(1, nan), complex(1e9, 1)]:
    case(torch.tensor(value))
    case(torch.tensor([value, 1 + 2j], dtype=torch.complex128))

# Long rows, summaries.
for make in [
    factory("arange", 1000),
    factory("arange", 1001),
    factory("arange", 30.0, dtype="float32"),
    factory("linspace", 0, 1, 1500),
    factory("ones", 40, 40),
    factory("zeros", 12, 10, 11),
    factory("ones", 1, 2000),
    factory("ones", 2000, 1),
    factory("ones", 3, 5, 7, 11, dtype="int64"),
    factory("ones", 6, 6, 40, dtype="bool"),
    factory("ones", 7, 200, dtype="complex64"),
    factory("full", [1200], 0.1, dtype="float16"),
]:
    case(make)
    case(make, requires_grad=False, options={"edgeitems": 1})
    case(make, options={"edgeitems": 2, "threshold": 20})
case(factory("arange", 1200, dtype="float32"), [("reshape", 40, 30), ("t",)])
case(factory("arange", 1200, dtype="float32"), [("reshape", 2, 600), ("div", 7)])

# Options.
sample = torch.randn(4, 5) * 20
whole = torch.randint(-500, 500, (5, 6)).float()
pair = torch.randn(3, 4, dtype=torch.complex64)
for options in [
    {"precision": 0},
    {"precision": 2},
    {"precision": 10},
    {"sci_mode": True},
    {"sci_mode": False},
    {"sci_mode": True, "precision": 1},
    {"linewidth": 20},
    {"linewidth": 40},
    {"linewidth": 200},
    {"linewidth": 1},
    {"threshold": 5},
    {"threshold": 5, "edgeitems": 1},
    {"threshold": 5, "edgeitems": 0},
    {"edgeitems": 0},
    {"profile": "short"},
    {"profile": "full"},
    {"profile": "short", "precision": 6},
]:
    for x in [sample, whole, pair, torch.arange(12), torch.tensor(1.5), torch.tensor([1e-9, 1e9]), torch.zeros(0)]:
        case(x, options=options)
case(factory("arange", 1010), options={"profile": "full"})
case(torch.randn(5), options={"linewidth": 30}, requires_grad=True)

# Suffixes.
for x in [sample, torch.tensor(2.0), torch.tensor([1.0, 2.0], dtype=torch.float64), pair, torch.zeros(2, 0)]:
    case(x, requires_grad=True)
    for steps in [
        [("add", 1)],
        [("sum",)],
        [("exp",), ("sin",)],
        [("clone",), ("mul_", 2)],
        [("unsqueeze", 0), ("expand", 2, *x.shape)],
        [("mul", 2), ("detach",)],
        [("relu",)] if not x.is_complex() else [("abs",)],
        [("neg",), ("square",), ("mean",)],
    ]:
        case(x, steps, requires_grad=True)
case(torch.randn(3, 4), [("clone",), ("fill_diagonal_", 1.0)], requires_grad=True)
case(torch.randn(3, 3), [("tril",)], requires_grad=True)
case(pair, [("conj",)])
case(pair, [("conj",), ("t",)], requires_grad=True)
case(pair, [("conj",), ("angle",)])
case(torch.randn(4, 6), [("t",)])
case(torch.randn(4, 6), [("narrow", 1, 2, 3)])
case(torch.randn(2, 3).half(), [("add", 1)], requires_grad=True)

# Layouts, devices.
sparse = torch.randn(4, 5) * (torch.rand(4, 5) > 0.6)
for x in [sparse, sparse.double(), sparse.half(), torch.eye(3, dtype=torch.int64), torch.zeros(2, 3), sparse.to(torch.complex64)]:
    for layout in ["to_sparse", "to_sparse_csr", "to_sparse_csc"]:
        case(x, [(layout,)])
        if x.is_floating_point():
            case(x, [(layout,)], requires_grad=True)
x = torch.randn(4, 4)
case(x, [("to_sparse_bsr", [2, 2])])
case(x, [("to_sparse_bsc", [2, 2])])
case(x, [("to_sparse", 1)])
case(torch.eye(60), [("to_sparse",)])
case(factory("eye", 1200), [("to_sparse",)])
case(factory("eye", 1200), [("to_sparse_csr",)])
case(torch.randn(2, 3), [("to_mkldnn",)])
for dtype in ["float32", "float64", "int64", "bool"]:
    case(factory("empty", 2, 3, device="meta", dtype=dtype))
case(factory("empty", 2, 3, device="meta"), [("add", 1)], requires_grad=True)

json.dump({"torch": torch.__version__, "cases": cases}, sys.stdout, separators=(",", ":"))
print(f"{len(cases)} cases", file=sys.stderr)
