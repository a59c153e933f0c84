/** Memory under load: whatever held tensors for a while, their counts and bytes come back to where they were. */
import torch, { nn, type Tensor } from 'tsorch';
import { Function, type FunctionCtx, graph } from 'tsorch/autograd';

const MiB = 2 ** 20;

/** Tensors and bytes after a full collection; what callbacks held goes with the second. */
function live(): { tensors: number; bytes: number } {
  torch.gc();
  torch.gc();
  const { tensors, bytes } = torch.memory_stats();
  return { tensors, bytes };
}

/**
 * Runs a load once to warm up and twice more, and expects nothing to be left but what the engine's last frames or the
 * last error may still hold: two small tensors, a small part of one load.
 */
async function expectNothingLeft(load: () => unknown): Promise<void> {
  await load();
  const before = live();
  await load();
  await load();
  await new Promise((resolve) => setImmediate(resolve));
  const after = live();
  expect(after.tensors - before.tensors).toBeLessThanOrEqual(2);
  expect(after.bytes - before.bytes).toBeLessThanOrEqual(2 * 40 * 1024);
}

function model(): nn.Sequential {
  return new nn.Sequential(new nn.Linear(10, 64), new nn.ReLU(), new nn.Linear(64, 1));
}

class Keeps extends Function {
  static override forward(ctx: FunctionCtx & { note?: Tensor }, x: Tensor): Tensor {
    ctx.save_for_backward(x);
    ctx.note = x.mul(3);
    return x.mul(2);
  }

  static override backward(ctx: FunctionCtx & { note?: Tensor }, gradient: Tensor): Tensor {
    return gradient.mul(ctx.saved_tensors[0]!).add(ctx.note!.sum());
  }
}

const leaf = () => torch.randn(1000, { requires_grad: true });

const loads: Record<string, () => unknown> = {
  'a synchronous loop of training steps': () => {
    const net = model();
    const optimizer = new torch.optim.Adam(net.parameters());
    for (let i = 0; i < 200; i++) {
      optimizer.zero_grad();
      (net(torch.randn(16, 10)) as Tensor).pow(2).mean().backward();
      optimizer.step();
    }
  },

  'asynchronous loops side by side': async () => {
    const loop = async (size: number) => {
      let x = torch.zeros(size);
      for (let i = 0; i < 100; i++) {
        x = x.add(1);
        await new Promise((resolve) => setImmediate(resolve));
      }
      return x.sum().item();
    };
    const sums = await Promise.all([10, 100, 1000, 10_000].map(loop));
    expect(sums).toEqual([1e3, 1e4, 1e5, 1e6]);
  },

  'a promise that is rejected': async () => {
    const fails = async () => {
      const x = torch.ones(10_000);
      await new Promise((resolve) => setImmediate(resolve));
      x.add(torch.ones(3));
    };
    await Promise.all(Array.from({ length: 20 }, () => expect(fails()).rejects.toThrow(torch.TorchError)));
  },

  'closures that are let go': () => {
    const closures = Array.from({ length: 200 }, () => {
      const x = torch.randn(1000);
      return () => x.sum();
    });
    expect(closures.map((closure) => closure().item())).toHaveLength(200);
  },

  'Maps by tensor and of tensors': () => {
    const of = new Map<number, Tensor>();
    const by = new Map<Tensor, Tensor>();
    const weak = new WeakMap<Tensor, Tensor>();
    for (let i = 0; i < 200; i++) {
      const x = torch.randn(1000);
      of.set(i % 50, x);
      by.set(x, x.mul(2));
      weak.set(x, x.mul(3));
    }
    expect([of.size, by.size]).toEqual([50, 200]);
  },

  'hooks that capture tensors': () => {
    for (let i = 0; i < 50; i++) {
      const x = leaf();
      const y = x.mul(2);
      const held = torch.randn(1000);
      y.register_hook((gradient) => gradient.mul(held).add(y.detach()));
      x.register_post_accumulate_grad_hook((p) => void p.grad!.add(held));
      y.grad_fn!.register_hook(() => void held.sum());
      if (i % 2 === 0) y.sum().backward();
    }
  },

  'custom Functions, with and without their backward pass': () => {
    for (let i = 0; i < 100; i++) {
      const y = Keeps.apply(leaf()) as Tensor;
      if (i % 2 === 0) y.sum().backward();
    }
  },

  'saved-tensor hooks that keep things aside': () => {
    const aside: Tensor[] = [];
    const pack = (x: Tensor) => aside.push(x.detach()) - 1;
    for (let i = 0; i < 50; i++) {
      const y = graph.saved_tensors_hooks(
        pack,
        (index: number) => aside[index]!,
        () => leaf().pow(2).exp().sum(),
      );
      if (i % 2 === 0) y.backward();
    }
  },

  'errors in the middle of a step': () => {
    const net = model();
    const optimizer = new torch.optim.SGD(net.parameters(), { lr: 0.1 });
    let caught = 0;
    for (let i = 0; i < 100; i++) {
      try {
        optimizer.zero_grad();
        const loss = (net(torch.randn(16, 10)) as Tensor).pow(2).mean();
        loss.register_hook(() => {
          if (i % 3 === 0) throw new RangeError('in a hook');
        });
        if (i % 3 === 1) loss.add(torch.ones(2, 3)).mm(torch.ones(2, 3));
        loss.backward();
        optimizer.step();
      } catch {
        caught++;
      }
    }
    expect(caught).toBe(67);
  },

  'generators left unfinished': () => {
    function* batches(): Generator<Tensor> {
      const all = torch.randn(100, 1000);
      for (let i = 0; ; i++) yield all.index(i % 100).add(i);
    }
    for (let i = 0; i < 20; i++) {
      const generator = batches();
      for (let j = 0; j < 5; j++) generator.next();
    }
    for (const batch of batches()) if (batch.size(0) === 1000) break;
  },

  'errors inside tidy': () => {
    for (let i = 0; i < 100; i++) {
      expect(() =>
        torch.tidy(() => {
          const x = torch.randn(1000);
          return x.add(torch.ones(3));
        }),
      ).toThrow(torch.TorchError);
    }
  },
};

