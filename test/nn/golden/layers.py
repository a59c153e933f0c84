"""Writes layers.json: what PyTorch's modules compute beside those that its own module tests cover.

Run with a Python that has torch 2.13: python layers.py
"""

import torch
from golden import plain, write
from torch import nn

golden = {}


def case(name, make, *inputs, training=True, grad=True):
    """Seeds, makes the module, draws the inputs (shapes are normal samples), and keeps what the call gives."""
    torch.manual_seed(0)
    module = make()
    module.train(training)
    values = [torch.randn(i).requires_grad_(grad) if isinstance(i, tuple) else i() if callable(i) else i for i in inputs]
    out = module(*values)
    first = out[0] if isinstance(out, tuple) else out
    entry = {"repr": repr(module), "keys": list(module.state_dict()), "out": plain(list(out) if isinstance(out, tuple) else out)}
    if grad and first.requires_grad:
        first.sum().backward()
        leaves = [v for v in values if isinstance(v, torch.Tensor) and v.requires_grad]
        entry["grads"] = [plain(v.grad) for v in [*leaves, *module.parameters()]]
    golden[name] = entry


case("Dropout", lambda: nn.Dropout(0.3), (4, 5))
case("Dropout1d", lambda: nn.Dropout1d(0.4), (2, 3, 4))
case("Dropout2d", lambda: nn.Dropout2d(0.4), (2, 3, 2, 2))
case("Dropout3d", lambda: nn.Dropout3d(0.4), (2, 3, 2, 2, 2))
case("AlphaDropout", lambda: nn.AlphaDropout(0.3), (4, 5))
case("FeatureAlphaDropout", lambda: nn.FeatureAlphaDropout(0.3), (2, 3, 4))
case("RReLU", lambda: nn.RReLU(), (3, 4))
case("RReLU eval", lambda: nn.RReLU(), (3, 4), training=False)
case("Hardsigmoid", lambda: nn.Hardsigmoid(), (3, 4))
case("FractionalMaxPool2d", lambda: nn.FractionalMaxPool2d(2, output_size=(3, 2)), (1, 2, 6, 5))
case("FractionalMaxPool2d ratio", lambda: nn.FractionalMaxPool2d(2, output_ratio=(0.5, 0.5), return_indices=True), (1, 2, 6, 6))
case("FractionalMaxPool3d", lambda: nn.FractionalMaxPool3d(2, output_size=2), (1, 2, 5, 5, 5))
case("MaxUnpool2d", lambda: nn.MaxUnpool2d(2, stride=2), (1, 1, 2, 2), lambda: torch.tensor([[[[0, 3], [8, 15]]]]))
case("EmbeddingBag", lambda: nn.EmbeddingBag(6, 3, mode="sum", padding_idx=1), lambda: torch.tensor([0, 1, 5, 2]), lambda: torch.tensor([0, 2]))
case("EmbeddingBag mean", lambda: nn.EmbeddingBag(6, 3, max_norm=1.0), lambda: torch.tensor([[0, 1], [5, 2]]))
case("Embedding", lambda: nn.Embedding(6, 3, padding_idx=-1, max_norm=1.5, scale_grad_by_freq=True), lambda: torch.tensor([0, 5, 0, 2]))
case("Fold", lambda: nn.Fold((4, 5), (2, 2)), (2, 12, 12))
case("Unfold", lambda: nn.Unfold((2, 3), padding=1, stride=(2, 1)), (1, 2, 4, 5))
case("PixelShuffle", lambda: nn.PixelShuffle(2), (1, 8, 2, 3))
case("PixelUnshuffle", lambda: nn.PixelUnshuffle(2), (1, 2, 4, 6))
case("ChannelShuffle", lambda: nn.ChannelShuffle(2), (1, 4, 2, 2))
case("CosineSimilarity", lambda: nn.CosineSimilarity(), (3, 4), (3, 4))
case("PairwiseDistance", lambda: nn.PairwiseDistance(3.0, keepdim=True), (3, 4), (3, 4))
case("Upsample", lambda: nn.Upsample(scale_factor=2, mode="bilinear", align_corners=False), (1, 1, 2, 3))
case("Upsample sizes", lambda: nn.Upsample(size=(3, 5)), (1, 1, 2, 3))
case("Upsample factors", lambda: nn.Upsample(scale_factor=(2.0, 1.5), mode="nearest"), (1, 1, 2, 4))
case("UpsamplingNearest2d", lambda: nn.UpsamplingNearest2d(scale_factor=2), (1, 1, 2, 3))
case("UpsamplingBilinear2d", lambda: nn.UpsamplingBilinear2d(size=4), (1, 1, 2, 3))
case("Flatten", lambda: nn.Flatten(1, 2), (2, 3, 4, 5))
case("Unflatten", lambda: nn.Unflatten(1, (2, 3)), (2, 6))
case("Identity", lambda: nn.Identity(54, unused_argument1=0.1), (2, 3))
case("Bilinear", lambda: nn.Bilinear(2, 3, 4), (5, 2), (5, 3))
case("CrossMapLRN2d", lambda: nn.CrossMapLRN2d(3, alpha=0.5), (1, 6, 2, 2), grad=False)
case("SyncBatchNorm", lambda: nn.SyncBatchNorm(3), (4, 3, 2))
case("BatchNorm1d average", lambda: nn.BatchNorm1d(3, momentum=None), (4, 3))
case("BatchNorm2d plain", lambda: nn.BatchNorm2d(3, affine=False, track_running_stats=False), (2, 3, 2, 2), training=False)
case("TripletMarginLoss", lambda: nn.TripletMarginLoss(margin=0.7, p=1.5, swap=True), (4, 3), (4, 3), (4, 3))
case("TripletMarginWithDistanceLoss", lambda: nn.TripletMarginWithDistanceLoss(margin=2.0), (4, 3), (4, 3), (4, 3))
case("AdaptiveLogSoftmaxWithLoss", lambda: nn.AdaptiveLogSoftmaxWithLoss(16, 20, [4, 10], div_value=2.0, head_bias=True), (6, 16), lambda: torch.tensor([0, 3, 5, 9, 12, 19]))
case("ReLU6 inplace", lambda: nn.Sequential(nn.Identity(), nn.ReLU6(inplace=True)), (3, 4), grad=False)
case("Conv2d reflect", lambda: nn.Conv2d(2, 4, 3, padding=1, padding_mode="reflect", groups=2, bias=False), (1, 2, 4, 4))
case("Conv1d same", lambda: nn.Conv1d(2, 3, 4, padding="same", dilation=2), (1, 2, 9))
case("Conv2d circular same", lambda: nn.Conv2d(1, 1, (3, 2), padding="same", padding_mode="circular"), (1, 1, 4, 4))
case("ConvTranspose2d", lambda: nn.ConvTranspose2d(2, 3, 3, stride=2, padding=1, output_padding=1), (1, 2, 3, 3))
case("ConvTranspose1d size", lambda: nn.ConvTranspose1d(2, 3, 3, stride=3), (1, 2, 4), lambda: [14])
case("LazyLinear", lambda: nn.LazyLinear(3), (2, 5))
case("LazyConv2d", lambda: nn.LazyConv2d(3, 2, bias=False), (1, 2, 4, 4))
case("LazyConvTranspose1d", lambda: nn.LazyConvTranspose1d(3, 2), (1, 2, 4))
case("LazyBatchNorm1d", lambda: nn.LazyBatchNorm1d(), (4, 3))
case("LazyInstanceNorm2d", lambda: nn.LazyInstanceNorm2d(), (2, 3, 2, 2))
case("LSTM projections", lambda: nn.LSTM(3, 4, num_layers=2, bidirectional=True, proj_size=2, batch_first=True), (2, 5, 3))
case("GRU dropout", lambda: nn.GRU(3, 4, num_layers=3, dropout=0.5), (5, 2, 3))
case("RNN unbatched", lambda: nn.RNN(3, 4, nonlinearity="relu"), (5, 3))
case("LSTMCell", lambda: nn.LSTMCell(3, 4, bias=False), (2, 3))

