"""Writes orders.json: the indices that PyTorch's samplers, splits and loaders draw, and the number drawn after them.

    python test/utils/data/golden/orders.py > test/utils/data/golden/orders.json
"""

import json
import sys

import torch
from torch.utils.data import (
    BatchSampler,
    DataLoader,
    RandomSampler,
    SubsetRandomSampler,
    TensorDataset,
    WeightedRandomSampler,
    random_split,
)
from torch.utils.data.distributed import DistributedSampler

orders = {}


def record(name, make, seed=7):
    torch.manual_seed(seed)
    orders[name] = {"order": plain(make()), "next": torch.rand(1).item()}


def plain(value):
    if isinstance(value, torch.Tensor):
        return value.tolist()
    if isinstance(value, (list, tuple)):
        return [plain(each) for each in value]
    return value


def seeded(seed):
    return torch.Generator().manual_seed(seed)


def twice(iterable):
    return [list(iterable), list(iterable)]


def loader(n, **options):
    return DataLoader(TensorDataset(torch.arange(n)), **options)


record("random", lambda: twice(RandomSampler(range(10))))
record("random, few", lambda: list(RandomSampler(range(10), num_samples=4)))
record("random, more than there are", lambda: list(RandomSampler(range(10), num_samples=25)))
record("random, replacement", lambda: twice(RandomSampler(range(100), replacement=True, num_samples=70)))
record("random, replacement, whole blocks", lambda: list(RandomSampler(range(100), True, 64)))
record("random, generator", lambda: twice(RandomSampler(range(10), generator=seeded(3))))
record("subset", lambda: twice(SubsetRandomSampler([5, 6, 7, 8, 9])))
record("subset, generator", lambda: twice(SubsetRandomSampler([5, 6, 7, 8, 9], generator=seeded(1))))
weights = [0.1, 0.9, 0.4, 0.7, 3.0, 0.6]
record("weighted", lambda: twice(WeightedRandomSampler(weights, 12, replacement=True)))
record("weighted, no replacement", lambda: list(WeightedRandomSampler(weights, 5, replacement=False)))
record("weighted, generator", lambda: list(WeightedRandomSampler(weights, 5, True, seeded(5))))
record("batch", lambda: list(BatchSampler(RandomSampler(range(10)), 4, False)))
record("batch, drop_last", lambda: list(BatchSampler(RandomSampler(range(10)), 4, True)))
record("loader", lambda: twice(loader(10, batch_size=4)))
record("loader, shuffle", lambda: twice(loader(10, batch_size=4, shuffle=True)))
record("loader, shuffle, drop_last", lambda: twice(loader(10, batch_size=4, shuffle=True, drop_last=True)))
record("loader, shuffle, even", lambda: twice(loader(12, batch_size=4, shuffle=True)))
record("loader, generator", lambda: twice(loader(10, batch_size=4, shuffle=True, generator=seeded(9))))
record("loader, even, generator", lambda: twice(loader(8, batch_size=4, shuffle=True, generator=seeded(9))))
record("loader, one by one", lambda: twice(loader(6, batch_size=None, shuffle=True)))
record("loader, sampler", lambda: list(loader(6, batch_size=2, sampler=WeightedRandomSampler(weights, 6))))
record(
    "loader, batch_sampler",
    lambda: twice(loader(9, batch_sampler=BatchSampler(RandomSampler(range(9)), 2, True))),
)
record("loader, large", lambda: list(loader(1000, batch_size=100, shuffle=True)), seed=12345678901)
record("split", lambda: [list(part.indices) for part in random_split(range(10), [3, 7])])
record("split, fractions", lambda: [list(part.indices) for part in random_split(range(31), [0.3, 0.3, 0.4])])
record("split, generator", lambda: [list(part.indices) for part in random_split(range(10), [5, 5], seeded(42))])
record("split, loader", lambda: twice(DataLoader(random_split(torch.arange(20) * 10, [0.5, 0.5])[0], 4, True)))


def distributed(rank, **options):
    sampler = DistributedSampler(range(11), num_replicas=3, rank=rank, **options)
    first = list(sampler)
    sampler.set_epoch(2)
    return [first, list(sampler)]


record("distributed", lambda: [distributed(rank) for rank in range(3)])
record("distributed, drop_last", lambda: [distributed(rank, drop_last=True, seed=4) for rank in range(3)])
record("distributed, in order", lambda: [distributed(rank, shuffle=False) for rank in range(3)])

json.dump({"torch": torch.__version__, "orders": orders}, sys.stdout, separators=(",", ":"))
