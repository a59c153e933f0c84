"""Makes golden.json: a training loop under autocast with a scaler, by PyTorch.

    python test/amp/golden.py > test/amp/golden.json
"""

import json

import torch

torch.set_num_threads(1)


def fractions(*shape, step):
    count = torch.Size(shape).numel()
    return ((torch.arange(count) * 7 + step * 3) % 11 - 5).reshape(shape) / 5


def run(dtype, fused):
    w1, w2 = fractions(3, 4, step=1).requires_grad_(), fractions(4, 1, step=2).requires_grad_()
    optimizer = torch.optim.SGD([w1, w2], lr=0.1, momentum=0.9, fused=fused)
    scaler = torch.amp.GradScaler("cpu", init_scale=1024.0, growth_interval=2)
    log = []
    for step in range(6):
        optimizer.zero_grad()
        with torch.autocast("cpu", dtype=dtype):
            y = (fractions(2, 3, step=step) @ w1).relu() @ w2
            loss = torch.nn.functional.mse_loss(y, torch.ones(2, 1))
        scaler.scale(loss).backward()
        if step == 2:
            w1.grad[0, 0] = float("inf")
        scaler.step(optimizer)
        scaler.update()
        log.append([str(y.dtype), str(loss.dtype), loss.item(), scaler.get_scale(), w1.detach().tolist(), w2.detach().tolist()])
    return {"log": log, "state": scaler.state_dict()}


print(
    json.dumps(
        {f"{str(dtype).split('.')[1]} {'fused' if fused else 'plain'}": run(dtype, fused) for dtype in (torch.bfloat16, torch.float16) for fused in (False, True)}
    )
)
