"""Arrays in and out, and loading: each function prepares and gives the step."""

import numpy
import torch
from torch.utils.data import DataLoader, TensorDataset


def tensor_nested():
    rows = [[i + j / 100 for j in range(100)] for i in range(1000)]
    return lambda: torch.tensor(rows)


def tensor_typed():
    array = numpy.arange(100_000, dtype=numpy.float32).reshape(1000, 100)
    return lambda: torch.tensor(array)


def tolist():
    x = torch.randn(1000, 100)
    return lambda: x.tolist()


def typed_array():
    x = torch.randn(1000, 100)
    return lambda: x.numpy()


def dataloader():
    dataset = TensorDataset(torch.randn(10_000, 10), torch.randn(10_000, 1))
    loader = DataLoader(dataset, batch_size=10, shuffle=True)

    def epoch():
        for _x, _y in loader:
            pass

    return epoch


data = [tensor_nested, tensor_typed, tolist, typed_array, dataloader]
