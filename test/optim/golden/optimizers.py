"""Makes optimizers.json: parameters and state after some steps of every optimizer, by PyTorch.

    python test/optim/golden/optimizers.py > test/optim/golden/optimizers.json

Parameters and gradients are simple fractions, which optimizers.test.ts makes in the same way.
"""

import json
import warnings

import torch

warnings.simplefilter("ignore")
torch.set_num_threads(1)
STEPS = 5
SHAPES = [[3, 4], [5], [2, 1, 3], []]
MATRICES = [[3, 4], [5, 2]]

OPTIONS = {
    "SGD": [
        {},
        {"weight_decay": 0.1},
        {"momentum": 0.9},
        {"momentum": 0.9, "dampening": 0.5, "weight_decay": 0.1},
        {"momentum": 0.9, "nesterov": True, "weight_decay": 0.1, "maximize": True},
        {"momentum": 0.9, "nesterov": True, "weight_decay": 0.1, "fused": True},
    ],
    "Adam": [
        {},
        {"lr": 0.1, "weight_decay": 0.1},
        {"lr": 0.1, "amsgrad": True, "weight_decay": 0.1, "maximize": True},
        {"betas": [0.3, 0.6], "eps": 1e-3, "decoupled_weight_decay": True, "weight_decay": 0.1},
        {"lr": 0.1, "amsgrad": True, "weight_decay": 0.1, "fused": True},
    ],
    "AdamW": [{}, {"lr": 0.1, "weight_decay": 0.1, "amsgrad": True}, {"lr": 0.1, "maximize": True, "fused": True}],
    "Adagrad": [
        {},
        {"lr": 0.1, "lr_decay": 0.5, "weight_decay": 0.1, "maximize": True},
        {"initial_accumulator_value": 0.1, "eps": 1e-3},
        {"lr": 0.1, "lr_decay": 0.5, "fused": True},
    ],
    "Adadelta": [{}, {"lr": 0.5, "rho": 0.8, "weight_decay": 0.1, "maximize": True}],
    "Adamax": [{}, {"lr": 0.1, "betas": [0.4, 0.9], "weight_decay": 0.1, "maximize": True}],
    "ASGD": [{}, {"t0": 2, "lambd": 0.1, "alpha": 0.5, "weight_decay": 0.1, "maximize": True}],
    "NAdam": [{}, {"momentum_decay": 0.006, "weight_decay": 0.1}, {"weight_decay": 0.1, "decoupled_weight_decay": True, "maximize": True}],
    "RAdam": [{}, {"weight_decay": 0.1, "betas": [0.8, 0.5]}, {"weight_decay": 0.1, "decoupled_weight_decay": True, "maximize": True}],
    "RMSprop": [{}, {"momentum": 0.9, "centered": True, "weight_decay": 0.1, "maximize": True}, {"centered": True, "alpha": 0.4}, {"momentum": 0.5}],
    "Rprop": [{}, {"lr": 0.1, "etas": [0.4, 1.5], "step_sizes": [0.01, 0.12], "maximize": True}],
    "Adafactor": [{}, {"lr": 0.1, "weight_decay": 0.1, "d": 1.5, "beta2_decay": -0.5, "maximize": True}, {"eps": [1e-4, 1e-2]}],
    "Muon": [{}, {"lr": 0.1, "nesterov": False, "momentum": 0.5}, {"adjust_lr_fn": "match_rms_adamw", "ns_steps": 3}],
    "SparseAdam": [{}, {"lr": 0.1, "betas": [0.5, 0.9], "maximize": True}],
}
NO_COMPLEX = {"Adafactor", "Muon", "SparseAdam"}


def case(name, options, dtype="float32", layout="contiguous", shapes=None):
    return {
        "class": name,
        "options": options,
        "dtype": dtype,
        "layout": "sparse" if name == "SparseAdam" else layout,
        "shapes": shapes or (MATRICES if name == "Muon" else SHAPES[:1] if name == "SparseAdam" else SHAPES),
    }


CASES = [case(name, options) for name, all_options in OPTIONS.items() for options in all_options]
for name, all_options in OPTIONS.items():
    richest = max((o for o in all_options if "fused" not in o), key=len)
    CASES.append(case(name, richest, "float64"))
    CASES.append(case(name, richest, layout="transposed") if name != "SparseAdam" else case(name, richest))
    if name != "SparseAdam":
        CASES.append(case(name, richest, layout="strided"))
    if name not in ("SparseAdam", "Adagrad"):
        CASES.append(case(name, richest, "bfloat16"))
    if name not in NO_COMPLEX:
        CASES.append(case(name, richest, "complex64"))
    if name not in ("SparseAdam", "Muon"):
        CASES.append(case(name, richest, shapes=[[150, 150]]))
