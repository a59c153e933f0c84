"""Writes the public names of PyTorch's namespaces as JSON: scripts/coverage/index.mjs compares them with this package's."""
import importlib
import json
import sys
import types

import torch
import torch.distributed
import torch.masked
import torch.nn.functional
import torch.signal.windows
import torch.utils

NAMESPACES = {
    "torch": torch,
    "torch.Tensor": torch.Tensor,
    "torch.nn": torch.nn,
    "torch.nn.functional": torch.nn.functional,
    "torch.nn.init": torch.nn.init,
    "torch.linalg": torch.linalg,
    "torch.fft": torch.fft,
    "torch.special": torch.special,
    "torch.signal.windows": torch.signal.windows,
    "torch.masked": torch.masked,
    "torch.sparse": torch.sparse,
    "torch.autograd": torch.autograd,
    "torch.distributed": torch.distributed,
    "torch.utils": torch.utils,
    "torch.optim": torch.optim,
    "torch.optim.lr_scheduler": torch.optim.lr_scheduler,
}


# Files whose other names are what they import: only `__all__` counts.
DECLARED = """
nn.attention nn.attention.bias nn.attention.flex_attention nn.parallel nn.parameter nn.utils nn.utils.parametrizations
nn.utils.parametrize nn.utils.rnn nn.utils.stateless optim.swa_utils amp distributions
distributions.constraints distributions.kl distributions.transforms export hub jit utils.data func autograd.functional accelerator profiler
autograd.profiler utils.flop_counter
""".split()


def is_foreign(value):
    """Modules of other packages and things of `typing` that a namespace happens to import."""
    if isinstance(value, types.ModuleType):
        return not value.__name__.startswith("torch")
    module = getattr(value, "__module__", None) or ""
    return module.split(".")[0] in {"typing", "typing_extensions", "collections", "functools", "types", "enum", "abc", "contextlib"}


def public_names(namespace):
    for name in sorted(dir(namespace)):
        if not name.startswith("_") and not is_foreign(getattr(namespace, name, None)):
            yield name


names = {name: list(public_names(namespace)) for name, namespace in NAMESPACES.items()}
for name in DECLARED:
    names[f"torch.{name}"] = sorted(importlib.import_module(f"torch.{name}").__all__)
json.dump(names, sys.stdout)
