"""Writes signatures.json: the signatures of what PyTorch writes in Python and this package writes anew.

Usage: npm run signatures -- --python PYTHON     (a Python that has the PyTorch of this package)

Each entry has the parameters of a function, of a method (`torch.nn.Module.apply`), or of a class: `init` (or `new`)
those of its constructor and `forward` those of a call. A parameter has a name and, where they are not usual, its kind ("keyword" for
one that has no position, "args" and "kwargs" for *args and **kwargs), its annotation, and its default as Python writes
it. What a compiled function hides, the stubs (.pyi) beside it tell.
"""

import argparse
import ast
import enum
import importlib.util
import inspect
import json
import pathlib
import re
import sys
import typing

import torch

OUTPUT = pathlib.Path(__file__).with_name("signatures.json")

MODULES = """
torch.nn torch.nn.functional torch.nn.init torch.nn.parallel torch.nn.attention torch.nn.utils torch.nn.utils.prune
torch.nn.utils.parametrize torch.nn.utils.parametrizations torch.nn.utils.rnn torch.nn.utils.stateless
torch.nn.attention.flex_attention torch.optim torch.optim.lr_scheduler torch.optim.swa_utils torch.distributions
torch.distributions.relaxed_bernoulli torch.distributions.relaxed_categorical torch.distributions.transforms
torch.distributions.kl torch.distributions.constraints torch.export torch.func torch.autograd
torch.autograd.functional torch.autograd.forward_ad torch.autograd.graph torch.autograd.grad_mode torch.utils.data
torch.utils.data.distributed torch.utils.checkpoint torch.amp torch.masked torch.sparse torch.nested torch.random
torch.signal.windows torch.utils torch.utils.benchmark torch.hub torch.accelerator torch.quasirandom torch.testing
torch.nn.grad torch.nn.modules.module torch.profiler torch.autograd.profiler torch.utils.flop_counter torch.distributed
torch
""".split()

# Functions that are not in their module's __all__, or choose between functions whose arguments are those of a third.
ALSO = {
    "torch.lu": "torch.functional._lu_impl",
    "torch.pca_lowrank": "torch.pca_lowrank",
    "torch.quasirandom.SobolEngine.draw": "torch.quasirandom.SobolEngine.draw",
    "torch.svd_lowrank": "torch.svd_lowrank",
    "torch.unique": "torch.functional._unique_impl",
    "torch.unique_consecutive": "torch.functional._unique_consecutive_impl",
    "torch.utils.swap_tensors": "torch.utils.swap_tensors",
}

# Compiled functions that this package writes by hand and whose stubs are exact: they tell.
COMPILED = {
    "torch": "asarray is_complex is_floating_point is_signed nonzero",
    "torch.Tensor": "apply_ map_ map2_ nonzero",
}
COMPILED_STUBS = {"torch": "_C/_VariableFunctions.pyi", "torch.Tensor": "_C/__init__.pyi"}

# The classes whose methods are called by users. Subclasses inherit them.
WITH_METHODS = """
torch.Tensor torch.Generator torch.nn.Module torch.nn.Sequential torch.nn.ModuleList torch.nn.ModuleDict
torch.nn.ParameterList torch.nn.ParameterDict torch.nn.MultiheadAttention torch.nn.SyncBatchNorm torch.nn.RNNBase
torch.nn.Embedding torch.nn.EmbeddingBag torch.nn.AdaptiveLogSoftmaxWithLoss torch.nn.Transformer
torch.nn.utils.prune.BasePruningMethod torch.nn.utils.prune.Identity torch.nn.utils.prune.RandomUnstructured
torch.nn.utils.prune.L1Unstructured torch.nn.utils.prune.RandomStructured torch.nn.utils.prune.LnStructured
torch.nn.utils.prune.CustomFromMask torch.nn.utils.prune.PruningContainer
torch.nn.utils.parametrize.ParametrizationList torch.optim.Optimizer torch.optim.lr_scheduler.LRScheduler
torch.optim.lr_scheduler.ReduceLROnPlateau torch.optim.lr_scheduler.CosineAnnealingWarmRestarts torch.optim.swa_utils.AveragedModel torch.amp.GradScaler
torch.distributions.Distribution torch.distributions.Transform torch.autograd.Function torch.utils.data.Sampler
torch.utils.data.DistributedSampler torch.utils.benchmark.Timer torch.profiler._KinetoProfile torch.profiler.profile
torch.autograd.profiler.profile torch.autograd.profiler.EventList torch.utils.flop_counter.FlopCounterMode
""".split()

# Classes that cannot be imported without packages beside PyTorch: their source tells.
SOURCES = {"torch.utils.tensorboard.SummaryWriter": "utils/tensorboard/writer.py"}

