/** The trainings of golden/ddp.py: prints the parameters and buffers that this rank ends with. */
import torch, { nn, optim, type Tensor } from 'tsorch';
import * as dist from 'tsorch/distributed';

const MODES = [
  'plain',
  'unused',
  'view',
  'static',
  'fp16',
  'builtin',
  'hook',
  'no_sync',
  'join',
  'small_buckets',
  'shared',
  'frozen',
  'clipped',
] as const;
type Mode = (typeof MODES)[number];

torch.set_num_threads(1);
dist.init_process_group('gloo', { timeout: 60 });
const rank = dist.get_rank();

class Net extends nn.Module {
  a = new nn.Linear(8, 16);
  bn = new nn.BatchNorm1d(16);
  b = new nn.Linear(16, 16);
  c = new nn.Linear(16, 4);
  declare d: nn.Linear;
  declare e: nn.Linear;

  constructor(readonly mode: Mode) {
    super();
    if (mode === 'unused') this.d = new nn.Linear(16, 4);
    if (mode === 'shared') this.e = this.b;
    if (mode === 'frozen') this.a.requires_grad_(false);
  }

  override forward(x: Tensor): Tensor {
    let h = torch.relu(this.bn(this.a(x)));
    h = torch.relu(this.b(h));
    if (this.mode === 'shared') h = torch.relu(this.e(h));
    return this.mode === 'unused' && rank === 1 ? this.d(h) : this.c(h);
  }
}

const halved: dist.CommHook<null> = (_, bucket) => {
  const work = dist.all_reduce(bucket.buffer(), { async_op: true });
  return work.get_future().then((future) => future.value()[0]!.div_(4));
};

const options: Partial<Record<Mode, object>> = {
  unused: { find_unused_parameters: true },
  view: { gradient_as_bucket_view: true },
  static: { static_graph: true },
  small_buckets: { bucket_cap_mb: 0.0005 },
};

function train(mode: Mode): Record<string, number[]> {
  torch.manual_seed(100 + rank);
  const ddp = new nn.parallel.DistributedDataParallel(new Net(mode), { ...options[mode] });
  const { default_hooks } = dist.algorithms.ddp_comm_hooks;
  if (mode === 'fp16') ddp.register_comm_hook(null, default_hooks.fp16_compress_hook);
  if (mode === 'builtin') ddp._register_builtin_comm_hook(dist.BuiltinCommHookType.FP16_COMPRESS);
  if (mode === 'hook') ddp.register_comm_hook(null, halved);
  const parameters = ddp.parameters().filter((each) => each.requires_grad);
  const optimizer = new optim.SGD(parameters, { lr: 0.1, momentum: 0.9 });
  torch.manual_seed(7 + rank);

  const step = (keeps: boolean) => {
    ddp(torch.randn(5, 8)).pow(2).mean().backward();
    if (keeps) return;
    if (mode === 'clipped') nn.utils.clip_grad_norm_(ddp.parameters(), 0.1);
    optimizer.step();
    optimizer.zero_grad();
  };
  const loop = () => {
    for (let i = 0; i < (mode === 'join' ? 3 + 2 * rank : 5); i++) {
      if (mode === 'no_sync' && i % 2 === 0) ddp.no_sync(() => step(true));
      else step(false);
    }
  };
  if (mode === 'join') ddp.join(loop);
  else loop();
  return Object.fromEntries(
    Object.entries(ddp.state_dict()).map(([name, value]) => [name, value.flatten().tolist() as number[]]),
  );
}

const results = Object.fromEntries(MODES.map((mode) => [mode, train(mode)]));
dist.barrier();
dist.destroy_process_group();
console.log(JSON.stringify(results));
