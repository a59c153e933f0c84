"""Writes collectives.json: what collectives of torch.distributed give on each of 3 ranks.

Usage: python test/distributed/golden/collectives.py

Where a launcher has set RANK it is that rank of a job instead, and prints what it finds. test/distributed/programs/collectives.ts has the same cases.
"""

import json
import os
import pathlib

import torch
import torch.distributed as dist
import torch.multiprocessing as mp

SIZE = 3
OUTPUT = pathlib.Path(__file__).with_name("collectives.json")
FLOATS = ["float32", "float64", "float16", "bfloat16"]
INTEGERS = ["int8", "uint8", "int32", "int64"]
OPS = ["SUM", "AVG", "PRODUCT", "MIN", "MAX"]
BITS = ["BAND", "BOR", "BXOR"]


def values(rank, dtype, count=6):
    x = (torch.arange(count) * (rank + 2) + rank) % 5 + 1
    return x.to(getattr(torch, dtype))


def listed(x):
    return (torch.view_as_real(x) if x.is_complex() else x).tolist()


def run(rank, url, results):
    dist.init_process_group("gloo", url, rank=rank, world_size=SIZE)
    found = {}

    def case(name, function):
        try:
            found[name] = function()
        except Exception as error:  # noqa: BLE001
            found[name] = type(error).__name__

    def reduced(op, dtype, function):
        x = values(rank, dtype)
        function(x, getattr(dist.ReduceOp, op))
        return listed(x)

    for dtype in FLOATS + INTEGERS:
        for op in OPS + (BITS if dtype in INTEGERS else []):
            case(f"all_reduce {op} {dtype}", lambda: reduced(op, dtype, lambda x, how: dist.all_reduce(x, how)))
    for op in ["SUM", "AVG", "MAX"]:
        case(f"all_reduce {op} complex64", lambda: reduced(op, "complex64", lambda x, how: dist.all_reduce(x, how)))
    for op in OPS:

        def reduce():
            x = values(rank, "float32")
            dist.reduce(x, 1, getattr(dist.ReduceOp, op))
            return listed(x) if rank == 1 else None

        case(f"reduce {op}", reduce)

        def reduce_scatter():
            out = torch.zeros(2)
            dist.reduce_scatter(out, list(values(rank, "float32").chunk(SIZE)), getattr(dist.ReduceOp, op))
            return listed(out)

        case(f"reduce_scatter {op}", reduce_scatter)

        def reduce_scatter_tensor():
            out = torch.zeros(2)
            dist.reduce_scatter_tensor(out, values(rank, "float32"), getattr(dist.ReduceOp, op))
            return listed(out)

        case(f"reduce_scatter_tensor {op}", reduce_scatter_tensor)

    for dtype in FLOATS + INTEGERS + ["bool", "complex64"]:

        def broadcast():
            x = values(rank, dtype)
            dist.broadcast(x, 2)
            return listed(x)

        case(f"broadcast {dtype}", broadcast)

        def all_gather():
            outputs = [torch.zeros(6, dtype=getattr(torch, dtype)) for _ in range(SIZE)]
            dist.all_gather(outputs, values(rank, dtype))
            return [listed(each) for each in outputs]

        case(f"all_gather {dtype}", all_gather)

    def all_gather_into_tensor():
        out = torch.zeros(18)
        dist.all_gather_into_tensor(out, values(rank, "float32"))
        return listed(out)

    case("all_gather_into_tensor", all_gather_into_tensor)

    def gather():
        outputs = [torch.zeros(6) for _ in range(SIZE)] if rank == 1 else None
        dist.gather(values(rank, "float32"), outputs, dst=1)
        return outputs and [listed(each) for each in outputs]

    case("gather", gather)

    def scatter():
        out = torch.zeros(2)
        dist.scatter(out, list(values(5, "float32").chunk(SIZE)) if rank == 2 else None, src=2)
        return listed(out)

    case("scatter", scatter)

    def all_to_all():
        outputs = [torch.zeros(2) for _ in range(SIZE)]
        dist.all_to_all(outputs, list(values(rank, "float32").chunk(SIZE)))
        return [listed(each) for each in outputs]

    case("all_to_all", all_to_all)

    def all_to_all_single():
        out = torch.zeros(6)
        dist.all_to_all_single(out, values(rank, "float32"))
        return listed(out)

    case("all_to_all_single", all_to_all_single)

    def all_to_all_splits():
        sends = [[1, 2, 3], [2, 2, 2], [3, 0, 1]]
        takes = [row[rank] for row in sends]
        out = torch.zeros(sum(takes), 2)
        x = values(rank, "float32", 2 * sum(sends[rank])).reshape(-1, 2)
        dist.all_to_all_single(out, x, takes, sends[rank])
        return listed(out)

    case("all_to_all_single splits", all_to_all_splits)

    def transposed():
        x = values(rank, "float32").reshape(2, 3).t()
        dist.all_reduce(x)
        return listed(x)

    case("all_reduce transposed", transposed)

    def coalesced():
        xs = [values(rank, "float32"), values(rank, "float32", 2)]
        dist.all_reduce_coalesced(xs)
        return [listed(each) for each in xs]

    case("all_reduce_coalesced", coalesced)

    def ring():
        x = torch.zeros(6)
        works = dist.batch_isend_irecv([
            dist.P2POp(dist.isend, values(rank, "float32"), (rank + 1) % SIZE),
            dist.P2POp(dist.irecv, x, (rank - 1) % SIZE),
        ])
        for work in works:
            work.wait()
        return listed(x)

    case("batch_isend_irecv", ring)

    def any_source():
        if rank == 1:
            dist.send(values(rank, "int64"), 0, tag=7)
            return None
        if rank != 0:
            return None
        x = torch.zeros(6, dtype=torch.int64)
        return [dist.recv(x, tag=7), *listed(x)]

    case("recv from any", any_source)

    group = dist.new_group([2, 0])

    def in_group():
        x = values(rank, "float32")
        if rank == 1:
            return [dist.get_rank(group), dist.get_world_size(group)]
        dist.broadcast(x, 2, group)
        return [dist.get_rank(group), dist.get_group_rank(group, 2), dist.get_global_rank(group, 0), *listed(x)]

    case("in a group", in_group)

    def objects():
        out = [None] * SIZE
        dist.all_gather_object(out, {"rank": rank, "list": [rank, None, "é"], "float": rank + 0.5})
        sent = [f"from {rank}", rank] if rank == 1 else [None, None]
        dist.broadcast_object_list(sent, 1)
        got = [None]
        dist.scatter_object_list(got, [{"for": i} for i in range(SIZE)] if rank == 0 else None, 0)
        gathered = [None] * SIZE if rank == 2 else None
        dist.gather_object([rank], gathered, 2)
        return [out, sent, got, gathered]

    case("objects", objects)
    results[rank] = found
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
        mp.spawn(run, (f"tcp://127.0.0.1:{port}", results), SIZE)
        OUTPUT.write_text(json.dumps([results[rank] for rank in range(SIZE)]) + "\n")


if __name__ == "__main__":
    main()
