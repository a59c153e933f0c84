"""Measurements of given times, as PyTorch prints them. Run: python measurements.py > measurements.json"""
import json

from torch.utils.benchmark import Compare, Measurement
from torch.utils.benchmark.utils.common import TaskSpec, select_unit, trim_sigfig

SPECS = [
    dict(stmt="x.add(1)", setup="pass"),
    dict(stmt="x.add(1)", setup="", label="add", sub_label="small", description="float32", num_threads=4),
    dict(stmt="a()\nb()", setup="one()\ntwo()"),
    dict(stmt="a()", setup="one()", sub_label="sub", env="new"),
]
TIMES = [
    (100, [2.5e-4]),
    (1, [0.5, 0.75, 0.25]),
    (1000, [3e-6, 3.1e-6, 3.05e-6, 3.2e-6, 3.01e-6]),
    (10, [1.2e-3, 2.4e-3, 1.3e-3, 1.25e-3, 6e-3, 1.22e-3]),
    (1, [0.1, 0.1, 0.112, 0.1, 0.115]),
]


def shown(measurement):
    return "\n".join(repr(measurement).splitlines()[1:])  # without the object's address


measurements = []
for spec in SPECS:
    for number, times in TIMES:
        m = Measurement(number_per_run=number, raw_times=times, task_spec=TaskSpec(**spec))
        measurements.append(
            dict(spec=spec, number=number, times=times, text=shown(m), median=m.median, mean=m.mean, iqr=m.iqr,
                 figures=m.significant_figures, title=m.title, row=m.as_row_name)
        )


def row(sub_label, description, times, num_threads=1, label="matmul", env=None):
    spec = dict(stmt="f()", setup="", label=label, sub_label=sub_label, description=description,
                num_threads=num_threads, env=env)
    return dict(spec=spec, number=10, times=times)


GROUPS = [
    [row("[1, 1]", "mul/sum", [1e-4, 1.1e-4, 1.05e-4]), row("[1, 1]", "bmm", [5e-4, 5.5e-4, 5.2e-4]),
     row("[64, 64]", "mul/sum", [3e-3]), row("[64, 64]", "bmm", [1.2e-3, 1.3e-3])],
    [row("a", "x", [1e-4], 1), row("a", "x", [5e-5], 4), row("b", "y", [7e-3, 9e-3, 2e-3, 8e-3], 4)],
    [row("a", "x", [1e-4], env="old"), row("a", "x", [5e-5], env="newer"), row("long name", "y", [2.0], env="old")],
    [row("a", None, [1e-8]), row("a", "z", [2e-8], label="other")],
]


def table(group, trim, color, warn):
    compare = Compare([Measurement(number_per_run=g["number"], raw_times=g["times"], task_spec=TaskSpec(**g["spec"]))
                       for g in group])
    if trim:
        compare.trim_significant_figures()
    if color:
        compare.colorize(rowwise=color == "rowwise")
    if warn:
        compare.highlight_warnings()
    try:
        return str(compare)
    except TypeError:
        return None  # PyTorch cannot print a column without a description


tables = [
    dict(group=group, trim=trim, color=color, warn=warn, text=table(group, trim, color, warn))
    for group in GROUPS for trim in (False, True) for color in (None, "columnwise", "rowwise") for warn in (False, True)
]
units = [dict(t=t, unit=select_unit(t)[0]) for t in (1e-9, 5e-7, 1e-6, 9.99e-4, 1e-3, 0.5, 1.0, 2000.0)]
trimmed = [dict(x=x, n=n, result=trim_sigfig(x, n)) for x in (3.14159, 0.00271828, 12345.678, 1.0) for n in (1, 2, 4)]
print(json.dumps(dict(measurements=measurements, tables=[t for t in tables if t["text"] is not None], units=units,
                      trimmed=trimmed), indent=1))
