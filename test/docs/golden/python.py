"""Checks the Python of README.md and docs/*.md with PyTorch: python test/docs/golden/python.py

Blocks must run, and print what their comments say, or, where they have none, what the comments of the TypeScript block
beside them say. The rows of tables are run and what they give is written into tables.json, which the suite compares with.
"""

import contextlib
import io
import json
import os
import pathlib
import re
import sys
import tempfile

import torch
from torch import nn, optim
import torch.nn.functional as F

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[2]
ELEMENT = re.compile(
    r"<!--(.*?)-->|^ *```(\w*)\n(.*?)^ *```$|^\| PyTorch \| tsorch \|[^\n]*\n((?:\|[^\n]*\n)*)", re.M | re.S
)


def expected(code, call, comment, thrown):
    """What the comments beside and below the printing calls say; `outputOf` in pages.ts does the same."""
    output, state = [], None
    for line in code.split("\n"):
        alone = re.match(rf"^\s*{comment} ?(.*)$", line)
        if alone:
            if state == "after" and not alone[1].startswith("@ts-"):
                output.append(alone[1])
            continue
        if found := re.search(rf" {comment} ({thrown} .*)$", line):
            output.append(found[1])
        if call in line:
            state = "in"
        elif state == "after":
            state = None
        if state == "in" and (end := re.search(rf"[;}})]\s*(?:{comment} ?(.*))?$", line)):
            if end[1] is not None:
                output.append(end[1])
            state = "after"
    return output


def fits(output, printed):
    pattern = "".join(
        r"(?:.*\n)*?" if line.strip() == "…" else ".*".join(map(re.escape, line.rstrip().split("…"))) + " *\n"
        for line in output
    )
    return re.fullmatch(pattern, printed) is not None


def names():
    return {"torch": torch, "nn": nn, "optim": optim, "F": F, "Tensor": torch.Tensor, "__name__": "page"}


def run(code, namespace):
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        try:
            exec(compile(code, "page", "exec"), namespace)
        except Exception as error:
            print(f"raises {type(error).__name__}: {error}")
    return printed.getvalue()


def canonical(value):
    """The text of a value that is the same here and there (run_page.ts)."""
    if isinstance(value, (torch.Tensor, torch.dtype, nn.Module)):
        return repr(value)
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "null"}[value]
    if isinstance(value, (int, float)):
        return re.sub(r"\.0$", "", f"{value:.6g}")
    if isinstance(value, str):
        return json.dumps(value)
    if isinstance(value, (tuple, list)):
        return f"[{', '.join(map(canonical, value))}]"
    if hasattr(value, "tolist"):
        return canonical(value.tolist())
    return "·"


def cell(text):
    spans = [span.strip() for span in text.strip().split("<br>")]
    if not all(re.fullmatch(r"`[^`]+`", span) for span in spans):
        return ""
    return "\n".join(span[1:-1].replace("\\|", "|") for span in spans)


def row(code, given):
    torch.manual_seed(0)
    torch.set_default_dtype(torch.float32)
    namespace = names()
    exec(given, namespace)
    torch.manual_seed(0)
    try:
        compile(code, "row", "eval")
        expression = True
    except SyntaxError:
        expression = False
    value = eval(code, namespace) if expression else exec(code, namespace)
    state = namespace.get("x")
    return {"expression": expression, "value": canonical([value, state])}


def check(path, tables):
    text = path.read_text()
    faults, given, namespace = 0, {}, None
    elements = list(ELEMENT.finditer(text))
    for i, match in enumerate(elements):
        comment, language, body, table = match.groups()
        line = text.count("\n", 0, match.start()) + 1
        if comment is not None:
            if found := re.match(r"\s*python: (given|continues|left out:)\s*(.*)", comment, re.S):
                given = {"kind": found[1], "code": found[2]}
            continue
        if table is not None:
            for cells in (re.split(r"(?<!\\)\|", line)[1:3] for line in table.split("\n") if line):
                python, code = map(cell, cells)
                if python and code:
                    tables.setdefault(path.name, {})[python] = row(python, given.get("code", ""))
        elif language == "python" and given.get("kind") != "left out:":
            beside = next((m for m in elements[i + 1 :] if m[1] is None), None)
            want = expected(body, "print(", "#", "raises")
            if not want and beside is not None and beside[2] == "ts":
                lines = expected(beside[3], "console.log(", "//", "throws")
                want = [re.sub(r"^\[ (.*) \]$", r"[\1]", line) for line in lines]  # lists, as each side prints them
            if given.get("kind") != "continues" or namespace is None:
                namespace = names()
                torch.manual_seed(0)
                torch.set_default_dtype(torch.float32)
            if given.get("kind") == "given":
                exec(given["code"], namespace)
            printed = run(body, namespace)
            if "raises" in printed and not any("raises" in w or "throws" in w for w in want) or (
                want and not fits([w.replace("throws ", "raises ", 1) for w in want], printed)
            ):
                faults += 1
                print(f"{path.name}:{line}: prints\n{printed}instead of\n" + "\n".join(want))
        given = {}
    return faults


def main():
    tables, faults = {}, 0
    pages = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
    with tempfile.TemporaryDirectory() as scratch:
        os.chdir(scratch)
        for page in pages:
            faults += check(page, tables)
    golden = json.dumps(tables, indent=2, ensure_ascii=False) + "\n"
    (HERE / "tables.json").write_text(golden)
    print(f"{faults} faults, {sum(map(len, tables.values()))} rows")
    sys.exit(1 if faults else 0)


main()
