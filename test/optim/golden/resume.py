"""Makes resume.json: optimizer states as PyTorch saves them, and the parameters after two more steps.

    python test/optim/golden/resume.py > test/optim/golden/resume.json
"""

import base64
import io
import json

import torch

OPTIONS = {
    "SGD": {"momentum": 0.9},
    "Adam": {"lr": 0.1, "amsgrad": True},
    "AdamW": {"lr": 0.1},
    "Adagrad": {"lr": 0.1},
    "Adadelta": {},
    "Adamax": {"lr": 0.1},
    "ASGD": {"t0": 1},
    "NAdam": {},
    "RAdam": {"betas": (0.8, 0.5)},
    "RMSprop": {"momentum": 0.5, "centered": True},
    "Rprop": {},
    "Adafactor": {"lr": 0.1},
    "LBFGS": {"max_iter": 2},
}


def loss_of(params):
    return sum((k + 1) * (p * p).sum() + p.sin().sum() for k, p in enumerate(params))


def run(name, options):
    params = [torch.tensor([[0.5, -0.25], [1.0, 2.0]]).requires_grad_(), torch.tensor([1.5, -0.75]).requires_grad_()]
    optimizer = getattr(torch.optim, name)([{"params": params[:1]}, {"params": params[1:]}] if name != "LBFGS" else params, **options)

    def closure():
        optimizer.zero_grad()
        loss = loss_of(params)
        loss.backward()
        return loss

    for _ in range(3):
        optimizer.step(closure)
    file = io.BytesIO()
    torch.save({"optimizer": optimizer.state_dict(), "params": [p.detach().clone() for p in params]}, file)
    for _ in range(2):
        optimizer.step(closure)
    return {"class": name, "file": base64.b64encode(file.getvalue()).decode(), "params": [p.tolist() for p in params]}


print(json.dumps([run(name, options) for name, options in OPTIONS.items()]))