# The transforms of torchvision by the file they are in. Without torchvision beside PyTorch those of before stay.
VISION = "torchvision.transforms.v2"
TRANSFORMS = {
    "_augment.py": "RandomErasing",
    "_color.py": "ColorJitter",
    "_geometry.py": "Pad RandomAffine RandomCrop RandomPerspective RandomResizedCrop RandomRotation Resize",
    "_misc.py": "GaussianBlur Normalize ToDtype",
}

KINDS = {
    inspect.Parameter.KEYWORD_ONLY: "keyword",
    inspect.Parameter.VAR_POSITIONAL: "args",
    inspect.Parameter.VAR_KEYWORD: "kwargs",
}


def annotation_text(annotation):
    text = annotation if isinstance(annotation, str) else inspect.formatannotation(annotation)
    text = re.sub(r"\b(typing|collections\.abc|torch\.types|torch\.nn\.common_types|builtins)\.", "", text)
    text = re.sub(r"\btorch(\.[a-z_]+)*\.(?=[A-Z])", "", text)  # torch.Tensor, torch.nn.modules.module.Module
    text = re.sub(r"ForwardRef\('([^']*)'\)", r"\1", text)
    return re.sub(r"\s+", " ", text)


def default_text(default):
    if isinstance(default, enum.Enum):
        return str(default)
    if callable(default) and hasattr(default, "__name__"):
        return default.__name__
    text = repr(default)
    return "..." if " at 0x" in text or text.startswith("<") else text


def parameter_entry(parameter):
    entry = {"name": parameter.name}
    if parameter.kind in KINDS:
        entry["kind"] = KINDS[parameter.kind]
    if parameter.annotation is not inspect.Parameter.empty:
        entry["type"] = annotation_text(parameter.annotation)
    if parameter.default is not inspect.Parameter.empty:
        entry["default"] = default_text(parameter.default)
    return entry


def without_rest(function):
    """The parameters. Where they are *args and **kwargs, those of the first overload, with the defaults of the function."""
    own = inspect.signature(function).parameters
    overloads = typing.get_overloads(function) if inspect.isfunction(function) else []
    if not overloads or "args" not in own:
        return own
    told = inspect.signature(overloads[0]).parameters
    return {
        name: parameter.replace(default=own[name].default) if name in own else parameter
        for name, parameter in told.items()
    }


def parameters_of(function, bound=False):
    """None when the function is compiled, or passes all its arguments on."""
    try:
        parameters = list(without_rest(function).values())
    except (TypeError, ValueError):
        return None
    if bound:
        parameters = parameters[1:]
    kinds = [parameter.kind for parameter in parameters]
    if kinds == [inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD] and not bound:
        return None
    return [parameter_entry(parameter) for parameter in parameters]


# ---- stubs


def stub_parameters(node):
    arguments = node.args
    positional = [*arguments.posonlyargs, *arguments.args]
    entries = []

    def add(argument, kind=None, default=None):
        entry = {"name": argument.arg}
        if kind:
            entry["kind"] = kind
        if argument.annotation is not None:
            entry["type"] = annotation_text(ast.unparse(argument.annotation))
        if default is not None:
            entry["default"] = ast.unparse(default)
        entries.append(entry)

    defaults = [None] * (len(positional) - len(arguments.defaults)) + arguments.defaults
    for argument, default in zip(positional, defaults):
        add(argument, None, default)
    if arguments.vararg:
        add(arguments.vararg, "args")
    for argument, default in zip(arguments.kwonlyargs, arguments.kw_defaults):
        add(argument, "keyword", default)
    return entries


def read_stubs(name):
    path = pathlib.Path(importlib.import_module(name).__file__).with_suffix(".pyi")
    if not path.exists():
        return {}
    functions = {}
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, ast.FunctionDef):
            functions.setdefault(node.name, stub_parameters(node))
    return functions


def read_compiled(key):
    """The functions of a module, or the methods of Tensor, that the stubs tell; of overloads the first."""
    nodes = ast.parse((pathlib.Path(torch.__file__).parent / COMPILED_STUBS[key]).read_text()).body
    bound = key == "torch.Tensor"
    if bound:
        nodes = next(node for node in nodes if isinstance(node, ast.ClassDef) and node.name == "TensorBase").body
    wanted = COMPILED[key].split()
    found = {}
    for node in nodes:
        if isinstance(node, ast.FunctionDef) and node.name in wanted:
            found.setdefault(f"{key}.{node.name}", {"parameters": stub_parameters(node)[int(bound) :]})
    return found


