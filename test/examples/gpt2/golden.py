"""Writes a GPT-2 with random weights as Hugging Face does, and what it answers, computed here with plain functions.

    python test/examples/gpt2/golden.py
"""

import json
import pathlib

import torch
import torch.nn.functional as F
from safetensors.torch import save_file

here = pathlib.Path(__file__).parent
config = {
    "model_type": "gpt2",
    "vocab_size": 256,
    "n_positions": 24,
    "n_embd": 16,
    "n_layer": 2,
    "n_head": 4,
    "layer_norm_epsilon": 1e-5,
}
torch.manual_seed(0)
E = config["n_embd"]
weights = {"wte.weight": torch.randn(256, E) * 0.3, "wpe.weight": torch.randn(config["n_positions"], E) * 0.3}
for i in range(config["n_layer"]):
    for norm in ("ln_1", "ln_2"):
        weights[f"h.{i}.{norm}.weight"] = 1 + torch.randn(E) * 0.1
        weights[f"h.{i}.{norm}.bias"] = torch.randn(E) * 0.1
    for name, n_in, n_out in (
        ("attn.c_attn", E, 3 * E),
        ("attn.c_proj", E, E),
        ("mlp.c_fc", E, 4 * E),
        ("mlp.c_proj", 4 * E, E),
    ):
        weights[f"h.{i}.{name}.weight"] = torch.randn(n_in, n_out) * 0.3  # a "Conv1D": x @ weight + bias
        weights[f"h.{i}.{name}.bias"] = torch.randn(n_out) * 0.1
    weights[f"h.{i}.attn.bias"] = torch.tril(torch.ones(1, 1, config["n_positions"], config["n_positions"])).bool()
weights["ln_f.weight"] = 1 + torch.randn(E) * 0.1
weights["ln_f.bias"] = torch.randn(E) * 0.1
save_file({f"transformer.{name}": x for name, x in weights.items()}, here / "model.safetensors", {"format": "pt"})
(here / "config.json").write_text(json.dumps(config, indent=2) + "\n")


def norm(x, name):
    return F.layer_norm(x, (E,), weights[f"{name}.weight"], weights[f"{name}.bias"], config["layer_norm_epsilon"])


def conv1d(x, name):
    return x @ weights[f"{name}.weight"] + weights[f"{name}.bias"]


def logits(tokens):
    T = len(tokens)
    x = weights["wte.weight"][tokens] + weights["wpe.weight"][:T]
    for i in range(config["n_layer"]):
        q, k, v = (
            y.view(T, config["n_head"], -1).transpose(0, 1)
            for y in conv1d(norm(x, f"h.{i}.ln_1"), f"h.{i}.attn.c_attn").split(E, dim=-1)
        )
        scores = q @ k.transpose(-2, -1) / (E // config["n_head"]) ** 0.5
        scores = scores.masked_fill(torch.triu(torch.ones(T, T), 1).bool(), float("-inf"))
        x = x + conv1d((scores.softmax(-1) @ v).transpose(0, 1).reshape(T, E), f"h.{i}.attn.c_proj")
        x = x + conv1d(F.gelu(conv1d(norm(x, f"h.{i}.ln_2"), f"h.{i}.mlp.c_fc"), approximate="tanh"), f"h.{i}.mlp.c_proj")
    return norm(x, "ln_f") @ weights["wte.weight"].t()


prompt = list(b"hello")
greedy = list(prompt)
for _ in range(12):
    greedy.append(int(logits(torch.tensor(greedy))[-1].argmax()))
golden = {"prompt": prompt, "last": logits(torch.tensor(prompt))[-1].tolist(), "greedy": greedy}
(here / "golden.json").write_text(json.dumps(golden) + "\n")
