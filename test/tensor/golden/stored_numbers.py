"""What torch.tensor stores of numbers that a dtype may not hold, and what operators make of integers that no int64 holds.

Writes stored_numbers.json. Integers of up to 53 bits are numbers in JavaScript, larger ones bigints.
"""

import json
import pathlib

import torch

INTEGERS = [0, 1, -1, 127, 128, -128, -129, 255, 256, -255, -256, 32767, 32768, -32769, 65535, 65536, 2**31 - 1, 2**31]
INTEGERS += [-(2**31) - 1, 2**32 - 1, 2**32, 2**53, 2**63 - 1, 2**63, -(2**63), -(2**63) - 1, 2**64 - 1, 2**64, 2**70]
FLOATS = [0.5, -0.5, 2.7, -2.7, 127.5, 255.5, -128.5, 2147483647.5, 1e30, -1e30, float("nan"), float("inf")]
DTYPES = "uint8 int8 int16 int32 int64 uint16 uint32 bool float16 float32 float64 complex64".split()
WIDE = [2**63, 2**64 - 1, 2**64, -(2**63) - 1]


def result(make):
    try:
        return {"text": str(make())}
    except Exception as error:
        return {"error": type(error).__name__, "message": str(error).split("\nException raised")[0] + ('"' if "with error" in str(error) else "")}


def stored():
    for dtype in DTYPES + ["uint64"]:
        for value in INTEGERS + ([] if dtype == "uint64" else FLOATS):
            kind = "float" if isinstance(value, float) else "int"
            made = result(lambda: torch.tensor([value], dtype=getattr(torch, dtype)))
            yield {"dtype": dtype, "kind": kind, "value": repr(value), **made}


def assigned(value):
    x = torch.ones(3, dtype=torch.int64)
    x[0] = value
    return x


def calls(v):
    x, i = torch.ones(2, 3), torch.ones(2, 3, dtype=torch.int64)
    yield "index", lambda: x[v]
    yield "index_pair", lambda: x[0, v]
    yield "index_list", lambda: x[[v]]
    yield "slice_from", lambda: x[v:]
    yield "slice_to", lambda: x[:v]
    yield "assign", lambda: assigned(v)
    yield "sum", lambda: x.sum(v)
    yield "unsqueeze", lambda: x.unsqueeze(v)
    yield "topk", lambda: x.topk(v)
    yield "roll", lambda: x.roll(v)
    yield "empty_strided", lambda: torch.empty_strided([1], [v])
    yield "as_strided", lambda: x.as_strided([1], [1], v)
    yield "randint", lambda: torch.randint(v, [1])
    yield "conv_stride", lambda: torch.nn.functional.conv1d(x[None], torch.ones(1, 2, 1), stride=v)
    yield "add", lambda: x.add(v)
    yield "add_integers", lambda: i.add(v)
    yield "clamp", lambda: i.clamp(v)
    yield "alpha", lambda: torch.add(x, x, alpha=v)
    yield "full", lambda: torch.full([1], v, dtype=torch.int64)
    yield "full_uint64", lambda: torch.full([1], v, dtype=torch.uint64)
    yield "fill", lambda: torch.zeros(1, dtype=torch.int64).fill_(v)
    yield "where", lambda: torch.where(x > 0, x, v)
    yield "seed", lambda: torch.Generator().manual_seed(v).initial_seed()
    yield "tensor", lambda: torch.tensor([v])
    yield "tensor_float", lambda: torch.tensor([v, 0.5])
    yield "new_tensor", lambda: i.new_tensor([v])
    yield "LongTensor", lambda: torch.LongTensor([v])


def main():
    wide = [{"value": str(v), "name": name, **result(make)} for v in WIDE for name, make in calls(v)]
    path = pathlib.Path(__file__).with_suffix(".json")
    path.write_text(json.dumps({"stored": list(stored()), "wide": wide}, indent=1) + "\n")


main()
