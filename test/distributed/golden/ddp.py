"""Writes ddp.json: the parameters and buffers after a training with DistributedDataParallel, on each of 2 ranks.

Usage: python test/distributed/golden/ddp.py

Where a launcher has set RANK it is that rank of a job instead, and prints what it ends with. test/distributed/programs/ddp.ts
does the same.
"""

import json
import os
import pathlib

import torch
import torch.distributed as dist
import torch.multiprocessing as mp
from torch import nn
from torch.distributed.algorithms.ddp_comm_hooks import default_hooks

OUTPUT = pathlib.Path(__file__).with_name("ddp.json")
MODES = "plain unused view static fp16 builtin hook no_sync join small_buckets shared frozen clipped".split()


class Net(nn.Module):
    def __init__(self, mode, rank):
        super().__init__()
        self.a = nn.Linear(8, 16)
        self.bn = nn.BatchNorm1d(16)
        self.b = nn.Linear(16, 16)
        self.c = nn.Linear(16, 4)
        self.mode, self.rank = mode, rank
        if mode == "unused":
            self.d = nn.Linear(16, 4)
        if mode == "shared":
            self.e = self.b
        if mode == "frozen":
            self.a.requires_grad_(False)

    def forward(self, x):
        h = torch.relu(self.bn(self.a(x)))
        h = torch.relu(self.b(h))
        if self.mode == "shared":
            h = torch.relu(self.e(h))
        return self.d(h) if self.mode == "unused" and self.rank == 1 else self.c(h)


def halved(state, bucket):
    work = dist.all_reduce(bucket.buffer(), async_op=True)
    return work.get_future().then(lambda future: future.value()[0].div_(4))


def options(mode):
    return {
        "unused": {"find_unused_parameters": True},
        "view": {"gradient_as_bucket_view": True},
        "static": {"static_graph": True},
        "small_buckets": {"bucket_cap_mb": 0.0005},
    }.get(mode, {})


def train(mode, rank):
    torch.manual_seed(100 + rank)
    ddp = nn.parallel.DistributedDataParallel(Net(mode, rank), **options(mode))
    if mode == "fp16":
        ddp.register_comm_hook(None, default_hooks.fp16_compress_hook)
    if mode == "builtin":
        ddp._register_builtin_comm_hook(dist.BuiltinCommHookType.FP16_COMPRESS)
    if mode == "hook":
        ddp.register_comm_hook(None, halved)
    optimizer = torch.optim.SGD([p for p in ddp.parameters() if p.requires_grad], lr=0.1, momentum=0.9)
    torch.manual_seed(7 + rank)

    def step(i):
        ddp(torch.randn(5, 8)).pow(2).mean().backward()
        if mode == "no_sync" and i % 2 == 0:
            return
        if mode == "clipped":
            nn.utils.clip_grad_norm_(ddp.parameters(), 0.1)
        optimizer.step()
        optimizer.zero_grad()

    def loop():
        for i in range(3 + 2 * rank if mode == "join" else 5):
            if mode == "no_sync" and i % 2 == 0:
                with ddp.no_sync():
                    step(i)
            else:
                step(i)

    if mode == "join":
        with ddp.join():
            loop()
    else:
        loop()
    return {name: value.flatten().tolist() for name, value in ddp.state_dict().items()}


def run(rank, url, results):
    torch.set_num_threads(1)
    dist.init_process_group("gloo", url, rank=rank, world_size=2)
    results[rank] = {mode: train(mode, rank) for mode in MODES}
    dist.barrier()
    dist.destroy_process_group()


def main():
    if "RANK" in os.environ:
        results = {}
        run(int(os.environ["RANK"]), "env://", results)
        print(json.dumps(*results.values()))
        return
    with mp.Manager() as manager:
        results = manager.dict()
        store = dist.TCPStore("127.0.0.1", 0, is_master=True, wait_for_workers=False)
        port = store.port
        del store
        mp.spawn(run, (f"tcp://127.0.0.1:{port}", results), 2)
        kept = [{mode: {k: v[:4] for k, v in state.items()} for mode, state in results[r].items()} for r in range(2)]
        OUTPUT.write_text(json.dumps(kept) + "\n")


if __name__ == "__main__":
    main()
