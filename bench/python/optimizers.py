"""Steps over a hundred small parameters, and clipping their gradients: each function prepares and gives the step."""

import torch
from torch import nn, optim


def parameters():
    made = [torch.randn(16, 16).requires_grad_() for _ in range(100)]
    for parameter in made:
        parameter.grad = torch.randn(16, 16)
    return made


def sgd_100():
    return optim.SGD(parameters(), lr=1e-3).step


def momentum_100():
    return optim.SGD(parameters(), lr=1e-3, momentum=0.9).step


def adam_100():
    return optim.Adam(parameters(), lr=1e-3).step


def adamw_100():
    return optim.AdamW(parameters(), lr=1e-3).step


def rmsprop_100():
    return optim.RMSprop(parameters(), lr=1e-3).step


def clip_100():
    clipped = parameters()
    return lambda: nn.utils.clip_grad_norm_(clipped, 0.5)


optimizers = [sgd_100, momentum_100, adam_100, adamw_100, rmsprop_100, clip_100]
