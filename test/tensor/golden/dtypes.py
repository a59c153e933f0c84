"""Writes dtypes.json: what PyTorch says of each dtype.

    python dtypes.py
"""
import json
import os
import warnings

import torch

warnings.simplefilter("ignore")
names = sorted({str(value).removeprefix("torch.") for value in vars(torch).values() if isinstance(value, torch.dtype)})


def facts(name):
    dtype = getattr(torch, name)
    row = {
        "aliases": sorted(alias for alias in dir(torch) if getattr(torch, alias) is dtype),
        "itemsize": dtype.itemsize,
        "is_floating_point": dtype.is_floating_point,
        "is_complex": dtype.is_complex,
    }
    if not name.startswith(("q", "bits")):
        row["is_signed"] = dtype.is_signed
        row["type"] = torch.empty(1, dtype=dtype).type()
    if dtype.is_floating_point and dtype.itemsize > 1 or dtype.is_complex:
        row["real"] = str(dtype.to_real())
        row["complex"] = str(dtype.to_complex())
    return row


SHELLS = {f"{sign}int{bits}" for sign in ("", "u") for bits in range(1, 8)} | {"float4_e2m1fn_x2"}


def known(name):
    """Whether tensors can have it, here as there."""
    return name not in SHELLS and not name.startswith("bits")


here = os.path.dirname(os.path.abspath(__file__))
with open(os.path.join(here, "dtypes.json"), "w") as file:
    json.dump({name: facts(name) for name in names if known(name)}, file, indent=1)
    file.write("\n")
