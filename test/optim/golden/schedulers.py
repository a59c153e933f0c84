"""Makes schedulers.json: the learning rates of every scheduler over 200 steps, and its state, by PyTorch.

    python test/optim/golden/schedulers.py > test/optim/golden/schedulers.json
"""

import json
import math
import warnings

import torch
from torch.optim import lr_scheduler, swa_utils

warnings.simplefilter("ignore")
STEPS = 200
LAMBDAS = {"power": lambda epoch: 0.95**epoch, "inverse": lambda epoch: 1 / (epoch + 1), "close": lambda epoch: 0.999}


def spec(name, optimizer="SGD", **args):
    return {"class": name, "optimizer": optimizer, "args": args}


SPECS = [
    spec("LambdaLR", lr_lambda={"$lambda": "power"}),
    spec("LambdaLR", lr_lambda=[{"$lambda": "power"}, {"$lambda": "inverse"}]),
    spec("MultiplicativeLR", lr_lambda={"$lambda": "close"}),
    spec("StepLR", step_size=30),
    spec("StepLR", step_size=7, gamma=0.9),
    spec("MultiStepLR", milestones=[30, 80, 80, 150], gamma=0.5),
    spec("ConstantLR"),
    spec("ConstantLR", factor=0.5, total_iters=40),
    spec("LinearLR"),
    spec("LinearLR", start_factor=0.1, end_factor=0.7, total_iters=120),
    spec("ExponentialLR", gamma=0.97),
    spec("PolynomialLR"),
    spec("PolynomialLR", total_iters=150, power=0.9),
    spec("CosineAnnealingLR", T_max=50, eta_min=0.001),
    spec("CosineAnnealingLR", T_max=200),
    spec("CosineAnnealingWarmRestarts", T_0=20),
    spec("CosineAnnealingWarmRestarts", T_0=10, T_mult=2, eta_min=0.003),
    spec("CyclicLR", base_lr=0.01, max_lr=0.1, step_size_up=15),
    spec("CyclicLR", base_lr=[0.01, 0.02], max_lr=0.1, step_size_up=15, step_size_down=5, mode="triangular2"),
    spec("CyclicLR", "Adam", base_lr=0.01, max_lr=0.1, step_size_up=15, mode="exp_range", gamma=0.99),
    spec("CyclicLR", base_lr=0.01, max_lr=0.1, step_size_up=9, scale_fn={"$lambda": "inverse"}, cycle_momentum=False),
    spec("OneCycleLR", max_lr=0.2, total_steps=201),
    spec("OneCycleLR", "Adam", max_lr=[0.2, 0.4], epochs=67, steps_per_epoch=3, anneal_strategy="linear"),
    spec("OneCycleLR", max_lr=0.2, total_steps=210, three_phase=True, pct_start=0.25, cycle_momentum=False),
    spec("ReduceLROnPlateau"),
    spec("ReduceLROnPlateau", mode="max", factor=0.5, patience=2, cooldown=5, min_lr=[1e-3, 1e-2], threshold_mode="abs"),
    spec(
        "SequentialLR",
        schedulers=[spec("ConstantLR", total_iters=20), spec("ExponentialLR", gamma=0.98), spec("StepLR", step_size=10)],
        milestones=[20, 100],
    ),
    spec(
        "SequentialLR",
        schedulers=[spec("LinearLR", total_iters=10), spec("CosineAnnealingLR", T_max=190)],
        milestones=[10],
    ),
    spec("ChainedScheduler", schedulers=[spec("ConstantLR", total_iters=4), spec("ExponentialLR", gamma=0.99)]),
    spec("SWALR", swa_lr=0.05),
    spec("SWALR", swa_lr=[0.05, 0.5], anneal_epochs=33, anneal_strategy="linear"),
]


def metric(step):
    return (step * 37 % 101) / 101 + 50 / (step + 1)


def make_optimizer(name):
    groups = [{"params": [torch.ones(1)], "lr": 0.1}, {"params": [torch.ones(1)], "lr": 0.02}]
    return getattr(torch.optim, name)(groups, lr=1.0, **({"momentum": 0.9} if name == "SGD" else {}))


def decode(value, optimizer):
    if isinstance(value, dict) and "$lambda" in value:
        return LAMBDAS[value["$lambda"]]
    if isinstance(value, dict) and "class" in value:
        return make_scheduler(value, optimizer)
    if isinstance(value, list):
        return [decode(each, optimizer) for each in value]
    return value


def make_scheduler(spec, optimizer):
    cls = getattr(lr_scheduler, spec["class"], None) or getattr(swa_utils, spec["class"])
    args = {name: decode(value, optimizer) for name, value in spec["args"].items()}
    return cls(**args) if spec["class"] == "ChainedScheduler" else cls(optimizer, **args)


def plain(value):
    if isinstance(value, dict):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(each) for each in value]
    if isinstance(value, float) and math.isinf(value):
        return str(value)
    return value


def momentum_of(group):
    return group["betas"][0] if "betas" in group else group["momentum"]


def run(spec):
    optimizer = make_optimizer(spec["optimizer"])
    scheduler = make_scheduler(spec, optimizer)
    rates, others, momenta = [], [], []
    for step in range(STEPS + 1):
        if step > 0:
            optimizer.step()
            scheduler.step(metric(step)) if spec["class"] == "ReduceLROnPlateau" else scheduler.step()
        first, second = optimizer.param_groups
        rates.append(first["lr"])
        if step % 20 == 0:
            others.append(second["lr"])
            momenta.append(momentum_of(first))
    return {**spec, "rates": rates, "others": others, "momenta": momenta, "state": plain(scheduler.state_dict())}


print(json.dumps([run(each) for each in SPECS]))