it.each(Object.entries(loads))('%s', async (_, load) => expectNothingLeft(load), 120_000);

it('large activations: 25 steps of 150 MiB of saved tensors', () => {
  const net = new nn.Sequential(
    ...Array.from({ length: 6 }, () => [new nn.Conv2d(8, 8, 3, { padding: 1 }), new nn.ReLU()]).flat(),
  );
  const step = () => (net(torch.ones(8, 8, 256, 128)) as Tensor).sum().backward();
  step();
  torch.gc();
  const before = { rss: process.memoryUsage.rss(), ...live() };
  for (let i = 0; i < 25; i++) {
    step();
    net.zero_grad();
  }
  expect(process.memoryUsage.rss() - before.rss).toBeLessThan(500 * MiB);
  expect(live().bytes - before.bytes).toBeLessThanOrEqual(MiB);
}, 120_000);

describe('a tensor too big for memory', () => {
  const sizes = [2 ** 24, 2 ** 24, 4];

  it('is an error with the size that was asked for, and the process goes on', () => {
    const attempt = () => {
      expect(() => torch.empty(sizes)).toThrow(torch.OutOfMemoryError);
      expect(() => torch.empty(sizes)).toThrow(/4503599627370496 bytes/);
      const x = torch.ones(3);
      expect(() => x.expand([2 ** 24, 2 ** 24, 3]).clone()).toThrow(torch.OutOfMemoryError);
      expect(torch.ones(3).add(1).tolist()).toEqual([2, 2, 2]);
    };
    const before = live();
    for (let i = 0; i < 10; i++) attempt();
    expect(live().tensors).toBeLessThanOrEqual(before.tensors + 4);
  });

  // More than the 47 bits of an address: some machines promise memory that they do not have.
  it('leaves the output that it was for as it was', () => {
    const [out, x] = [torch.ones(1, { dtype: torch.int32 }), torch.ones(2, 3)];
    for (let i = 0; i < 2; i++) {
      expect(() => torch.zeros(2 ** 46, { out })).toThrow(torch.OutOfMemoryError);
      expect(() => x.resize_(2 ** 46)).toThrow(torch.OutOfMemoryError);
    }
    expect([out.tolist(), x.shape, x.sum().item()]).toEqual([[1], [2, 3], 6]);
  });

  it('is asked for again after a collection', () => {
    const before = live();
    let garbage: Tensor[] | null = Array.from({ length: 50 }, () => torch.ones(1000));
    expect(garbage).toHaveLength(50);
    garbage = null;
    expect(() => torch.empty(sizes)).toThrow(torch.OutOfMemoryError);
    expect(torch.memory_stats().tensors).toBeLessThan(before.tensors + 50);
  });

  it('leaves an asynchronous loop going', async () => {
    const results = await Promise.all(
      Array.from({ length: 5 }, async (_, i) => {
        await new Promise((resolve) => setImmediate(resolve));
        return i % 2 === 0 ? torch.ones(3).sum().item() : torch.empty(sizes).numel();
      }).map((each) => each.catch((error: Error) => error.constructor)),
    );
    expect(results).toEqual([3, torch.OutOfMemoryError, 3, torch.OutOfMemoryError, 3]);
  });
});
