"""What gradcheck says of functions of sparse tensors, for test/autograd/sparse_gradcheck.test.ts.

Run: python test/autograd/golden/sparse_gradcheck.py
"""

import json
import pathlib
import warnings

import torch
from torch.autograd import gradcheck

warnings.simplefilter("ignore")

dense = torch.tensor([[0, 2, 0], [3, 0, 5]], dtype=torch.float64)
other = torch.tensor([[1, 2], [0.5, -1], [2, 0.25]], dtype=torch.float64)

inputs = {
    "coo": lambda: dense.to_sparse_coo(),
    "csr": lambda: dense.to_sparse_csr(),
    "csc": lambda: dense.to_sparse_csc(),
    "bsr": lambda: dense.to_sparse_bsr((1, 3)),
    "bsc": lambda: dense.to_sparse_bsc((2, 1)),
    "hybrid": lambda: torch.ones(2, 2, dtype=torch.float64).to_sparse(1),
    "complex": lambda: (dense + 1j * dense).to_sparse_coo(),
    "uncoalesced": lambda: torch.sparse_coo_tensor([[0, 0, 1], [1, 1, 0]], dense[1] + 1, (2, 3)),
}

functions = {
    "to_dense": lambda x: x.to_dense(),
    "to_dense, all count": lambda x: x.to_dense(masked_grad=False),
    "sparse.mm": lambda x: torch.sparse.mm(x, other.to(x.dtype)),
    "matmul": lambda x: x @ other.to(x.dtype),
    "square": lambda x: (x * x).to_dense(masked_grad=False),
    "a sparse result": lambda x: x * 2,
    "detached": lambda x: x.detach().to_dense() + 0,
    "a wrong gradient": lambda x: x.to_dense() * x.detach().to_dense(),
}


def outcome(function, x, **options):
    try:
        return gradcheck(function, x.requires_grad_(), **options)
    except (RuntimeError, ValueError) as error:
        return str(error).split("\n")[0]


golden = {}
for kind, make in inputs.items():
    for name, function in functions.items():
        for masked in (False, True):
            for fast_mode in (False, True):
                key = f"{name} of {kind}" + " masked" * masked + " fast" * fast_mode
                golden[key] = outcome(function, make(), masked=masked, fast_mode=fast_mode)

path = pathlib.Path(__file__).with_suffix(".json")
path.write_text(json.dumps(golden, indent=1) + "\n")
