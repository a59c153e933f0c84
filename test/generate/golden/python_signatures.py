"""Writes python_signatures.json: the overloads Python's parser lists when no argument fits, in its order,
and the names bound in each namespace. Run with PyTorch 2.13: python python_signatures.py
"""

import json
import pathlib
import re

import torch

FUNCTIONS = """add sub mul div max min sum mean std var where pow clamp any all argmax arange randint normal cat split
    bitwise_and floor_divide linspace conv1d conv2d index_fill index_select gather sort squeeze unique_dim scatter lerp
    quantile nansum prod logsumexp tensor_split masked_fill remainder zeros_like full rand""".split()
METHODS = """add_ sub_ max sum mean std var view squeeze split clamp_ pow_ any all scatter_ index_fill_ masked_fill_
    random_ normal_ new_zeros transpose to flatten sort""".split()
NN = "linear gelu avg_pool2d pad one_hot nll_loss upsample_nearest2d scaled_dot_product_attention".split()
LINALG = "linalg_norm linalg_svd linalg_det linalg_matrix_rank linalg_cond".split()


class Misfit:
    pass


def parameter_names(signature: str) -> list[str]:
    """Names in order, with '*' before those that only go by keyword."""
    inner = re.sub(r"\[[^]]*\]", "", signature.strip()[1:-1])
    parts = [part.split("=")[0].strip() for part in inner.split(",")] if inner else []
    return [part.split(" ")[-1] for part in parts]


def overloads(function) -> list[list[str]] | None:
    """None where the message does not list signatures, because there is only one."""
    try:
        function(*[Misfit()] * 20)
    except TypeError as error:
        text = str(error)
        if "expected one of" in text:
            return [parameter_names(line[3:]) for line in text.splitlines() if line.startswith(" * ")]
        if "but expected" in text:
            return [parameter_names(text[text.rindex("but expected (") + len("but expected ") :])]
    return None


def collect(owner, names: list[str]) -> dict[str, list[list[str]]]:
    found = {name: overloads(getattr(owner, name)) for name in names}
    return {name: signatures for name, signatures in found.items() if signatures}


def bound_names(owner) -> str:
    return " ".join(sorted(name for name in dir(owner) if not name.startswith("__")))


def result_fields(name: str) -> list[str]:
    """The fields of a named tuple, in the order of its elements."""
    result_type = getattr(torch.return_types, name)
    return re.findall(r"(\w+)=", repr(result_type(range(result_type.n_fields))))


functions = torch._C._VariableFunctions
golden = {
    "overloads": {
        "torch": collect(functions, FUNCTIONS),
        "Tensor": collect(torch.zeros(2), METHODS),
        "nn": collect(torch._C._nn, NN),
        "linalg": collect(torch._C._linalg, LINALG),
    },
    "names": {
        "torch": bound_names(functions),
        "nn": bound_names(torch._C._nn),
        "linalg": bound_names(torch._C._linalg),
        "fft": bound_names(torch._C._fft),
        "special": bound_names(torch._C._special),
        "Tensor": bound_names(torch.Tensor),
    },
    "results": {name: result_fields(name) for name in ["max", "linalg_slogdet", "aminmax", "topk", "linalg_svd"]},
}
path = pathlib.Path(__file__).with_name("python_signatures.json")
path.write_text(json.dumps(golden) + "\n")
