"""Writes the programs and golden values of test/jit/fixtures, by reference Python's torch.jit; larger ones with --large.

Usage: python zoo.py FOLDER [--large]      (a Python with the PyTorch of this package; FOLDER is fixtures by default)

Each NAME.pt has a NAME.golden.pt beside it: what the program was called with, more than once, what it gave, the gradients
of the sum of its first result by parameter, and the buffers afterwards. texts.json has what Python prints of each.
"""

import enum
import json
import pathlib
import re
import sys
import warnings
from typing import Dict, List, NamedTuple, Optional, Tuple

import torch
from torch import nn

warnings.filterwarnings("ignore")
ARGS = [arg for arg in sys.argv[1:] if not arg.startswith("--")]
FOLDER = pathlib.Path(ARGS[0] if ARGS else pathlib.Path(__file__).parent / "fixtures")
LARGE = "--large" in sys.argv


class Mlp(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 3))

    def forward(self, x):
        return self.net(x)


class Cnn(nn.Module):
    """In training mode: batch norm changes its buffers."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 3, 3, padding=1)
        self.norm = nn.BatchNorm2d(3)
        self.head = nn.Linear(3 * 16, 2)

    def forward(self, x):
        y = nn.functional.max_pool2d(torch.relu(self.norm(self.conv(x))), 2)
        return self.head(y.flatten(1)).log_softmax(1)


class Lstm(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(7, 4)
        self.lstm = nn.LSTM(4, 5, num_layers=2, batch_first=True)

    def forward(self, tokens, state: Optional[Tuple[torch.Tensor, torch.Tensor]] = None):
        out, (h, c) = self.lstm(self.embed(tokens), state)
        return out, {"h": h, "c": c}


class Encoder(nn.Module):
    def __init__(self):
        super().__init__()
        layer = nn.TransformerEncoderLayer(8, 2, 16, dropout=0.0, batch_first=True)
        self.encoder = nn.TransformerEncoder(layer, 1, enable_nested_tensor=False)

    def forward(self, x):
        return self.encoder(x)


class Gpt(nn.Module):
    """One block with a key-value cache, weights of the head tied to the embedding."""

    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(11, 8)
        self.qkv = nn.Linear(8, 24)
        self.norm = nn.LayerNorm(8)
        self.head = nn.Linear(8, 11, bias=False)
        self.head.weight = self.embed.weight

    def forward(self, tokens, cache: Dict[str, torch.Tensor]):
        x = self.embed(tokens)
        b, n, _ = x.shape
        q, k, v = self.qkv(self.norm(x)).chunk(3, -1)
        q, k, v = (q.view(b, n, 2, 4).transpose(1, 2), k.view(b, n, 2, 4).transpose(1, 2), v.view(b, n, 2, 4).transpose(1, 2))
        k, v = torch.cat([cache["k"], k], 2), torch.cat([cache["v"], v], 2)
        y = nn.functional.scaled_dot_product_attention(q, k, v).transpose(1, 2).reshape(b, n, 8)
        return self.head(x + y), {"k": k, "v": v}


class Pair(NamedTuple):
    values: torch.Tensor
    count: int


class Control(nn.Module):
    """Branches, loops, attributes that change, and arguments of many types."""

    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(3))
        self.names: Dict[str, int] = {"a": 1}
        self.calls: int = 0
        self.register_buffer("last", torch.zeros(3))

    def forward(self, x, steps: int = 2, scale: float = 2.0):
        self.calls += 1
        for i in range(steps):
            if bool(x.sum() > 0):
                x = x * self.weight + i
            else:
                x = x - self.weight
        self.last = x.detach()
        return x * scale

    @torch.jit.export
    def kinds(
        self, a: List[int], b: Dict[str, float], c: Optional[str], d: Tuple[int, bool], e: torch.device, f: int, g: List[List[float]]
    ):
        return a, b, c, d, e, f, g, Pair(torch.ones(1), 3), {1: "one"}, [(1, "x")], 1 << 60

    @torch.jit.export
    def fail(self, x):
        if bool(x.sum() > 0):
            raise ValueError("no positive sums")
        return x @ x


class Color(enum.Enum):
    RED = 1
    GREEN = 2


class Enums(nn.Module):
    """An attribute that is a member of an enum, which a pickle writes without a tuple."""

    def __init__(self):
        super().__init__()
        self.color = Color.GREEN

    def forward(self, x, red: bool = False):
        color = Color.RED if red else self.color
        return x * color.value, color.name, color == Color.RED


class Quantized(nn.Module):
    def __init__(self):
        super().__init__()
        self.quant = torch.ao.quantization.QuantStub()
        self.first = nn.Linear(4, 8)
        self.relu = nn.ReLU()
        self.second = nn.Linear(8, 3)
        self.dequant = torch.ao.quantization.DeQuantStub()

    def forward(self, x):
        return self.dequant(self.second(self.relu(self.first(self.quant(x)))))


def quantized():
    net = Quantized().eval()
    net.qconfig = torch.ao.quantization.get_default_qconfig("fbgemm")
    prepared = torch.ao.quantization.prepare(net)
    prepared(torch.randn(16, 4))
    return torch.ao.quantization.convert(prepared)


def block(i, o, stride):
    class Block(nn.Module):
        def __init__(self):
            super().__init__()
            self.c1, self.b1 = nn.Conv2d(i, o, 3, stride, 1, bias=False), nn.BatchNorm2d(o)
            self.c2, self.b2 = nn.Conv2d(o, o, 3, 1, 1, bias=False), nn.BatchNorm2d(o)
            down = nn.Sequential(nn.Conv2d(i, o, 1, stride, bias=False), nn.BatchNorm2d(o))
            self.down = down if stride > 1 or i != o else nn.Identity()

        def forward(self, x):
            y = self.b2(self.c2(torch.relu(self.b1(self.c1(x)))))
            return torch.relu(y + self.down(x))

    return Block()


def resnet(w=64):
    widths = [(w, w, 1), (w, w, 1), (w, 2 * w, 2), (2 * w, 2 * w, 1), (2 * w, 4 * w, 2), (4 * w, 4 * w, 1), (4 * w, 8 * w, 2), (8 * w, 8 * w, 1)]
    stem = [nn.Conv2d(3, w, 7, 2, 3, bias=False), nn.BatchNorm2d(w), nn.ReLU(), nn.MaxPool2d(3, 2, 1)]
    return nn.Sequential(*stem, *[block(*each) for each in widths], nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(8 * w, 10))


TEXTS = {}


def copied(value):
    return torch.utils._pytree.tree_map(lambda x: x.detach().clone() if torch.is_tensor(x) else x, value)


def case(name, program, calls, trains=True):
    program.save(FOLDER / f"{name}.pt", _extra_files={"about.txt": f"the program {name}"})
    run = torch.jit.load(FOLDER / f"{name}.pt")
    TEXTS[name] = {"module": str(run), "code": run.code, "graph": re.sub(r" # .*$", "", str(run.graph), flags=re.M)}
    golden = []
    for args, kwargs in calls:
        for p in run.parameters():
            p.grad = None
        with torch.set_grad_enabled(trains):
            result = run(*args, **kwargs)
        first = result[0] if isinstance(result, (tuple, list)) else result
        if first.requires_grad:
            first.sum().backward()
        gradients = {key: p.grad.clone() for key, p in run.named_parameters() if p.grad is not None}
        buffers = {key: b.clone() for key, b in run.named_buffers()}
        golden.append({"args": list(args), "kwargs": kwargs, "result": copied(result), "gradients": gradients, "buffers": buffers})
    torch.save(golden, FOLDER / f"{name}.golden.pt")


def small():
    r = torch.randn
    script, trace = torch.jit.script, torch.jit.trace
    case("mlp", script(Mlp()), [((r(5, 4),), {}), ((r(7, 4),), {})])
    case("cnn", script(Cnn()), [((r(4, 1, 8, 8),), {}), ((r(4, 1, 8, 8),), {})])
    case("cnn_frozen", torch.jit.freeze(script(Cnn().eval())), [((r(4, 1, 8, 8),), {})])
    tokens = torch.randint(0, 7, (2, 6))
    case("lstm", script(Lstm()), [((tokens,), {}), ((tokens,), {"state": (r(2, 2, 5), r(2, 2, 5))})])
    case("encoder", trace(Encoder().eval(), r(2, 5, 8), check_trace=False), [((r(2, 5, 8),), {}), ((r(3, 7, 8),), {})])
    cache = lambda n: {"k": r(1, 2, n, 4), "v": r(1, 2, n, 4)}
    case("gpt", script(Gpt()), [((torch.tensor([[3, 4, 5]]), cache(4)), {}), ((torch.tensor([[1]]), cache(9)), {})])
    case("control", script(Control()), [((r(3).abs(),), {}), ((-r(3).abs(), 3), {"scale": 0.5})])
    case("quantized", script(quantized()), [((r(5, 4),), {})], trains=False)
    dynamic = torch.ao.quantization.quantize_dynamic(Mlp().eval(), {nn.Linear})
    case("quantized_dynamic", trace(dynamic, r(2, 4)), [((r(5, 4),), {})], trains=False)
    case("enums", script(Enums()), [((r(3),), {}), ((r(3),), {"red": True})])


def large():
    case("resnet18", torch.jit.trace(resnet().eval(), torch.randn(1, 3, 64, 64)), [((torch.randn(2, 3, 64, 64),), {})], trains=False)


def main():
    FOLDER.mkdir(exist_ok=True)
    torch.manual_seed(1)
    if LARGE:
        return large()
    small()
    (FOLDER / "texts.json").write_text(json.dumps(TEXTS, indent=1) + "\n")


if __name__ == "__main__":
    main()
