"""Writes values.json: functions that PyTorch's own test inputs do not reach, in Python and in this package's syntax."""
import json
import math
import os
import sys
import warnings

import torch

here = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(here, "..", "..", "errors", "golden"))
from translate import translate  # noqa: E402

PRELUDE = """
x = torch.linspace(-2, 2, 12, dtype=torch.float64).reshape(3, 4)
y = torch.linspace(0.1, 0.9, 12, dtype=torch.float64).reshape(3, 4)
img = torch.linspace(-1, 1, 64, dtype=torch.float64).reshape(1, 4, 4, 4)
vol = torch.linspace(-1, 1, 64, dtype=torch.float64).reshape(1, 1, 4, 4, 4)
seq = torch.linspace(-1, 1, 24, dtype=torch.float64).reshape(1, 3, 8)
q = torch.linspace(-1, 1, 24, dtype=torch.float64).reshape(3, 2, 4)
w = torch.linspace(-1, 1, 48, dtype=torch.float64).reshape(12, 4)
i = torch.tensor([0, 2, 1])
"""

CALLS = """
F.adaptive_avg_pool1d(seq, 3)
F.adaptive_max_pool1d(seq, 3, return_indices=True)
F.adaptive_avg_pool3d(vol, (2, 1, 2))
F.adaptive_max_pool3d(vol, 2)
F.avg_pool1d(seq, 3, stride=2, padding=1, count_include_pad=False)
F.lp_pool1d(seq, 3.0, 2, stride=2, ceil_mode=True)
F.lp_pool2d(img, 2.0, (2, 1), stride=1)
F.lp_pool3d(vol, 2.0, 2)
F.max_pool3d(vol, 2, stride=1, return_indices=True)
F.fractional_max_pool2d(img, 2, output_size=2)
F.fractional_max_pool3d(vol, 2, output_ratio=0.5)
F.bilinear(x, x, torch.ones(2, 4, 4, dtype=torch.float64), torch.ones(2, dtype=torch.float64))
F.fold(F.unfold(img, 2, stride=2), (4, 4), 2, stride=2)
F.gumbel_softmax(x, tau=0.5)
F.gumbel_softmax(x, hard=True, dim=0)
F.alpha_dropout(x, 0.3, training=True)
F.feature_alpha_dropout(img, 0.5, training=True)
F.dropout1d(seq, 0.5)
F.dropout2d(img, 0.5)
F.dropout3d(vol, 0.5)
F.rrelu(x, 0.1, 0.4, training=True)
F.multi_head_attention_forward(q, q, q, 4, 2, w, None, None, None, False, 0.0, w[:4], None, training=False)
F.multi_head_attention_forward(q, q, q, 4, 2, w, None, None, None, True, 0.0, w[:4], None, training=False, need_weights=True, average_attn_weights=False)
F.multi_head_attention_forward(q, q, q, 4, 2, w, None, w[:1].reshape(1, 1, 4), w[1:2].reshape(1, 1, 4), False, 0.0, w[:4], None, training=False, is_causal=False, attn_mask=torch.ones(3, 3, dtype=torch.bool).triu(1))
F.scaled_dot_product_attention(q, q, q, scale=0.5)
F.scaled_dot_product_attention(q, q, q, is_causal=True)
F.cosine_similarity(x, y, dim=0, eps=1e-3)
F.pairwise_distance(x, y, p=1.0, keepdim=True)
F.pdist(x, p=3.0)
F.triplet_margin_loss(x, y, x * 2, swap=True, p=1.0)
F.triplet_margin_with_distance_loss(x, y, x * 2, margin=0.5, swap=True)
F.cosine_embedding_loss(x, y, torch.tensor([1.0, -1.0, 1.0]), margin=0.2)
F.margin_ranking_loss(x, y, torch.ones(3, 4), margin=0.5, reduction='sum')
F.hinge_embedding_loss(x, torch.sign(x), margin=0.7)
F.multilabel_margin_loss(x, torch.tensor([[3, 0, -1, 1], [0, 2, -1, 1], [1, -1, 0, 2]]))
F.multilabel_soft_margin_loss(x, y.round(), weight=y[0])
F.multi_margin_loss(x, i, p=2, margin=0.3, weight=y[0])
F.soft_margin_loss(x, torch.sign(x), reduction='none')
F.poisson_nll_loss(x, y, log_input=False, full=True, reduction='sum')
F.gaussian_nll_loss(x, y, y, full=True)
F.kl_div(x, y, log_target=True, reduction='batchmean')
F.huber_loss(x, y, delta=0.3, weight=y)
F.smooth_l1_loss(x, y, beta=0.0)
F.cross_entropy(x, i, label_smoothing=0.1, weight=y[0], ignore_index=2)
F.cross_entropy(x, F.softmax(y, 1), label_smoothing=0.2, reduction='none')
F.binary_cross_entropy_with_logits(x, y, pos_weight=y[0], weight=y[1])
F.ctc_loss(F.log_softmax(q, 2), torch.tensor([[1, 2], [2, 1]]), torch.tensor([3, 3]), torch.tensor([2, 1]), reduction='sum', zero_infinity=True)
F.interpolate(seq, size=5, mode='linear', align_corners=True)
F.interpolate(img, scale_factor=(1.5, 0.5), mode='bicubic', recompute_scale_factor=True)
F.interpolate(img, size=(2, 6), mode='bilinear', antialias=True)
F.interpolate(img, size=3, mode='nearest-exact')
F.interpolate(img, size=3, mode='area')
F.interpolate(vol, scale_factor=0.5, mode='trilinear')
F.grid_sample(img, F.affine_grid(torch.eye(2, 3, dtype=torch.float64).reshape(1, 2, 3), (1, 4, 3, 3), align_corners=True), mode='bicubic', padding_mode='reflection', align_corners=True)
F.pad(seq, (2, 1), mode='circular')
F.pad(img, (1, 2, 0, 1), mode='replicate')
F.pad(x, (1, -1, 0, 2), value=0.5)
F.local_response_norm(img, 3, alpha=0.01, beta=0.5, k=2.0)
F.instance_norm(img, weight=y[0], bias=y[1])
F.group_norm(img, 2, weight=y[0], bias=y[1], eps=1e-2)
F.layer_norm(x, (4,), weight=y[0])
F.rms_norm(x, (4,), weight=y[0])
F.normalize(x, p=1.0, dim=0, eps=0.1)
F.batch_norm(img, y[0], y[1] + 1, training=False, eps=0.1)
F.embedding(i, x, max_norm=1.0)
F.embedding(i, x, padding_idx=1)
F.embedding_bag(torch.tensor([0, 2, 1, 1]), x, torch.tensor([0, 3]), mode='max')
F.embedding_bag(torch.tensor([[0, 2], [1, 1]]), x, mode='sum', per_sample_weights=torch.ones(2, 2, dtype=torch.float64) * 0.5)
F.one_hot(i, 5)
F.channel_shuffle(img, 2)
F.pixel_shuffle(img, 2)
F.pixel_unshuffle(vol[0], 2)
F.conv_transpose1d(seq, torch.ones(3, 2, 3, dtype=torch.float64), stride=2, output_padding=1)
F.conv2d(img, torch.ones(4, 2, 2, 2, dtype=torch.float64), groups=2, padding='same', dilation=2)
F.conv3d(vol, torch.ones(1, 1, 2, 2, 2, dtype=torch.float64), stride=(1, 2, 1), padding='valid')
F.softmin(x, dim=1)
F.hardshrink(x, 0.7)
F.softplus(x, beta=2.0, threshold=1.0)
F.tanhshrink(x)
F.celu(x, alpha=0.5)
F.glu(x, dim=1)
F.prelu(x, y[0])
F.threshold(x, 0.1, 20.0)
torch.quasirandom.SobolEngine(4, scramble=True, seed=7).draw(5)
torch.quasirandom.SobolEngine(2).fast_forward(3).draw(2, dtype=torch.float64)
torch.testing.make_tensor((2, 3), dtype=torch.float32, device='cpu', low=-1, high=1)
torch.testing.make_tensor(5, dtype=torch.complex64, device='cpu', noncontiguous=True)
torch.testing.make_tensor((2, 2), dtype=torch.uint8, device='cpu', exclude_zero=True)
torch.testing.make_tensor((3,), dtype=torch.bool, device='cpu')
torch.nested.nested_tensor([x[0, :2], x[1]]).to_padded_tensor(-1.0)
torch.nested.nested_tensor([x, x[:2]]).size(0)
torch.nested.nested_tensor([x, x[:2]]).size(-1)
torch.nested.nested_tensor([x, x[:2]]).transpose(1, 2).size(dim=1)
x.to_sparse().storage_offset()
torch.nested.as_nested_tensor(x).sin().to_padded_tensor(0.0)
torch.empty(2, 3, 4, 5).permute(2, 0, 3, 1).dim_order()
torch.empty(2, 1, 4, 5, memory_format=torch.channels_last).dim_order()
torch.empty(3, 1, 1).expand(3, 4, 5).dim_order()
torch.ones(2)._version
torch.ones(2).add_(1)._version
torch.zeros_like(x)._version
torch.is_floating_point(i)
torch.is_complex(x)
torch.sparse_csr_tensor([0, 1, 2], [1, 0], y[0, :2], (2, 2)).to_dense()
torch.sparse_csc_tensor([0, 1, 2], [1, 0], y[0, :2], dtype=torch.float32).to_dense()
torch.sparse_coo_tensor([[0, 1], [1, 0]], y[0, :2], (2, 2)).to_dense()
torch.masked.sum(x.to_sparse(), 0, mask=x > -1).to_dense()
torch.masked.sum(x.to_sparse()).to_dense()
torch.masked.sum(i.to_sparse(), keepdim=True).to_dense()
torch.masked.prod(x.to_sparse(), 1, keepdim=True, mask=y > 0.3).to_dense()
torch.masked.amax(x.to_sparse(), 1, mask=y < 0.8).to_dense()
torch.masked.amin(x.to_sparse(), (0, 1), mask=y < 0.8).to_dense()
torch.masked.amax(x.to_sparse(), 0, mask=(x > 0).to_sparse())._nnz()
torch.masked.sum(x.to_sparse(1), 1, mask=y > 0.3).to_dense()
torch.masked.sum(x.to_sparse_csr(), 0, keepdim=True, mask=x > -1).to_dense()
torch.masked.prod(x.to_sparse_csr(), 1, keepdim=True, mask=x > -1).to_dense()
torch.masked.amax(x.to_sparse_csr(), 0, keepdim=True, mask=y > 0.2).to_dense()
torch.masked.mean(x.to_sparse_csr(), 0, keepdim=True, mask=y > 0.2).to_dense()
torch.masked.mean(x.to_sparse_csr(), 1, keepdim=True, mask=x > -1).to_dense()
torch.masked.mean(x.to_sparse_csr(), keepdim=True, dtype=torch.float32, mask=x > -1).to_dense()
torch.masked.mean(x.to_sparse_csr(), (), keepdim=True, mask=(x > 0).to_sparse_csr()).to_dense()
"""


def number(value):
    """JSON has no words for what is not finite."""
    return value if math.isfinite(value) else str(value)


def plain(value):
    if isinstance(value, torch.Tensor):
        flat = value.resolve_conj()
        flat = torch.view_as_real(flat) if flat.is_complex() else flat
        return {"shape": list(value.shape), "dtype": str(value.dtype), "values": [number(each) for each in flat.flatten().tolist()]}
    if isinstance(value, (list, tuple)):
        return [plain(each) for each in value]
    return value


def case(python):
    names = {"torch": torch, "F": torch.nn.functional}
    torch.manual_seed(0)
    exec(PRELUDE, names)
    return {"call": translate(python), "result": plain(eval(python, names))}


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    cases = [case(line) for line in CALLS.strip().splitlines()]
    with open(os.path.join(here, "values.json"), "w") as file:
        lines = ",\n".join(json.dumps(each) for each in cases)
        file.write(f'{{"prelude": {json.dumps(translate(PRELUDE))}, "cases": [\n{lines}\n]}}\n')
    print(len(cases), "cases")