for name in ("SGD", "Adagrad"):
    CASES.append(case(name, {"lr": 0.1}, layout="sparse", shapes=[[3, 4]]))


def fractions(shape, dtype, a, b, modulus):
    """(a * i + b) % modulus, shifted to both sides of zero and scaled to at most one."""
    count = torch.Size(shape).numel()
    i = torch.arange(count, dtype=torch.float64)
    x = ((a * i + b) % modulus - modulus // 2) / (modulus // 2)
    if dtype.is_complex:
        x = torch.complex(x, -0.5 * x)
    return x.to(dtype).reshape(shape)


def place(x, layout):
    """The same tensor with its memory in another order, or with gaps."""
    if layout == "strided":
        sizes, strides = [*x.shape], [2 * stride for stride in x.stride()]
        return torch.empty_strided(sizes, strides, dtype=x.dtype).copy_(x)
    if layout != "transposed" or x.dim() < 2:
        return x
    return x.transpose(0, 1).contiguous().transpose(0, 1)


def gradient(shape, dtype, layout, index, step):
    if index == 1 and step == 2:
        return None
    g = fractions(shape, dtype, 7, 13 * step + index, 23)
    if layout != "sparse":
        return g
    rows = [0, 2] if step % 2 else [1]
    return torch.sparse_coo_tensor([rows], g[rows], g.shape)


def numbers(x):
    x = x.detach()
    x = torch.view_as_real(x) if x.is_complex() else x
    flat = x.to(torch.float64).reshape(-1)
    if flat.numel() > 100:
        flat = flat[::1117]
    return [float(f"{value:.9g}") for value in flat.tolist()]


def run(spec):
    dtype = getattr(torch, spec["dtype"])
    params = [place(fractions(s, dtype, 5, i, 17), spec["layout"]).requires_grad_() for i, s in enumerate(spec["shapes"])]
    optimizer = getattr(torch.optim, spec["class"])(params, **spec["options"])
    for step in range(STEPS):
        for index, p in enumerate(params):
            p.grad = gradient(p.shape, dtype, spec["layout"], index, step)
        optimizer.step()
    state = [
        {k: numbers(v) if isinstance(v, torch.Tensor) else v for k, v in optimizer.state[p].items() if v is not None}
        for p in params
    ]
    return {**spec, "params": [numbers(p) for p in params], "state": state}


def hypergradients(name, options, steps=3):
    """The derivatives of parameters after some steps by where they started and by the gradients."""
    start = fractions([3, 4], torch.float64, 5, 0, 17).requires_grad_()
    grads = [fractions([3, 4], torch.float64, 7, 13 * step, 23).requires_grad_() for step in range(steps)]
    p = start.clone()
    optimizer = getattr(torch.optim, name)([p], differentiable=True, **options)
    for g in grads:
        p.grad = g.clone()
        optimizer.step()
    weights = fractions([3, 4], torch.float64, 3, 1, 11)
    try:
        results = torch.autograd.grad((p * weights).sum(), [start, *grads], allow_unused=True)
    except RuntimeError:  # some of PyTorch's own steps write over what a second one needs
        return hypergradients(name, options, steps - 1)
    return {"class": name, "options": options, "grads": [None if r is None else numbers(r) for r in results]}


def text(name, **options):
    params = [torch.ones(2, 2).requires_grad_()]
    optimizer = getattr(torch.optim, name)(params, **options)
    return {"class": name, "options": options, "text": repr(optimizer), "keys": list(optimizer.state_dict()["param_groups"][0])}


print(
    json.dumps(
        {
            "steps": [run(each) for each in CASES],
            "hypergradients": [
                hypergradients(name, max((o for o in all_options if "fused" not in o), key=len))
                for name, all_options in OPTIONS.items()
                if name not in NO_COMPLEX
            ],
            "texts": [text(name) for name in [*OPTIONS, "LBFGS"]]
            + [text("Adam", lr=0.5, eps=1e-12, weight_decay=1e-5), text("SGD", momentum=0.9, nesterov=True)],
        }
    )
)
