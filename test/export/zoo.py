"""Writes the programs and golden values of test/export/fixtures, by reference Python's torch.export.

Usage: python zoo.py FOLDER          (a Python with the PyTorch of this package; FOLDER is fixtures by default)

Each NAME.pt2 has a NAME.golden.pt beside it: what the program was called with, more than once, what it gave, and the
gradients of the sum of its first result by parameter. texts.json has what Python prints of each, without the lines that
are about Python's files. A decomposed program is for inference: Python cannot train it.
"""

import json
import pathlib
import re
import sys

import torch
from torch import nn
from torch.export import Dim, export, save

FOLDER = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parent / "fixtures")


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

    def forward(self, tokens, state=None):
        out, (h, c) = self.lstm(self.embed(tokens), state)
        return out, {"h": h, "c": c}


class Encoder(nn.Module):
    def __init__(self):
        super().__init__()
        layer = nn.TransformerEncoderLayer(8, 2, 16, dropout=0.0, batch_first=True)
        self.encoder = nn.TransformerEncoder(layer, 1, enable_nested_tensor=False)

    def forward(self, x, mask=None):
        return self.encoder(x, src_key_padding_mask=mask)


class Gpt(nn.Module):
    """One block with a key-value cache, weights of the head tied to the embedding."""

    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(11, 8)
        self.qkv = nn.Linear(8, 24)
        self.norm = nn.LayerNorm(8)
        self.head = nn.Linear(8, 11, bias=False)
        self.head.weight = self.embed.weight

    def forward(self, tokens, cache):
        x = self.embed(tokens)
        b, n, _ = x.shape
        q, k, v = (part.view(b, n, 2, 4).transpose(1, 2) for part in self.qkv(self.norm(x)).chunk(3, -1))
        k, v = torch.cat([cache["k"], k], 2), torch.cat([cache["v"], v], 2)
        y = nn.functional.scaled_dot_product_attention(q, k, v).transpose(1, 2).reshape(b, n, 8)
        return self.head(x + y), {"k": k, "v": v}


class Control(nn.Module):
    """Branches, loops, modes, constants, and a plain argument."""

    def __init__(self):
        super().__init__()
        self.table = torch.arange(3.0)
        self.register_buffer("count", torch.zeros(()), persistent=False)

    def forward(self, x, k, *, scale=2.0):
        self.count.add_(1)
        y = torch.cond(x.sum() > 0, lambda a: (a + 1, a * 2), lambda a: (a - 1, a / 2), (x,))
        _, z = torch._higher_order_ops.while_loop(
            lambda i, a: i < k, lambda i, a: (i + 1, a * 1.5), (torch.tensor(0), y[0])
        )
        with torch.no_grad():
            total = y[1].sum()
        with torch.autocast("cpu", dtype=torch.bfloat16):
            low = x @ x.T
        rows = torch._higher_order_ops.map(lambda row, t: row + t, z, total)
        return rows * scale + self.table, low, tuple(x[:, :-1].max(1))


