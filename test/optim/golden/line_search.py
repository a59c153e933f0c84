"""Makes line_search.json: the losses of LBFGS with its line search on Rosenbrock's valley, by PyTorch.

    python test/optim/golden/line_search.py > test/optim/golden/line_search.json

The steps are computed in the dtype of the parameters: numbers of double precision lead elsewhere.
"""

import json

import torch

torch.set_num_threads(1)


def losses(dtype):
    x = torch.tensor([-1.2, 1.0, -0.5, 0.8], dtype=getattr(torch, dtype), requires_grad=True)
    optimizer = torch.optim.LBFGS([x], max_iter=4, line_search_fn="strong_wolfe")

    def closure():
        optimizer.zero_grad()
        loss = (x[1:] - x[:-1].square()).square().mul(100).add((1 - x[:-1]).square()).sum()
        loss.backward()
        return loss

    steps = [optimizer.step(closure).item() for _ in range(8)]
    return {"dtype": dtype, "losses": steps, "evaluations": optimizer.state[x]["func_evals"]}


print(json.dumps([losses(dtype) for dtype in ("float32", "float64")]))
