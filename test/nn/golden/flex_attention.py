"""Makes flex_attention.json: attention with functions for scores and masks, and block masks, by PyTorch.

    python test/nn/golden/flex_attention.py > test/nn/golden/flex_attention.json
"""

import json
import warnings

import torch
from torch.nn.attention import flex_attention as flex
from torch.nn.attention.flex_attention import AuxRequest, and_masks, create_block_mask, create_mask, flex_attention, or_masks

warnings.simplefilter("ignore")
flex._FLEX_ATTENTION_DISABLE_COMPILE_DEBUG = True  # the eager implementation


def fractions(shape, factor):
    count = torch.Size(shape).numel()
    return (((torch.arange(count, dtype=torch.float32) * factor) % 17 - 8) / 8).reshape(shape)


q, k, v = fractions([2, 2, 5, 4], 3), fractions([2, 2, 6, 4], 5), fractions([2, 2, 6, 4], 7)
slopes = torch.tensor([0.5, 0.25])
documents = torch.tensor([0, 0, 1, 1, 2, 2])


def causal(b, h, i, j):
    return i >= j


def window(b, h, i, j):
    return (i - j).abs() <= 2


def relative(score, b, h, i, j):
    return score + (i - j)


SCORES = {
    "none": None,
    "relative": relative,
    "alibi": lambda score, b, h, i, j: score + slopes[h] * (j - i),
    "causal": lambda score, b, h, i, j: torch.where(i >= j, score, -float("inf")),
    "softcap": lambda score, b, h, i, j: 2 * torch.tanh(score / 2),
}
MASKS = {
    "causal": causal,
    "window": window,
    "both": and_masks(causal, window),
    "either": or_masks(causal, lambda b, h, i, j: j == 5),
    "documents": lambda b, h, i, j: documents[i] == documents[j],
    "nothing_first": lambda b, h, i, j: (i > 0) & (j >= 0),
}


def scored(score_mod):
    output, aux = flex_attention(q, k, v, score_mod, return_aux=AuxRequest(lse=True))
    return {"output": output.tolist(), "lse": aux.lse.tolist()}


def masked(mask_mod):
    blocks = create_block_mask(mask_mod, 2, 2, 5, 6, device="cpu", BLOCK_SIZE=(2, 3))
    names = ["kv_num_blocks", "kv_indices", "full_kv_num_blocks", "full_kv_indices"]
    return {
        "output": flex_attention(q, k, v, relative, blocks, scale=0.3).tolist(),
        "mask": create_mask(mask_mod, 2, 2, 5, 6, device="cpu").int().tolist(),
        "text": str(blocks),
        "sparsity": blocks.sparsity(),
        "dense": blocks.to_dense().tolist(),
        **{name: getattr(blocks, name).tolist() for name in names},
    }


large = create_block_mask(causal, 1, 6, 1000, 900, device="cpu", BLOCK_SIZE=16)
grouped = flex_attention(fractions([1, 4, 3, 4], 3), fractions([1, 2, 3, 4], 5), fractions([1, 2, 3, 4], 7), enable_gqa=True)
print(
    json.dumps(
        {
            "scores": {name: scored(mod) for name, mod in SCORES.items()},
            "masks": {name: masked(mod) for name, mod in MASKS.items()},
            "grouped": grouped.tolist(),
            "large": str(large),
            "sliced": str(large[0, 2:4]),
        }
    )
)