class Shapes(nn.Module):
    """Arithmetic on sizes, and results that are sizes."""

    def forward(self, x, y):
        n, m = x.shape[0], y.shape[0]
        z = torch.cat([x, x]) + y.unsqueeze(1)
        return z.view(m * 3 // 3, 3)[: n - 1], n * m, [torch.full((n + 1,), n / 2), torch.arange(m // 2 + n % 3 + 2)]


class Dtypes(nn.Module):
    """Weights of many dtypes and layouts in memory; a parameter without a gradient; very large whole numbers."""

    def __init__(self):
        super().__init__()
        base = torch.randn(4, 6)
        self.transposed = nn.Parameter(base.t())
        self.frozen = nn.Parameter(torch.randn(4), requires_grad=False)
        for dtype in (torch.float64, torch.float16, torch.bfloat16, torch.int8, torch.int64, torch.bool, torch.complex64):
            self.register_buffer(f"of_{str(dtype).split('.')[1]}", torch.tensor([1, 0, 3]).to(dtype))
        self.register_buffer("part", base[1:3, ::2])
        self.register_buffer("empty", torch.empty(0, 3))

    def forward(self, x):
        kept = x @ self.transposed * self.frozen.sum() + self.part.sum()
        return kept.clamp(-float("inf"), 9e15), self.of_int64 + (2**62 + 1), self.of_complex64 * 1j, self.of_float16.to(torch.float64)


def decomposed(program):
    return program.run_decompositions()


TEXTS = {}


def code_of(program):
    """The lines of the graph's code, without comments and without what frees values."""
    text = str(program).split("Graph signature:")[0]
    lines = (re.sub(r";  [\w =]+ = None$", "", line.rstrip()) for line in text.splitlines())
    return [line.strip() for line in lines if line.strip() and not line.strip().startswith("#")]


def without_places(program):
    """Without the lines of source that made each node: they name files of the machine that ran this."""
    for graph_module in program.graph_module.modules():
        if isinstance(graph_module, torch.fx.GraphModule):
            for node in graph_module.graph.nodes:
                node.meta.pop("stack_trace", None)
    return program


def case(name, module, calls, dynamic=None, change=lambda program: program, trains=True):
    torch.manual_seed(0)
    args, kwargs = calls[0]
    program = without_places(change(export(module, args, kwargs, dynamic_shapes=dynamic, strict=False)))
    save(program, FOLDER / f"{name}.pt2", extra_files={"about.txt": f"the program {name}"})
    program = torch.export.load(FOLDER / f"{name}.pt2")
    run = program.module()
    TEXTS[name] = {"module": nn.Module.__repr__(run), "signature": str(program.graph_signature), "code": code_of(program)}
    golden = []
    for args, kwargs in calls:
        run.zero_grad()
        with torch.set_grad_enabled(trains):
            result = run(*args, **kwargs)
        first = result[0] if isinstance(result, (tuple, list)) else result
        if first.requires_grad:
            first.sum().backward()
        gradients = {key: p.grad.clone() for key, p in run.named_parameters() if p.grad is not None}
        buffers = {key: b.clone() for key, b in run.named_buffers()}
        plain = torch.utils._pytree.tree_map(lambda x: x.detach().clone() if torch.is_tensor(x) else x, result)
        plain = tuple(plain) if isinstance(plain, tuple) else plain
        golden.append({"args": list(args), "kwargs": kwargs, "result": plain, "gradients": gradients, "buffers": buffers})
    torch.save(golden, FOLDER / f"{name}.golden.pt")


def main():
    FOLDER.mkdir(exist_ok=True)
    torch.manual_seed(1)
    batch = Dim("batch", min=3, max=64)
    r = torch.randn
    case("mlp", Mlp(), [((r(5, 4),), {}), ((r(7, 4),), {})], {"x": {0: batch}})
    case("cnn", Cnn(), [((r(4, 1, 8, 8),), {}), ((r(4, 1, 8, 8),), {})])
    case("cnn_decomposed", Cnn(), [((r(4, 1, 8, 8),), {}), ((r(4, 1, 8, 8),), {})], change=decomposed, trains=False)
    tokens = torch.randint(0, 7, (2, 6))
    state = (r(2, 2, 5), r(2, 2, 5))
    case("lstm", Lstm(), [((tokens, state), {})])
    mask = torch.tensor([[False] * 5, [False] * 3 + [True] * 2])
    case("encoder", Encoder().eval(), [((r(2, 5, 8),), {"mask": mask})])
    cache = lambda n: {"k": r(1, 2, n, 4), "v": r(1, 2, n, 4)}
    past = {"k": {2: Dim("past")}, "v": {2: Dim("past")}}
    calls = [((torch.tensor([[3, 4, 5]]), cache(4)), {}), ((torch.tensor([[1]]), cache(9)), {})]
    case("gpt", Gpt(), calls, {"tokens": {1: Dim("new")}, "cache": past})
    square = r(3, 3)
    calls = [((square.abs(), torch.tensor(4)), {"scale": 3.0}), ((-square.abs(), torch.tensor(2)), {"scale": 3.0})]
    case("control", Control(), calls)
    size = Dim("size", min=3)
    calls = [((r(4, 3), r(8)), {}), ((r(6, 3), r(12)), {})]
    case("shapes", Shapes(), calls, {"x": {0: size}, "y": {0: 2 * size}})
    case("dtypes", Dtypes(), [((r(2, 6),), {})])
    (FOLDER / "texts.json").write_text(json.dumps(TEXTS, indent=1) + "\n")


if __name__ == "__main__":
    main()
