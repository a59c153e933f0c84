"""Writes flops.json: what Python's FlopCounterMode counts in programs that the suite runs here too.

Usage: python flops.py      (with the PyTorch of this package, and tabulate 0.8.10: later ones drop the indentation)
"""

import json
import pathlib

import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(nn.Conv2d(3, 8, 3, padding=1, groups=1), nn.ReLU(), nn.Conv2d(8, 8, 3, groups=4))
        self.head = nn.Linear(8 * 6 * 6, 5)

    def forward(self, x):
        return self.head(self.features(x).flatten(1)) @ torch.ones(5, 2)


class Upwards(nn.Module):
    def __init__(self):
        super().__init__()
        self.up = nn.ConvTranspose1d(4, 6, 3, stride=2)
        self.down = nn.Conv1d(6, 2, 3, dilation=2)

    def forward(self, x):
        return self.down(self.up(x))


class Attention(nn.Module):
    def __init__(self):
        super().__init__()
        self.attention = nn.MultiheadAttention(16, 4, batch_first=True)
        self.out = nn.Linear(16, 3)

    def forward(self, x):
        return self.out(self.attention(x, x, x, need_weights=True)[0])


PROGRAMS = {
    "mlp": (lambda: nn.Sequential(nn.Linear(10, 32), nn.ReLU(), nn.Linear(32, 1)), (16, 10)),
    "cnn": (Net, (2, 3, 8, 8)),
    "upwards": (Upwards, (2, 4, 9)),
    "lstm": (lambda: nn.LSTM(5, 7, num_layers=2, batch_first=True), (4, 6, 5)),
    "attention": (Attention, (2, 5, 16)),
    "encoder": (lambda: nn.TransformerEncoderLayer(16, 4, 32, 0.0, batch_first=True), (3, 5, 16)),
    "bilinear": (lambda: nn.Bilinear(4, 5, 3), None),
}


def run(name, requires_grad):
    make, shape = PROGRAMS[name]
    model = make()
    inputs = [torch.randn(shape, requires_grad=requires_grad)] if shape else [torch.randn(6, 4), torch.randn(6, 5)]
    counter = FlopCounterMode(display=False, depth=None)
    with counter:
        output = model(*inputs)
        output = output[0] if isinstance(output, tuple) else output
        forward = counter.get_total_flops()
        output.sum().backward()
        torch.randn(3, 4) @ torch.randn(4, 5)
    counts = {module: {str(op): n for op, n in ops.items()} for module, ops in counter.get_flop_counts().items()}
    return {
        "program": name, "requires_grad": requires_grad, "forward": forward, "total": counter.get_total_flops(), "counts": counts,
        "tables": [counter.get_table(depth) for depth in (None, 1, 2)],
    }


def functions():
    a, b = torch.randn(3, 4), torch.randn(4, 5)
    q = torch.randn(2, 4, 5, 8)
    batch = torch.randn(3, 4, 5)
    programs = {
        "matmul": lambda: a @ b,
        "baddbmm": lambda: torch.baddbmm(torch.zeros(3, 4, 4), batch, batch.transpose(1, 2)),
        "einsum": lambda: torch.einsum("bij,bkj->bik", batch, batch),
        "mv": lambda: a @ b[:, 0],
        "outer": lambda: torch.outer(a[0], b[0]),
        "addmm": lambda: torch.addmm(torch.zeros(3, 5), a, b),
        "cdist": lambda: torch.cdist(torch.randn(30, 4), torch.randn(30, 4)),
        "attention": lambda: nn.functional.scaled_dot_product_attention(q, q, q),
        "vmap": lambda: torch.func.vmap(lambda x: x @ x.T)(batch),
        "chain": lambda: torch.linalg.multi_dot([a, b, torch.randn(5, 2)]),
        "nothing": lambda: a + a,
    }
    found = {}
    for name, program in programs.items():
        with FlopCounterMode(display=False) as counter:
            program()
        found[name] = [counter.get_total_flops(), counter.get_table()]
    return found


def main():
    runs = [run(name, flag) for name in PROGRAMS for flag in (False, True) if flag is False or PROGRAMS[name][1]]
    output = {"version": torch.__version__.split("+")[0], "runs": runs, "functions": functions()}
    pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(output, separators=(",", ":")) + "\n")


main()
