"""Runs what Node wrote in reference Python, and writes it again for Node. Usage: python forms.py FOLDER [NAME ...]

FOLDER has calls.pt, of each model what it was called with, what it gave and the gradients of the sum of its first result
(`fixed` says that its trace is for the sizes of the first call); NAME.pt (TorchScript) and NAME.pt2 (torch.export). For each it writes NAME.again.pt and NAME.again.pt2 of what it loaded,
and a package of AOTInductor, NAME.package.pt2, for the models that are named. report.json says of each step of each
model "yes", or what went wrong.
"""

import json
import pathlib
import sys
import traceback

import torch
from torch.utils._pytree import tree_leaves

FOLDER = pathlib.Path(sys.argv[1])
COMPILED = set(sys.argv[2:])


def as_python(value):
    """Arrays of JavaScript are tuples in programs."""
    if isinstance(value, list):
        return tuple(as_python(each) for each in value)
    if isinstance(value, dict):
        return {key: as_python(each) for key, each in value.items()}
    return value


def same(run, calls):
    for call in calls:
        found, wanted = tree_leaves(run(*as_python(call["args"]))), tree_leaves(call["results"])
        assert len(found) == len(wanted), f"{len(found)} results, not {len(wanted)}"
        for one, other in zip(found, wanted):
            torch.testing.assert_close(one.detach(), other)


def same_gradients(module, call):
    module.zero_grad()
    first = tree_leaves(module(*as_python(call["args"])))[0]
    if first.requires_grad:
        first.sum().backward()
    found = {name: p.grad for name, p in module.named_parameters() if p.grad is not None}
    for name, grad in call["gradients"].items():
        torch.testing.assert_close(found[name], grad)


def torchscript(name, calls, fixed):
    module = torch.jit.load(FOLDER / f"{name}.pt")
    same(module, calls[:1] if fixed else calls)
    same_gradients(module, calls[0])
    module.zero_grad()
    module.save(FOLDER / f"{name}.again.pt")


def program(name, calls, _fixed):
    loaded = torch.export.load(FOLDER / f"{name}.pt2")
    same(loaded.module(), calls)
    same_gradients(loaded.module(), calls[0])
    same(torch.export.unflatten(loaded), calls)


def lowered(name, calls, _fixed):
    decomposed = torch.export.load(FOLDER / f"{name}.pt2").run_decompositions()
    same(decomposed.module(), calls)
    torch.export.save(decomposed, FOLDER / f"{name}.again.pt2")


def package(name, calls, _fixed):
    with torch.no_grad():
        loaded = torch.export.load(FOLDER / f"{name}.pt2")
        path = str(FOLDER / f"{name}.package.pt2")
        torch._inductor.aoti_compile_and_package(loaded, package_path=path)
        same(torch._inductor.aoti_load_package(path), calls)


def attempt(step, name, model):
    try:
        step(name, model["calls"], model["fixed"])
        return "yes"
    except Exception:
        return traceback.format_exc()


def main():
    everything = torch.load(FOLDER / "calls.pt")
    report = {}
    for name, model in everything.items():
        steps = {"TorchScript": torchscript}
        if (FOLDER / f"{name}.pt2").exists():
            steps |= {"program": program, "lowered": lowered} | ({"package": package} if name in COMPILED else {})
        report[name] = {kind: attempt(step, name, model) for kind, step in steps.items()}
    (FOLDER / "report.json").write_text(json.dumps(report))


if __name__ == "__main__":
    main()
