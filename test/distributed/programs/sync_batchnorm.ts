/** Each rank's part of the batches of golden/sync_batchnorm.py: prints what SyncBatchNorm gives it. */
import torch, { nn } from 'tsorch';
import * as dist from 'tsorch/distributed';

const SHARES = [5, 0, 3];

torch.set_num_threads(1);
dist.init_process_group('gloo', { timeout: 60 });
const rank = dist.get_rank();
const before = SHARES.slice(0, rank).reduce((sum, share) => sum + share, 0);
const mine = [before, before + SHARES[rank]!] as const;

function train(momentum: number | null, affine: boolean, dtype: torch.dtype) {
  const bn = new nn.SyncBatchNorm(3, { momentum, affine });
  if (affine) {
    torch.no_grad(() => {
      bn.weight!.copy_(torch.tensor([1, 2, -0.5]));
      bn.bias!.copy_(torch.tensor([0, 0.25, 1]));
    });
  }
  const steps = [0, 1].map((step) => {
    torch.manual_seed(step);
    const all = torch.randn(8, 3, 2, 2).mul(2).add(1).to(dtype);
    const x = all
      .index([...mine].join(':'))
      .detach()
      .requires_grad_();
    const y = bn.forward(x);
    const slope = torch.randn(8, 3, 2, 2).to(dtype).index(mine.join(':'));
    y.mul(slope).sum().backward();
    return { y: y.float().flatten().tolist(), gradient: x.grad!.float().flatten().tolist() };
  });
  return {
    steps,
    running_mean: bn.running_mean!.tolist(),
    running_var: bn.running_var!.tolist(),
    batches: bn.num_batches_tracked!.item(),
    weight: bn.weight?.grad?.tolist() ?? null,
    bias: bn.bias?.grad?.tolist() ?? null,
  };
}

const results = {
  plain: train(0.1, true, torch.float32),
  cumulative: train(null, true, torch.float32),
  bare: train(0.1, false, torch.float32),
  bfloat16: train(0.1, true, torch.bfloat16),
};
dist.barrier();
dist.destroy_process_group();
console.log(JSON.stringify(results));
