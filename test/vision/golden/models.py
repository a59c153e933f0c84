"""torchvision's models: names and shapes of their state, and results from a seed."""

import hashlib
import json
import os

import reference  # noqa: F401
import torch
from torchvision import models

NAMES = ["resnet18", "resnet34", "resnet50", "resnet101", "resnext50_32x4d"]
NAMES += ["vgg11", "vgg16_bn", "alexnet", "mobilenet_v2"]


def described(model):
    lines = [f"{name} {list(value.shape)}" for name, value in model.state_dict().items()]
    return {
        "keys": len(lines),
        "sha256": hashlib.sha256("\n".join(lines).encode()).hexdigest(),
        "parameters": sum(p.numel() for p in model.parameters()),
        "text": hashlib.sha256(repr(model).encode()).hexdigest(),
    }


def run(name, **options):
    torch.manual_seed(1)
    model = getattr(models, name)(**options)
    x = torch.randn(2, 3, 64, 64)
    model.train()
    loss = model(x).square().mean()
    loss.backward()
    first = next(model.parameters())
    model.eval()
    return {
        "options": options,
        "loss": loss.item(),
        "gradient": first.grad.norm().item(),
        "scores": model(x)[0, :5].tolist(),
    }


with torch.device("meta"):
    states = {name: described(getattr(models, name)()) for name in NAMES}
runs = {
    "resnet18": run("resnet18"),
    "resnet50": run("resnet50", num_classes=7, zero_init_residual=True, replace_stride_with_dilation=[False, False, True]),
    "mobilenet_v2": run("mobilenet_v2", width_mult=0.5, num_classes=9),
    "alexnet": run("alexnet", num_classes=5, dropout=0.2),
}
with open(os.path.join(os.path.dirname(__file__), "models.json"), "w") as file:
    json.dump({"states": states, "runs": runs}, file, indent=1)
