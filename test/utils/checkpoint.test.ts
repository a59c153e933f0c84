/** What of checkpoint the comparison with PyTorch (test/func) does not show: random numbers, contexts, memory. */
import torch, { nn, type Tensor } from 'tsorch';
import { CheckpointError, checkpoint, set_checkpoint_early_stop } from 'tsorch/utils/checkpoint';

const ones = (size = 100) => torch.ones(size, { requires_grad: true });

describe.each([false, true])('with use_reentrant: %s', (use_reentrant) => {
  it('gives the recomputation the random numbers of the forward pass', () => {
    torch.manual_seed(3);
    const x = ones();
    const y = checkpoint((a: Tensor) => nn.functional.dropout(a.mul(a), 0.5), x, { use_reentrant });
    const after = torch.rand(3).tolist();
    y.sum().backward();
    expect(x.grad!.gt(0).equal(y.gt(0))).toBe(true);
    torch.manual_seed(3);
    nn.functional.dropout(ones(), 0.5);
    expect(torch.rand(3).tolist()).toEqual(after);
  });

  it('nests', () => {
    let inner = 0;
    const x = ones(3);
    const block = (a: Tensor): Tensor => {
      inner++;
      return a.exp();
    };
    checkpoint((a: Tensor) => checkpoint(block, a.mul(2), { use_reentrant }).sin(), x, { use_reentrant })
      .sum()
      .backward();
    const y = ones(3);
    y.mul(2).exp().sin().sum().backward();
    expect(x.grad!.allclose(y.grad!)).toBe(true);
    expect(inner).toBe(3);
  });

  it('frees what it made', () => {
    const w = ones(3);
    const step = () => {
      checkpoint((a: Tensor) => a.exp().sin().mul(a), w, { use_reentrant })
        .sum()
        .backward();
    };
    step();
    torch.gc();
    const before = torch.memory_stats().tensors;
    for (let i = 0; i < 2_000; i++) step();
    torch.gc();
    expect(torch.memory_stats().tensors - before).toBeLessThan(20);
  });
});

it('keeps nothing of the inside', () => {
  const x = torch.ones(2 ** 18, { requires_grad: true });
  const block = (a: Tensor) => a.exp().sin().cos().tanh();
  const bytes = (run: () => Tensor) => {
    torch.gc();
    const before = torch.memory_stats().bytes;
    const y = run();
    torch.gc();
    const kept = torch.memory_stats().bytes - before;
    y.sum().backward();
    return kept;
  };
  expect(bytes(() => block(x))).toBeGreaterThan(3 * 2 ** 20);
  expect(bytes(() => checkpoint(block, x, { use_reentrant: false }))).toBeLessThan(1.5 * 2 ** 20);
});

it('hands named arguments on', () => {
  const x = ones(3);
  const scale = (a: Tensor, { by }: { by: number }) => a.mul(a).mul(by);
  const y = (checkpoint as (...args: unknown[]) => Tensor)(scale, x, { use_reentrant: false, by: 5 });
  y.sum().backward();
  expect(x.grad!.tolist()).toEqual([10, 10, 10]);
});

it('runs forward and recomputation in the given contexts', () => {
  const seen: string[] = [];
  const context =
    (name: string) =>
    <Result>(body: () => Result): Result => {
      seen.push(name);
      return body();
    };
  const x = ones(3);
  checkpoint((a: Tensor) => a.exp(), x, {
    use_reentrant: false,
    context_fn: () => [context('forward'), context('again')],
  })
    .sum()
    .backward();
  expect(seen).toEqual(['forward', 'again']);
});

it('ends the recomputation early unless told otherwise', () => {
  const reached = (early: boolean) => {
    let ends = 0;
    const x = ones(3);
    const block = (a: Tensor) => {
      const y = a.exp();
      ends++;
      return y.add(1);
    };
    set_checkpoint_early_stop(early, () => checkpoint(block, x, { use_reentrant: false }))
      .sum()
      .backward();
    return ends;
  };
  expect(reached(true)).toBe(1);
  expect(reached(false)).toBe(2);
});

it('recomputes for each pass', () => {
  const x = ones(3);
  let calls = 0;
  const y = checkpoint(
    (a: Tensor) => {
      calls++;
      return a.exp();
    },
    x,
    { use_reentrant: false },
  ).sum();
  y.backward({ retain_graph: true });
  y.backward();
  expect(calls).toBe(3);
  expect(x.grad!.allclose(torch.ones(3).exp().mul(2))).toBe(true);
});

it('passes on what the function throws the second time', () => {
  let calls = 0;
  const y = checkpoint(
    (a: Tensor) => {
      if (++calls > 1) throw new SyntaxError('second');
      return a.exp();
    },
    ones(3),
    { use_reentrant: false },
  );
  expect(() => y.sum().backward()).toThrow(new SyntaxError('second'));
});

it('says when fewer tensors are saved the second time', () => {
  let calls = 0;
  const y = checkpoint((a: Tensor) => (++calls > 1 ? a.exp() : a.exp().sin()), ones(3), { use_reentrant: false });
  expect(() => y.sum().backward()).toThrow(CheckpointError);
});
