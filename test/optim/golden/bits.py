"""Makes bits.json: the bits of parameters and state after 30 steps of every optimizer, by PyTorch.

    python test/optim/golden/bits.py > test/optim/golden/bits.json

libtorch rounds by the processor's instructions, and takes roots by MKL, which goes by its maker. So there is a set of
results for each set of instructions, with a probe of how it rounds; bits.test.ts takes the set that rounds as it does.
Parameters and gradients are simple fractions, which bits.test.ts makes in the same way.
"""

import hashlib
import json
import os
import subprocess
import sys
import warnings

import torch

warnings.simplefilter("ignore")
torch.set_num_threads(1)
STEPS = 30
SHAPES = [[67], [3, 5], []]
MATRICES = [[3, 5], [17, 9]]
LR = {"$tensor": 0.01}

OPTIONS = {
    "SGD": [
        {},
        {"lr": LR},
        {"lr": 0.01, "weight_decay": 0.5},
        {"momentum": 0.9, "dampening": 0.5},
        {"momentum": 0.9, "weight_decay": 0.1},
        {"momentum": 0.9, "nesterov": True, "weight_decay": 0.1},
        {"weight_decay": 0.1, "maximize": True},
    ],
    "Adam": [
        {},
        {"lr": LR},
        {"weight_decay": 0.1},
        {"weight_decay": 0.1, "maximize": True, "lr": 0.01},
        {"weight_decay": 0.1, "amsgrad": True},
        {"lr": LR, "betas": [{"$tensor": 0.9}, {"$tensor": 0.99}], "weight_decay": 0.1, "amsgrad": True},
        {"betas": [0.3, 0.6], "decoupled_weight_decay": True, "weight_decay": 0.1, "eps": 1e-3},
    ],
    "AdamW": [{}, {"lr": LR, "weight_decay": 0.1}, {"lr": 0.01, "amsgrad": True, "maximize": True}],
    "Adagrad": [
        {},
        {"lr": LR},
        {"weight_decay": 0.1, "maximize": True},
        {"initial_accumulator_value": 0.1, "weight_decay": 0.1},
        {"lr": 0.1, "lr_decay": 0.5, "weight_decay": 0.1},
    ],
    "Adadelta": [{}, {"lr": LR}, {"weight_decay": 0.1, "maximize": True}, {"rho": 0.95, "weight_decay": 0.9}],
    "Adamax": [{}, {"lr": LR}, {"lr": 0.1, "weight_decay": 0.9}, {"weight_decay": 0.1, "maximize": True}],
    "ASGD": [
        {},
        {"lr": LR},
        {"lambd": 0.1},
        {"t0": 5, "lambd": 0.1, "alpha": 0.5, "weight_decay": 0.1},
        {"weight_decay": 0.1, "maximize": True, "t0": 3},
    ],
    "NAdam": [
        {},
        {"lr": LR, "momentum_decay": 6e-3},
        {"weight_decay": 0.1, "momentum_decay": 6e-3},
        {"weight_decay": 0.1, "decoupled_weight_decay": True, "maximize": True},
    ],
    "RAdam": [
        {},
        {"lr": LR, "eps": 1e-6},
        {"weight_decay": 0.1},
        {"weight_decay": 0.1, "decoupled_weight_decay": True, "maximize": True},
    ],
    "RMSprop": [
        {},
        {"lr": LR},
        {"weight_decay": 0.1},
        {"weight_decay": 0.1, "centered": True},
        {"weight_decay": 0.1, "centered": True, "momentum": 0.1, "maximize": True},
        {"momentum": 0.9, "lr": LR},
    ],
    "Rprop": [{}, {"lr": 2e-4}, {"etas": [0.5, 1.5]}, {"step_sizes": [2e-6, 100], "maximize": True}],
    "Adafactor": [{}, {"lr": LR}, {"weight_decay": 0.1, "lr": 0.01, "maximize": True}, {"d": 1.5, "beta2_decay": -1.0}],
    "Muon": [{}, {"lr": LR, "nesterov": False}, {"adjust_lr_fn": "match_rms_adamw", "ns_steps": 3}],
}
FOREACH = [name for name in OPTIONS if name != "Muon"]
FUSED = ["SGD", "Adam", "AdamW", "Adagrad"]
# The fused kernel of SGD leaves the momentum of half types unset: only its default is compared.
FUSED_OPTIONS = [{}]


