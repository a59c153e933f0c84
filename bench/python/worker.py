"""Runs workloads on request; see bench/README.md for the protocol."""

import gc
import sys
import time
from timeit import Timer

import torch

torch.set_num_threads(int(sys.argv[1]))
device = sys.argv[2] if len(sys.argv) > 2 else None
if device:
    torch.set_default_device(device)

from data import data  # noqa: E402 (the workloads make their tensors on the default device)
from operations import names, operations  # noqa: E402
from optimizers import optimizers  # noqa: E402
from training import inference, training  # noqa: E402


def timers():
    """Every workload by name; preparing one waits for its first use. timeit turns the collector off: not here."""
    prepare = {}
    for name, statement in operations.items():
        prepare[name] = lambda statement=statement: Timer(statement, gc.enable, globals=names)
    for workload in [*training, *inference, *optimizers, *data]:
        prepare[workload.__name__] = lambda workload=workload: Timer(workload(), gc.enable)
    return prepare


def measure(timer, iterations):
    wall, cpu = time.perf_counter_ns(), time.process_time_ns()
    timer.timeit(iterations)
    if device:
        torch.accelerator.synchronize()
    return time.perf_counter_ns() - wall, time.process_time_ns() - cpu


prepare = timers()
print('libtorch', torch.__version__.split('+')[0])
print('workloads', *prepare)
print('ready', flush=True)

ready = {}
for line in sys.stdin:
    name, iterations = line.split()
    if name not in ready:
        ready[name] = prepare[name]()
    print(*measure(ready[name], int(iterations)), flush=True)
