"""What PyTorch's loaders with workers give: python workers.py > workers.json"""

import json

import torch
from torch.utils.data import DataLoader, Dataset, IterableDataset, get_worker_info


class Draws(Dataset):
    def __init__(self, count):
        self.values = torch.arange(count)

    def __getitem__(self, index):
        return self.values[index] * 2, get_worker_info().id, torch.rand(1)

    def __len__(self):
        return len(self.values)


class Counter(IterableDataset):
    def __init__(self, count):
        self.count = count

    def __iter__(self):
        info = get_worker_info()
        return iter(range(info.id, self.count, info.num_workers))


class Info(Dataset):
    offset = 0

    def __getitem__(self, index):
        info = get_worker_info()
        return [index, info.id, info.num_workers, info.seed % 2**31, self.offset, 1]

    def __len__(self):
        return 4


def set_offset(worker):
    get_worker_info().dataset.offset = 10 + worker


def plain(value):
    if isinstance(value, torch.Tensor):
        return value.tolist()
    return [plain(each) for each in value] if isinstance(value, (list, tuple)) else value


def epochs(loader, count=1):
    return [plain(list(loader)) for _ in range(count)]


def seeded(seed):
    return torch.Generator().manual_seed(seed)


cases = {
    "shuffled": lambda: epochs(DataLoader(Draws(10), 3, True, num_workers=2), 2),
    "three workers": lambda: epochs(DataLoader(Draws(8), 2, num_workers=3)),
    "more workers than batches": lambda: epochs(DataLoader(Draws(3), 2, num_workers=3)),
    "generator": lambda: epochs(DataLoader(Draws(6), 2, True, num_workers=2, generator=seeded(5))),
    "persistent": lambda: epochs(DataLoader(Draws(7), 2, True, num_workers=2, persistent_workers=True), 3),
    "one by one": lambda: epochs(DataLoader(Draws(4), None, num_workers=2)),
    "batch_sampler": lambda: epochs(DataLoader(Draws(9), batch_sampler=[[8, 0], [3], [5, 1, 2]], num_workers=2)),
    "prefetch_factor": lambda: epochs(DataLoader(Draws(9), 1, num_workers=2, prefetch_factor=1)),
    "stream": lambda: epochs(DataLoader(Counter(10), 3, num_workers=2), 2),
    "stream, uneven": lambda: epochs(DataLoader(Counter(4), 1, num_workers=3)),
    "stream, drop_last": lambda: epochs(DataLoader(Counter(11), 2, num_workers=2, drop_last=True)),
    "stream, persistent": lambda: epochs(DataLoader(Counter(7), 2, num_workers=2, persistent_workers=True), 2),
    "stream, one by one": lambda: epochs(DataLoader(Counter(5), None, num_workers=2)),
    "information": lambda: epochs(DataLoader(Info(), None, num_workers=2, worker_init_fn=set_offset)),
}

results = {}
for name, case in cases.items():
    torch.manual_seed(7)
    results[name] = {"batches": case(), "next": torch.rand(1).item()}
print(json.dumps({"torch": torch.__version__, "results": results}))
