"""Makes averages.json: averaged weights of a small model over five updates, by PyTorch.

    python test/optim/golden/averages.py > test/optim/golden/averages.json
"""

import json

import torch
from torch.optim import swa_utils

AVERAGES = {
    "mean": {},
    "mean of buffers": {"use_buffers": True},
    "ema": {"multi_avg_fn": swa_utils.get_ema_multi_avg_fn(0.9)},
    "ema one by one": {"avg_fn": swa_utils.get_ema_avg_fn(0.9)},
    "swa": {"multi_avg_fn": swa_utils.get_swa_multi_avg_fn()},
    "swa one by one": {"avg_fn": swa_utils.get_swa_avg_fn()},
}


def make_model():
    return torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.BatchNorm1d(3))


def set_values(model, step):
    for k, p in enumerate([*model.parameters(), *list(model.buffers())[:2]]):
        values = (torch.arange(p.numel()) * 3 + 5 * step + k) % 7 - 3.0
        p.data.copy_(values.reshape(p.shape))


def run(options):
    model = make_model()
    averaged = swa_utils.AveragedModel(model, **options)
    for step in range(5):
        set_values(model, step)
        averaged.update_parameters(model)
    return {key: value.tolist() for key, value in averaged.state_dict().items()}


def statistics():
    model = make_model()
    set_values(model, 1)
    batches = [((torch.arange(8) * 3 + i) % 5 - 2.0).reshape(4, 2) for i in range(3)]
    swa_utils.update_bn([[batch, 0] for batch in batches], model)
    return {key: value.tolist() for key, value in model.state_dict().items()}


print(json.dumps({"averages": {name: run(options) for name, options in AVERAGES.items()}, "statistics": statistics()}))