# packed sequences
torch.manual_seed(0)
lstm = nn.LSTM(3, 4, bidirectional=True)
sequences = [torch.randn(n, 3) for n in (2, 5, 3)]
packed = nn.utils.rnn.pack_sequence(sequences, enforce_sorted=False)
out, (h, c) = lstm(packed)
padded, lengths = nn.utils.rnn.pad_packed_sequence(out, batch_first=True, padding_value=-1.0)
golden["packed LSTM"] = {
    "out": plain([packed.data, packed.batch_sizes, packed.sorted_indices, packed.unsorted_indices, padded, lengths, h, c]),
    "unpacked": plain(nn.utils.rnn.unpack_sequence(packed)),
    "padded left": plain(nn.utils.rnn.pad_sequence(sequences, padding_side="left")),
}

# inference takes other kernels
torch.manual_seed(0)
layer = nn.TransformerEncoderLayer(8, 2, 16, batch_first=True, activation="gelu")
encoder = nn.TransformerEncoder(layer, 2).eval()
x = torch.randn(3, 4, 8)
padding = torch.tensor([[False] * 4, [False, False, True, True], [False, False, False, True]])
with torch.no_grad():
    golden["encoder inference"] = {
        "repr": repr(encoder),
        "keys": list(encoder.state_dict()),
        "out": plain([encoder(x), encoder(x, src_key_padding_mask=padding)]),
    }
causal = nn.Transformer.generate_square_subsequent_mask(4)
golden["encoder causal"] = {"out": plain([causal, encoder(x, mask=causal, is_causal=True)])}

torch.manual_seed(0)
adaptive = nn.AdaptiveLogSoftmaxWithLoss(8, 10, [3, 6])
x = torch.randn(5, 8) * 4
golden["adaptive log_prob"] = {"out": plain([adaptive.log_prob(x), adaptive.predict(x)])}

write("layers.json", golden)
