"""How the golden scripts of this folder write tensors."""

import json
import math
import os

import torch


def number(value, digits):
    if math.isfinite(value):
        return float(f"{value:.{digits}g}")
    return "nan" if math.isnan(value) else "inf" if value > 0 else "-inf"


def plain(value):
    """A tensor as its dtype, shape and values; lists of them likewise."""
    if isinstance(value, torch.Tensor):
        value = value.detach()
        if value.dtype == torch.bool:
            value = value.to(torch.int64)
        digits = 17 if value.dtype in (torch.float64, torch.int64) else 9
        data = [number(v, digits) for v in value.double().flatten().tolist()]
        return {"dtype": str(value.dtype), "shape": list(value.shape), "data": data}
    if isinstance(value, (list, tuple)):
        return [plain(v) for v in value]
    if isinstance(value, dict):
        return {k: plain(v) for k, v in value.items()}
    return value


def write(name, golden):
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), name)
    with open(path, "w") as file:
        json.dump(golden, file, separators=(",", ":"), allow_nan=False)
        file.write("\n")
