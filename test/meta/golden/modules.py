"""Makes modules.json: what modules of torch.nn give on the meta device, by PyTorch.

    python test/meta/golden/modules.py > test/meta/golden/modules.json

For each: dtype, sizes and strides of the results, then of the gradients of all parameters.
"""

import json
import warnings

import torch
from torch import nn

warnings.simplefilter("ignore")


def rand(*sizes):
    return torch.rand(*sizes, device="meta", requires_grad=True)


def whole(*sizes):
    return torch.zeros(*sizes, dtype=torch.int64, device="meta")


MODULES = {
    "Linear": (lambda: nn.Linear(3, 5), lambda: [rand(2, 3)]),
    "Bilinear": (lambda: nn.Bilinear(3, 4, 5), lambda: [rand(2, 3), rand(2, 4)]),
    "Conv1d": (lambda: nn.Conv1d(3, 5, 2), lambda: [rand(2, 3, 10)]),
    "Conv2d": (lambda: nn.Conv2d(4, 6, 3, stride=2, padding=1, dilation=2, groups=2), lambda: [rand(2, 4, 9, 10)]),
    "Conv3d": (lambda: nn.Conv3d(3, 5, 2, bias=False), lambda: [rand(2, 3, 4, 4, 4)]),
    "ConvTranspose2d": (lambda: nn.ConvTranspose2d(3, 5, 3, stride=2, output_padding=1), lambda: [rand(2, 3, 5, 6)]),
    "BatchNorm2d": (lambda: nn.BatchNorm2d(3), lambda: [rand(2, 3, 4, 4)]),
    "InstanceNorm2d": (lambda: nn.InstanceNorm2d(3, affine=True), lambda: [rand(2, 3, 4, 4)]),
    "GroupNorm": (lambda: nn.GroupNorm(2, 4), lambda: [rand(2, 4, 3, 3)]),
    "LayerNorm": (lambda: nn.LayerNorm(4), lambda: [rand(2, 3, 4)]),
    "RMSNorm": (lambda: nn.RMSNorm(4), lambda: [rand(2, 4)]),
    "LocalResponseNorm": (lambda: nn.LocalResponseNorm(2), lambda: [rand(2, 4, 3, 3)]),
    "Embedding": (lambda: nn.Embedding(10, 3), lambda: [whole(4, 2)]),
    "EmbeddingBag": (lambda: nn.EmbeddingBag(10, 3), lambda: [whole(4, 2)]),
    "RNN": (lambda: nn.RNN(3, 4), lambda: [rand(5, 2, 3)]),
    "LSTM": (lambda: nn.LSTM(3, 4, num_layers=2, bidirectional=True), lambda: [rand(5, 2, 3)]),
    "GRU": (lambda: nn.GRU(3, 4, batch_first=True), lambda: [rand(5, 2, 3)]),
    "LSTMCell": (lambda: nn.LSTMCell(3, 4), lambda: [rand(2, 3)]),
    "MultiheadAttention": (lambda: nn.MultiheadAttention(4, 2), lambda: [rand(5, 2, 4), rand(6, 2, 4), rand(6, 2, 4)]),
    "TransformerEncoderLayer": (lambda: nn.TransformerEncoderLayer(4, 2, 8), lambda: [rand(5, 2, 4)]),
    "TransformerDecoderLayer": (lambda: nn.TransformerDecoderLayer(4, 2, 8), lambda: [rand(5, 2, 4), rand(6, 2, 4)]),
    "MaxPool1d": (lambda: nn.MaxPool1d(2), lambda: [rand(2, 3, 8)]),
    "MaxPool3d": (lambda: nn.MaxPool3d(2, return_indices=True), lambda: [rand(2, 3, 4, 4, 4)]),
    "AvgPool2d": (lambda: nn.AvgPool2d(2), lambda: [rand(2, 3, 8, 8)]),
    "AdaptiveAvgPool2d": (lambda: nn.AdaptiveAvgPool2d(2), lambda: [rand(2, 3, 8, 8)]),
    "AdaptiveAvgPool3d": (lambda: nn.AdaptiveAvgPool3d(2), lambda: [rand(2, 3, 4, 4, 4)]),
    "AdaptiveMaxPool2d": (lambda: nn.AdaptiveMaxPool2d(2), lambda: [rand(2, 3, 8, 8)]),
    "LPPool2d": (lambda: nn.LPPool2d(2, 2), lambda: [rand(2, 3, 8, 8)]),
    "FractionalMaxPool2d": (lambda: nn.FractionalMaxPool2d(2, 3), lambda: [rand(2, 3, 8, 8)]),
    "Upsample": (lambda: nn.Upsample(scale_factor=2, mode="bilinear"), lambda: [rand(2, 3, 4, 4)]),
    "PixelShuffle": (lambda: nn.PixelShuffle(2), lambda: [rand(2, 4, 3, 3)]),
    "Unfold": (lambda: nn.Unfold(2), lambda: [rand(1, 3, 8, 8)]),
    "Fold": (lambda: nn.Fold(5, 2), lambda: [rand(1, 12, 16)]),
    "ReflectionPad2d": (lambda: nn.ReflectionPad2d(1), lambda: [rand(1, 2, 3, 3)]),
    "Dropout": (lambda: nn.Dropout(), lambda: [rand(3)]),
    "PReLU": (lambda: nn.PReLU(), lambda: [rand(2, 3)]),
    "GELU": (lambda: nn.GELU(), lambda: [rand(2)]),
    "Softmax": (lambda: nn.Softmax(1), lambda: [rand(2, 3)]),
    "CosineSimilarity": (lambda: nn.CosineSimilarity(), lambda: [rand(2, 3), rand(2, 3)]),
    "CrossEntropyLoss": (lambda: nn.CrossEntropyLoss(), lambda: [rand(2, 3), whole(2)]),
    "NLLLoss": (lambda: nn.NLLLoss(), lambda: [rand(2, 3, 4, 4), whole(2, 4, 4)]),
    "MSELoss": (lambda: nn.MSELoss(), lambda: [rand(2), rand(2)]),
    "BCELoss": (lambda: nn.BCELoss(), lambda: [rand(2), rand(2)]),
    "BCEWithLogitsLoss": (lambda: nn.BCEWithLogitsLoss(), lambda: [rand(2), rand(2)]),
    "HuberLoss": (lambda: nn.HuberLoss(reduction="none"), lambda: [rand(2), rand(2)]),
    "KLDivLoss": (lambda: nn.KLDivLoss(reduction="batchmean"), lambda: [rand(2, 3), rand(2, 3)]),
    "TripletMarginLoss": (lambda: nn.TripletMarginLoss(), lambda: [rand(2, 3), rand(2, 3), rand(2, 3)]),
}


def leaves(value):
    if isinstance(value, torch.Tensor):
        yield value
    elif isinstance(value, (list, tuple)):
        for each in value:
            yield from leaves(each)


def facts(tensor):
    return [str(tensor.dtype).split(".")[1], list(tensor.shape), list(tensor.stride())]


def run(make, inputs):
    with torch.device("meta"):
        module = make()
    results = list(leaves(module(*inputs())))
    outputs = [each for each in results if each.requires_grad]
    torch.autograd.backward(outputs, [torch.empty_like(each) for each in outputs])
    return {
        "results": [facts(each) for each in results],
        "grads": [facts(each.grad) for each in module.parameters()],
    }


lines = [f"{json.dumps(name)}: {json.dumps(run(*case))}" for name, case in MODULES.items()]
print("{\n" + ",\n".join(lines) + "\n}")