def cases():
    for name, each in OPTIONS.items():
        for options in each:
            dtypes = ["float32", "float64", "bfloat16", "float16"]
            for dtype in dtypes + ([] if name in ("Adafactor", "Muon") else ["complex64"]):
                yield name, options, dtype
                foreach = name in FOREACH and not (name.startswith("Adam") and name != "Adamax" and LR in options.values())
                if foreach and dtype in ("float32", "float64", "complex64"):
                    yield name, {**options, "foreach": True}, dtype
        if name in FUSED:
            yield name, {"fused": True}, "float32"


def fractions(shape, dtype, a, b, modulus):
    count = torch.Size(shape).numel()
    half = modulus // 2
    real = torch.tensor([((a * i + b) % modulus - half) / half for i in range(count)], dtype=torch.float64)
    data = torch.complex(real, -0.5 * real) if dtype.is_complex else real
    return data.to(dtype).reshape(shape)


def decode(value):
    if isinstance(value, list):
        return tuple(decode(each) for each in value)
    return torch.tensor(value["$tensor"]) if isinstance(value, dict) else value


def bits(tensors):
    digest = hashlib.sha256()
    for x in tensors:
        x = x.detach().contiguous()
        x = (torch.view_as_real(x) if x.is_complex() else x).reshape(-1)
        digest.update(bytes(x.view(torch.uint8).tolist()))
    return digest.hexdigest()[:12]


def run(name, options, dtype):
    dtype = getattr(torch, dtype)
    shapes = MATRICES if name == "Muon" else SHAPES
    params = [fractions(shape, dtype, 5, i, 17).requires_grad_() for i, shape in enumerate(shapes)]
    optimizer = getattr(torch.optim, name)(params, **{key: decode(value) for key, value in options.items()})
    for step in range(STEPS):
        for i, param in enumerate(params):
            param.grad = fractions(param.shape, dtype, 7, 13 * step + i, 23)
        optimizer.step()
    states = [optimizer.state[param] for param in params]
    tensors = [state[key] for state in states for key in sorted(state) if isinstance(state[key], torch.Tensor)]
    return [bits(params), bits(tensors)]


def probe():
    """How additions and roots are rounded."""
    parts = []
    for dtype in (torch.float32, torch.float64):
        x = (torch.arange(1, 1001, dtype=torch.float64) / 7).to(dtype)
        parts += [x.sqrt(), x.add(x.flip(0), alpha=0.1), x.lerp(x.flip(0), 0.3)]
    return bits(parts)


if __name__ == "__main__":
    if "--one" in sys.argv:
        result = {" ".join([name, json.dumps(options), dtype]): run(name, options, dtype) for name, options, dtype in cases()}
        json.dump({"probe": probe(), "results": result}, sys.stdout)
    else:
        machines = []
        for capability in ("avx2", "default"):  # avx512 rounds as avx2 does
            environment = {**os.environ, "ATEN_CPU_CAPABILITY": capability}
            output = subprocess.run([sys.executable, __file__, "--one"], env=environment, capture_output=True, check=True)
            machines.append(json.loads(output.stdout))
        listed = [{"class": name, "options": options, "dtype": dtype} for name, options, dtype in cases()]
        keys = [" ".join([name, json.dumps(options), dtype]) for name, options, dtype in cases()]
        for case, key in zip(listed, keys):
            case["bits"] = [machine["results"][key] for machine in machines]
        lines = ",\n".join("  " + json.dumps(case) for case in listed)
        probes = json.dumps([machine["probe"] for machine in machines])
        print(f'{{"probes": {probes}, "cases": [\n{lines}\n]}}')
