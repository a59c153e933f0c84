import torch, { type Tensor } from 'tsorch';

const live = () => torch.memory_stats().tensors;

describe('tidy', () => {
  it('frees everything but what it returns', () => {
    const before = live();
    const kept = torch.tidy(() => {
      const x = torch.ones(3);
      return { sum: x.add(1).sum(), list: [x.mul(2)] };
    });
    expect(live()).toBe(before + 2);
    expect(kept.sum.item()).toBe(6);
    expect(kept.list[0]!.tolist()).toEqual([2, 2, 2]);
  });

  it('frees on a throw too', () => {
    const before = live();
    expect(() =>
      torch.tidy(() => {
        torch.ones(3).add(1);
        throw new Error('halfway');
      }),
    ).toThrow('halfway');
    expect(live()).toBe(before);
  });

  it('nests', () => {
    const before = live();
    torch.tidy(() => {
      const outer = torch.ones(1);
      const inner = torch.tidy(() => torch.ones(1).add(outer));
      expect(inner.item()).toBe(2);
    });
    expect(live()).toBe(before);
  });

  it('spares what was kept', () => {
    let kept: Tensor | undefined;
    torch.tidy(() => {
      kept = torch.keep(torch.ones(2));
    });
    expect(kept!.tolist()).toEqual([1, 1]);
  });

  it('frees ten thousand tensors of one scope', () => {
    const before = live();
    torch.tidy(() => {
      for (let i = 0; i < 10_000; i++) torch.ones(1);
    });
    expect(live()).toBe(before);
  });

  it('leaves what a graph holds', () => {
    const w = torch.ones(2, { requires_grad: true });
    const loss = torch.tidy(() => w.mul(w).exp().sum());
    loss.backward();
    expect(w.grad!.tolist()[0 as never]).toBeCloseTo(2 * Math.E, 4);
  });

  it('refuses a promise', () => {
    expect(() => torch.tidy(async () => torch.ones(1))).toThrow(TypeError);
  });
});

describe('dispose and using', () => {
  it('free at once, and use afterwards is an error', () => {
    const before = live();
    const x = torch.ones(2);
    x.dispose();
    x.dispose();
    expect(live()).toBe(before);
    expect(() => x.add(1)).toThrow('this tensor has been disposed');
    expect(() => x.shape).toThrow(torch.TorchError);
  });

  it('end with the block', () => {
    const before = live();
    {
      using x = torch.ones(2);
      expect(x.sum().item()).toBe(2);
      torch.gc();
    }
    torch.gc();
    expect(live()).toBeLessThanOrEqual(before);
  });

  it('takes no forged handle', () => {
    for (const handle of [-1, 0.5, Number.NaN, 1e300, 2 ** 52]) {
      const forged = torch.ones(1);
      (forged as unknown as { _handle: number })._handle = handle;
      expect(() => forged.add(1)).toThrow(torch.TorchError);
    }
  });
});

it('what a hook frees while a call uses it lives until the call returns', () => {
  const x = torch.tensor([1, 2, 3], { dtype: 'float32', requires_grad: true });
  const y = x.detach().mul(0).requires_grad_().add(5); // no leaf: saving it keeps what the hook gives, not the tensor
  const z = torch.autograd.graph.saved_tensors_hooks(
    (saved) => {
      const values = saved.tolist();
      y.dispose();
      for (let i = 0; i < 5; i++) torch.full([3], 7); // takes the memory of what was freed
      return values;
    },
    (packed) => torch.tensor(packed),
    () => x.mul(y),
  );
  expect(z.tolist()).toEqual([5, 10, 15]);
  expect(() => y.add(1)).toThrow('disposed');
});

it('one object stands for a tensor, however often it comes back', () => {
  const w = torch.ones(2, { requires_grad: true });
  w.mul(2).sum().backward();
  const first = w.grad;
  for (let i = 0; i < 2_000; i++) torch.ones(2).add(1);
  expect(w.grad).toBe(first);
  torch.tidy(() => {
    const view = w.view(2);
    expect(view._base).toBe(w);
  });
  expect(w.grad).toBe(first);
});

it('what a hook frees in a backward pass is freed before the pass is over', () => {
  const x = torch.ones(3, { requires_grad: true });
  let grown = Infinity;
  const y = x.mul(2);
  y.register_hook((grad) => {
    const { bytes } = torch.memory_stats();
    const large = torch.empty(2 ** 20);
    large.dispose();
    torch.tidy(() => void torch.empty(2 ** 20));
    grown = torch.memory_stats().bytes - bytes;
    return grad;
  });
  y.sum().backward();
  expect(grown).toBeLessThan(2 ** 20);
});
