/** linear_cross_entropy in pieces of the batch gives what it gives as a whole. */
import torch, { nn, type Tensor } from 'tsorch';

const { linear_cross_entropy } = nn.functional;
const { LinearCrossEntropyOptions } = nn;

const plans: Record<string, InstanceType<typeof LinearCrossEntropyOptions>> = {
  'the heuristic': new LinearCrossEntropyOptions(),
  'three rows at a time': new LinearCrossEntropyOptions({ batch_chunk_size: 3 }),
  'one piece': new LinearCrossEntropyOptions({ chunking_method: null }),
};

function problem(dtype = torch.float64) {
  torch.manual_seed(1);
  const target = torch.randint(0, 7, [10]);
  target.index_put_([2], -100);
  return {
    input: torch.randn(10, 4, { dtype }),
    weight: torch.randn(7, 4, { dtype }),
    bias: torch.randn(7, { dtype }),
    classes: torch.rand(7, { dtype }),
    target,
  };
}

describe.each(Object.entries(plans))('with %s', (_, options) => {
  it.each(['mean', 'sum', 'none'] as const)('%s and gradients agree', (reduction) => {
    const { input, weight, bias, classes, target } = problem();
    const run = (given: typeof options | null) => {
      const leaves = [input, weight, bias].map((x) => x.clone().requires_grad_()) as [Tensor, Tensor, Tensor];
      const loss = linear_cross_entropy(leaves[0], leaves[1], target, {
        linear_bias: leaves[2],
        weight: classes,
        reduction,
        options: given,
      });
      loss.mul(3).sum().backward();
      return [loss.detach(), ...leaves.map((x) => x.grad!)];
    };
    const whole = run(null);
    run(options).forEach((x, i) => {
      torch.testing.assert_close(x, whole[i]!);
    });
  });
});

it('takes half precision with sums in float32, and single samples', () => {
  const { input, weight, target } = problem(torch.bfloat16);
  const options = new LinearCrossEntropyOptions();
  const loss = linear_cross_entropy(input, weight, target, { options });
  expect([loss.dtype, loss.shape]).toEqual([torch.bfloat16, []]);
  const whole = linear_cross_entropy(input.float(), weight.float(), target);
  expect(loss.item()).toBeCloseTo(whole.item() as number, 1);
  const single = linear_cross_entropy(input.index(0), weight, target.index(0), { options, reduction: 'none' });
  expect(single.shape).toEqual([]);
});

it('runs backward once, unless it may be retained', () => {
  const { input, weight, target } = problem();
  const loss = (retain: boolean) =>
    linear_cross_entropy(input.clone().requires_grad_(), weight, target, {
      options: new LinearCrossEntropyOptions({ allow_retain_graph: retain }),
    });
  const once = loss(false);
  once.backward({ retain_graph: true });
  expect(() => once.backward()).toThrow('linear_cross_entropy chunked backward called twice');
  const often = loss(true);
  often.backward({ retain_graph: true });
  expect(() => often.backward()).not.toThrow();
});

it('refuses options that contradict each other', () => {
  const { weight } = problem();
  const [input, target] = [torch.randn(100, 4, { dtype: torch.float64 }), torch.zeros(100, { dtype: torch.int64 })];
  const call = (options: typeof plans.one) => () => linear_cross_entropy(input, weight, target, { options: options! });
  expect(call(new LinearCrossEntropyOptions({ batch_chunk_size: 3, chunking_method: 'aspect_ratio' }))).toThrow(
    "batch_chunk_size (=3) and chunking_method ('aspect_ratio') give different chunk sizes (3 vs 64); pass only one.",
  );
  expect(call(new LinearCrossEntropyOptions({ acc_dtype: torch.float32 }))).toThrow(
    'linear_cross_entropy supports float32 acc_dtype with float16/bfloat16 inputs, but got torch.float32 acc_dtype and torch.float64 inputs.',
  );
});
