"""Writes random_indices.json: indices drawn at random, read and assigned, in this package's syntax, with what comes out.

    python random_indices.py [SEED [COUNT]]
"""
import json
import os
import random
import sys
import warnings

import torch

here = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(here, "..", "..", "errors", "golden"))
from translate import translate  # noqa: E402

PRELUDE = """
a = torch.arange(5, dtype=torch.float32)
b = torch.arange(12, dtype=torch.float32).reshape(3, 4)
c = torch.arange(24, dtype=torch.float32).reshape(2, 3, 4)
d = torch.arange(6).reshape(3, 2)
z = torch.tensor(3.5)
e = torch.ones(0, 3)
t = torch.arange(24, dtype=torch.float32).reshape(4, 3, 2).permute(2, 1, 0)
"""
SHAPES = {"a": (5,), "b": (3, 4), "c": (2, 3, 4), "d": (3, 2), "z": (), "e": (0, 3), "t": (2, 3, 4)}
VALUES = (
    "0 | 7 | 2.5 | True | 1.5 + 2j | torch.tensor(9.0) | torch.tensor(5) | torch.ones(1) | torch.ones(0) | torch.ones(4) | "
    "torch.ones(2) | torch.ones(1, 4) | torch.ones(3, 1) | torch.ones(2, 3, 4)"
).split(" | ")
draw = random.Random()


def integer(size):
    """Mostly in range."""
    if size == 0 or draw.random() < 0.12:
        return draw.randint(-size - 1, size)
    return draw.randint(-size, size - 1)


def slice_text(size):
    bounds = ["" if draw.random() < 0.4 else str(draw.randint(-size - 2, size + 2)) for _ in range(2)]
    step = ":" + draw.choice("123332-") if draw.random() < 0.4 else ""
    return ":".join(bounds) + step.replace("-", "-1")


def integers(size, depth):
    count = draw.choice([1, 2, 3])
    rows = ["[" + ", ".join(str(integer(size)) for _ in range(count)) + "]" for _ in range(depth)]
    return rows[0] if depth == 1 else "[" + ", ".join(rows) + "]"


def mask(shape):
    return str([draw.random() < 0.5 for _ in range(shape)])


def component(size):
    """One index for a dimension, and how many dimensions it takes."""
    kind = draw.choice("iiissssenbtttlllm0u")
    return {
        "i": lambda: (str(integer(size)), 1),
        "s": lambda: (slice_text(size), 1),
        "e": lambda: ("...", 0),
        "n": lambda: ("None", 0),
        "b": lambda: (str(draw.random() < 0.5), 0),
        "t": lambda: (f"torch.tensor({integers(size, draw.choice([1, 1, 2]))})", 1),
        "l": lambda: (integers(size, draw.choice([1, 1, 2])), 1),
        "m": lambda: (f"torch.tensor({mask(size)})" if size > 0 else ":", 1),
        "0": lambda: (f"torch.tensor({integer(size)})", 1),
        "u": lambda: (f"torch.tensor({integers(size, 1)}, dtype=torch.{draw.choice(['int32', 'int8', 'float32'])})", 1),
    }[kind]()


def statement():
    name = draw.choice("abcdzetbct")
    indices, dimension = [], 0
    for _ in range(draw.choice([1, 1, 2, 2, 3, 4])):
        size = SHAPES[name][dimension] if dimension < len(SHAPES[name]) else 3
        text, taken = component(size)
        indices.append(text)
        dimension += taken
    place = f"{name}[{', '.join(indices)}]"
    return place if draw.random() < 0.6 else f"{place} = {draw.choice(VALUES)}"


def run(python):
    """The tensor that a statement gives or changes."""
    names = {"torch": torch}
    exec(PRELUDE, names)
    if " = " not in python:
        return eval(python, names)
    exec(python, names)
    return names[python[0]]


def case(python):
    found = {"call": translate(python)}
    if " = " in python:
        found["changed"] = python[0]
    try:
        result = run(python)
    except Exception as error:
        return {**found, "type": type(error).__name__, "message": str(error)}
    return {**found, "shape": list(result.shape), "values": result.flatten().tolist()}


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    seed, count = [int(text) for text in sys.argv[1:3]] + [1, 500][len(sys.argv[1:3]) :]
    draw.seed(seed)
    cases = [case(statement()) for _ in range(count)]
    with open(os.path.join(here, "random_indices.json"), "w") as file:
        lines = ",\n".join(json.dumps(each) for each in cases)
        file.write(f'{{"prelude": {json.dumps(translate(PRELUDE))}, "cases": [\n{lines}\n]}}\n')
    print(len(cases), "cases,", sum("type" in each for each in cases), "of them errors")