def read_source(key, path):
    """The constructor and the public methods of a class."""
    name = key.rpartition(".")[2]
    tree = ast.parse(path.read_text())
    definition = next(node for node in tree.body if isinstance(node, ast.ClassDef) and node.name == name)
    for node in definition.body:
        if not isinstance(node, ast.FunctionDef) or node.decorator_list:
            continue
        parameters = stub_parameters(node)[1:]
        if node.name == "__init__":
            yield key, {"init": parameters}
        elif not node.name.startswith("_") and parameters:
            yield f"{key}.{node.name}", {"parameters": parameters}


def read_transforms():
    package = importlib.util.find_spec("torchvision")
    if package is None:
        before = json.loads(OUTPUT.read_text())
        return {key: entry for key, entry in before.items() if key.startswith(VISION)}
    folder = pathlib.Path(package.origin).parent / "transforms" / "v2"
    keys = [(f"{VISION}.{name}", folder / file) for file, names in TRANSFORMS.items() for name in names.split()]
    return {key: dict(read_source(key, path))[key] for key, path in keys}


# ---- entries


def function_entry(name, function, module, stubs):
    parameters = parameters_of(function)
    if parameters is None:  # those that choose between two functions by a flag: the one that has the flag tells
        twin = getattr(module, f"{name}_with_indices", None)
        parameters = parameters_of(twin) if twin else None
    return parameters if parameters is not None else stubs.get(name)


def own_methods(cls):
    for name, value in vars(cls).items():
        public = not name.startswith("_") and name != "forward"
        function = value.__func__ if isinstance(value, (staticmethod, classmethod)) else value
        if public and inspect.isfunction(inspect.unwrap(function)):
            yield name, function, not isinstance(value, staticmethod)


def class_entry(cls):
    entry = {}
    if "__init__" in dir(cls) and cls.__init__ is not object.__init__:
        entry["init"] = parameters_of(cls.__init__, bound=True)
    elif cls.__new__ is not object.__new__:
        entry["new"] = parameters_of(cls.__new__, bound=True)
    if issubclass(cls, torch.nn.Module) and inspect.isfunction(cls.forward) and cls.forward.__name__ == "forward":
        entry["forward"] = parameters_of(cls.forward, bound=True)
    return {key: value for key, value in entry.items() if value is not None}


def public_names(module):
    names = getattr(module, "__all__", None)
    own = names if names is not None else [name for name in dir(module) if not name.startswith("_")]
    if module.__name__ in ("torch.nn.functional", "torch.nn", "torch.nn.init", "torch.nn.utils"):
        own = [name for name in dir(module) if not name.startswith("_")]
    return sorted(set(own))


def belongs(value):
    return getattr(value, "__module__", None) is not None and str(value.__module__).split(".")[0] == "torch"


def read_module(name):
    module = importlib.import_module(name)
    stubs = read_stubs(name)
    for each in public_names(module):
        value = getattr(module, each, None)
        key = f"{name}.{each}"
        if inspect.isclass(value) and belongs(value) and not issubclass(value, (BaseException, enum.Enum)):
            entry = class_entry(value)
            if entry:
                yield key, entry
        elif callable(value) and not inspect.isclass(value) and (each in stubs or belongs(value)):
            parameters = function_entry(each, value, module, stubs)
            if parameters:
                yield key, {"parameters": parameters}


def value_at(place):
    value = torch
    for name in place.split(".")[1:]:
        value = getattr(value, name)
    return value


def class_named(name):
    module, _, attribute = name.rpartition(".")
    return getattr(importlib.import_module(module), attribute)


def read_all():
    signatures = {}
    for module in MODULES:
        signatures.update(read_module(module))
    for name in WITH_METHODS:
        for method, function, bound in own_methods(class_named(name)):
            parameters = parameters_of(function, bound)
            if parameters:
                signatures[f"{name}.{method}"] = {"parameters": parameters}
    for key, place in ALSO.items():
        signatures[key] = {"parameters": parameters_of(value_at(place), bound=place.endswith(".draw"))}
    for key in COMPILED:
        signatures.update(read_compiled(key))
    for key, path in SOURCES.items():
        signatures.update(read_source(key, pathlib.Path(torch.__file__).parent / path))
    signatures.update(read_transforms())
    return dict(sorted(signatures.items()))


# ---- the file


def file_contents():
    return {"version": torch.__version__.split("+")[0], **read_all()}


def main():
    parser = argparse.ArgumentParser(description="Writes signatures.json, or with --check says whether it is up to date.")
    parser.add_argument("--check", action="store_true")
    contents = file_contents()
    if not parser.parse_args().check:
        OUTPUT.write_text(json.dumps(contents, indent=2) + "\n")
    elif json.loads(OUTPUT.read_text()) != contents:
        sys.exit("signatures.json is not what this PyTorch says")


main()
