"""Writes sync_batchnorm.json: what BatchNorm2d gives for the batches of all ranks in one, which SyncBatchNorm is to give.

Usage: python test/distributed/golden/sync_batchnorm.py

(PyTorch's SyncBatchNorm itself takes tensors on a GPU only.) test/distributed/programs/sync_batchnorm.ts has the ranks.
"""

import json
import pathlib

import torch
from torch import nn

OUTPUT = pathlib.Path(__file__).with_name("sync_batchnorm.json")
SHARES = [5, 0, 3]


def train(momentum, affine, dtype):
    bn = nn.BatchNorm2d(3, momentum=momentum, affine=affine)
    if affine:
        with torch.no_grad():
            bn.weight.copy_(torch.tensor([1.0, 2.0, -0.5]))
            bn.bias.copy_(torch.tensor([0.0, 0.25, 1.0]))
    steps = []
    for step in range(2):
        torch.manual_seed(step)
        x = torch.randn(sum(SHARES), 3, 2, 2).mul(2).add(1).to(dtype).requires_grad_()
        y = bn(x)
        slope = torch.randn(y.shape).to(dtype)
        y.mul(slope).sum().backward()
        steps.append({"y": y.float().flatten().tolist(), "gradient": x.grad.float().flatten().tolist()})
    return {
        "steps": steps,
        "running_mean": bn.running_mean.tolist(),
        "running_var": bn.running_var.tolist(),
        "batches": bn.num_batches_tracked.item(),
        "weight": bn.weight.grad.tolist() if affine else None,
        "bias": bn.bias.grad.tolist() if affine else None,
    }


CASES = {
    "plain": (0.1, True, torch.float32),
    "cumulative": (None, True, torch.float32),
    "bare": (0.1, False, torch.float32),
    "bfloat16": (0.1, True, torch.bfloat16),
}
OUTPUT.write_text(json.dumps({name: train(*case) for name, case in CASES.items()}) + "\n")
