"""Writes profiler.json: what Python's profiler says of programs that the suites run here too, and its tables of fixed events.

Usage: python profiler.py      (with the PyTorch of this package)
"""

import json
import pathlib
import tempfile

import torch
from torch import nn
from torch.autograd.profiler_util import EventList, FunctionEvent
from torch.profiler import ProfilerActivity, profile, record_function, schedule

torch.set_num_threads(1)


def training(model, x, y, loss, optimizer):
    def step():
        optimizer.zero_grad()
        loss(model(x), y).backward()
        optimizer.step()

    return step


def mlp():
    model = nn.Sequential(nn.Linear(10, 32), nn.ReLU(), nn.Linear(32, 1))
    return training(model, torch.randn(16, 10), torch.randn(16, 1), nn.MSELoss(), torch.optim.SGD(model.parameters(), lr=0.1))


def cnn():
    model = nn.Sequential(
        nn.Conv2d(1, 4, 3), nn.BatchNorm2d(4), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(4 * 13 * 13, 10)
    )
    y = torch.randint(0, 10, (8,))
    return training(model, torch.randn(8, 1, 28, 28), y, nn.CrossEntropyLoss(), torch.optim.SGD(model.parameters(), lr=0.1))


class Last(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(5, 7, batch_first=True)
        self.out = nn.Linear(7, 3)

    def forward(self, x):
        return self.out(self.lstm(x)[0].select(1, -1))


def lstm():
    model = Last()
    y = torch.randint(0, 3, (4,))
    return training(model, torch.randn(4, 6, 5), y, nn.CrossEntropyLoss(), torch.optim.SGD(model.parameters(), lr=0.1))


def transformer():
    layer = nn.TransformerEncoderLayer(16, 4, dim_feedforward=32, dropout=0.0, batch_first=True)
    model = nn.Sequential(nn.TransformerEncoder(layer, 2, enable_nested_tensor=False), nn.Linear(16, 2))
    y = torch.randn(3, 5, 2)
    return training(model, torch.randn(3, 5, 16), y, nn.L1Loss(), torch.optim.SGD(model.parameters(), lr=0.1))


def loader():
    data = torch.utils.data.TensorDataset(torch.arange(10.0))
    batches = torch.utils.data.DataLoader(data, batch_size=4)

    def loop():
        for (batch,) in batches:
            with record_function("use"):
                batch.sum()

    return loop


def is_in_step(event):
    """Whether the optimizer's own operators have it: here a step is one loop over memory."""
    while event.cpu_parent is not None:
        event = event.cpu_parent
        if event.name.startswith("Optimizer.step"):
            return True
    return False


def rows(prof):
    """Name, shapes, count and FLOPs of what was recorded."""
    found = {}
    for event in prof.events():
        if not is_in_step(event):
            row = found.setdefault(f"{event.name} {event.input_shapes}", [event.name, event.input_shapes, 0, 0])
            row[2] += 1
            row[3] += event.flops or 0
    return [found[key] for key in sorted(found)]


def trace_of(prof):
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "trace.json"
        prof.export_chrome_trace(str(path))
        return json.loads(path.read_text())


def trace_facts(trace):
    """What a trace has, without times, numbers of threads and addresses."""
    events = trace["traceEvents"]
    kinds = {}
    for event in events:
        key = f"{event['ph']} {event.get('cat', '')}"
        kinds.setdefault(key, {"fields": set(), "args": set()})
        kinds[key]["fields"] |= set(event)
        kinds[key]["args"] |= set(event.get("args", {}))
    operators = [e for e in events if e.get("cat") == "cpu_op"]
    return {
        "keys": sorted(trace),
        "kinds": {key: {name: sorted(value) for name, value in kind.items()} for key, kind in sorted(kinds.items())},
        "operators": [
            [e["name"], e["args"].get("Input Dims"), e["args"].get("Input type"), e["args"].get("Concrete Inputs")]
            for e in sorted(operators, key=lambda e: e["ts"])
        ],
    }


def run(make):
    torch.manual_seed(0)
    step = make()
    step()
    with profile(activities=[ProfilerActivity.CPU], record_shapes=True, with_flops=True) as prof:
        step()
    return {"rows": rows(prof), "trace": trace_facts(trace_of(prof)) if make is mlp else None}


def memory():
    with profile(activities=[ProfilerActivity.CPU], profile_memory=True, record_shapes=True) as prof:
        a = torch.ones(100, 100)
        b = a @ a
        c = (b + 1).relu_()
        d = torch.zeros(7)
    del a, b, c, d
    return [[row.key, row.count, row.cpu_memory_usage, row.self_cpu_memory_usage] for row in prof.key_averages()]


# ---- tables: of events with times that are the same everywhere


def event(id, name, start, end, **more):
    return FunctionEvent(id=id, name=name, trace_name=name, overload_name=more.pop("overload_name", ""), thread=1,
                         start_us=start, end_us=end, fwd_thread=0, input_shapes=more.pop("input_shapes", []),
                         stack=more.pop("stack", []), **more)


def fixed_events():
    long = "autograd::engine::evaluate_function: torch::autograd::AccumulateGrad"
    stack = ["model.ts(12): Net.forward", "/home/somebody/projects/deep/down/in/some/folder/with/a/long/path/train.ts(40): step"]
    return [
        event(1, "ProfilerStep*", 0.0, 2_500_000.0, is_user_annotation=True),
        event(2, "aten::linear", 10.125, 900.5, input_shapes=[[16, 10], [32, 10], [32]], cpu_memory_usage=2048, stack=stack),
        event(3, "aten::addmm", 20.0, 800.25, input_shapes=[[32], [16, 10], [10, 32], [], []], cpu_memory_usage=2048,
              flops=10240, stack=stack),
        event(4, long, 1000.0, 1_200_000.0, cpu_memory_usage=-1152, sequence_nr=3),
        event(5, "aten::mm", 1001.0, 3400.0, input_shapes=[[128, 64], [64, 256]], cpu_memory_usage=3 * 2**20 + 1,
              flops=4194304),
        event(6, "aten::mm", 4000.0, 4100.0625, input_shapes=[[1, 2], [2, 1]], cpu_memory_usage=4, flops=4, overload_name="out"),
        event(7, "aten::cat", 5000.0, 5001.0, input_shapes=[[n, n + 1, n + 2, n + 3] for n in range(100, 112)]),
        event(8, "aten::wait", 6000.0, 9000.0, is_async=True),
        event(9, "aten::empty", 7000.0, 7000.0005, cpu_memory_usage=5 * 2**30),
    ]


FIELDS = "id name start end overload_name input_shapes stack cpu_memory_usage flops is_user_annotation is_async sequence_nr"


def facts(e):
    found = {
        **{field: getattr(e, field) for field in FIELDS.split() if field not in ("start", "end")},
        "start_us": e.time_range.start,
        "end_us": e.time_range.end,
    }
    found["flops"] = found["flops"] or 0
    return found


def tables():
    events = fixed_events()
    entries = [facts(e) for e in events]
    made = []
    for memory_, flops in [(False, False), (True, True)]:
        events = EventList(fixed_events(), use_device=None, profile_memory=memory_, with_flops=flops)
        for e in events:
            e.flops = e.flops or 0
        events._build_tree()
        for averages in [{}, {"group_by_input_shapes": True}, {"group_by_overload_name": True}] + (
            [{"group_by_stack_n": 2}] if not flops else []
        ):
            for options in [
                {}, {"sort_by": "self_cpu_time_total"}, {"sort_by": "cpu_memory_usage", "row_limit": 3},
                {"header": "One header", "top_level_events_only": True}, {"time_unit": "ms", "max_name_column_width": 20},
                {"max_shapes_column_width": 30, "max_src_column_width": 40, "row_limit": -1}, {"sort_by": "count"},
            ]:
                text = events.key_averages(**averages).table(**options)
                made.append({"memory": memory_, "flops": flops, "averages": averages, "options": options, "text": text})
    events = EventList(fixed_events(), use_device=None, profile_memory=False, with_flops=False)
    events._build_tree()
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "x"
        events.export_stacks(str(path), "self_cpu_time_total")
        stacks = path.read_text()
        events.export_chrome_trace(str(path))
        trace = path.read_text()
    return {
        "events": entries, "tables": made, "plain": events.table(), "stacks": stacks, "trace": trace,
        "reprs": [repr(e) for e in events], "averages": [repr(e) for e in events.key_averages()],
        "total": repr(events.total_average()),
        "children": [[c.id for c in e.cpu_children] for e in events],
        "self": [e.self_cpu_time_total for e in events],
    }


SCHEDULES = [
    dict(wait=1, warmup=1, active=2), dict(wait=0, warmup=1, active=1, repeat=2),
    dict(wait=2, warmup=1, active=3, repeat=1, skip_first=2), dict(wait=3, warmup=1, active=1, skip_first=1, skip_first_wait=1),
]


def cycles():
    """Which steps each cycle shows, and what the schedules say."""
    found = []
    ready = []

    def handler(prof):
        ready.append([prof.step_num, sorted(e.trace_name for e in prof.events() if e.name == "ProfilerStep*")])

    for options in SCHEDULES:
        plan = schedule(**options)
        ready.clear()
        with profile(activities=[ProfilerActivity.CPU], schedule=plan, on_trace_ready=handler) as prof:
            for _ in range(9):
                torch.ones(2).add(1)
                prof.step()
        found.append({"options": options, "actions": [plan(i).name for i in range(12)], "ready": list(ready)})
    return found


def main():
    programs = {make.__name__: run(make) for make in [mlp, cnn, lstm, transformer, loader]}
    output = {
        "version": torch.__version__.split("+")[0], "programs": programs, "memory": memory(), "cycles": cycles(), **tables()
    }
    pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(output, separators=(",", ":")) + "\n")


main()
