/** Graphs that hold JavaScript functions are freed, in synchronous code too, and only when nothing needs them. */
import torch, { type Tensor } from 'tsorch';
import { Function, type FunctionCtx, graph } from 'tsorch/autograd';
import { DirtyRelu } from './gradients';
import { Exp, leaf } from './scenarios';

const w = leaf();

/** Tensors that are still there after many runs of a step. */
function left(step: () => void, times = 5_000): number {
  torch.gc();
  const before = torch.memory_stats().tensors;
  for (let i = 0; i < times; i++) step();
  torch.gc();
  return torch.memory_stats().tensors - before;
}

class KeepsOutput extends Function {
  static override forward(ctx: FunctionCtx & { y?: Tensor }, x: Tensor): Tensor {
    ctx.y = x.exp();
    return ctx.y;
  }

  static override backward(ctx: FunctionCtx & { y?: Tensor }, g: Tensor): Tensor {
    return g.mul(ctx.y!);
  }
}

it.each<[string, () => void]>([
  [
    'a hook that mentions its tensor',
    () => {
      const y = w.mul(2);
      y.register_hook(() => {
        y.shape;
      });
    },
  ],
  [
    'a hook that mentions a later tensor',
    () => {
      const y = w.mul(2);
      const z = y.exp().sum();
      y.register_hook(() => {
        z.shape;
      });
      z.backward();
    },
  ],
  [
    'hooks of a leaf that mention it',
    () => {
      const x = leaf();
      x.register_hook(() => {
        x.shape;
      });
      x.register_post_accumulate_grad_hook(() => {
        x.shape;
      });
      x.mul(3).sum().backward();
    },
  ],
  [
    'hooks of a node that mention its tensor',
    () => {
      const y = w.exp();
      y.grad_fn!.register_hook(() => {
        y.shape;
      });
      y.grad_fn!.register_prehook(() => {
        y.shape;
      });
    },
  ],
  ['a custom function', () => Exp.apply(w).sum().backward()],
  ['a custom function without backward', () => void Exp.apply(w)],
  ['a context that holds its output', () => void KeepsOutput.apply(w)],
  ['a saved view, changed in place', () => void DirtyRelu.apply(w.mul(2).index(':2'))],
  ['a saved view, changed in place, in tidy', () => torch.tidy(() => void DirtyRelu.apply(w.mul(2).view(3, 1)))],
  ['a saved view, changed in place, after backward', () => DirtyRelu.apply(w.mul(2).index(0)).backward()],
  [
    'saved-tensor hooks',
    () =>
      graph.saved_tensors_hooks(
        (x) => [x.detach()],
        ([x]) => x!,
        () => w.exp().mul(w),
      ),
  ],
  [
    'a gradient with a graph, whose hook mentions the leaf',
    () => {
      const x = leaf();
      x.pow(3).sum().backward({ create_graph: true });
      x.grad!.register_hook(() => {
        x.shape;
      });
    },
  ],
])('frees %s', (_, step) => {
  expect(left(step)).toBeLessThan(20);
});

it('forgets removed hooks', () => {
  const grown = left(() => w.register_hook(() => {}).remove(), 20_000);
  expect(grown).toBeLessThan(20);
});

it('keeps what a hook of a living graph needs', () => {
  const calls: number[] = [];
  const make = () => {
    const scale = torch.tensor(5);
    const y = w.mul(2);
    y.register_hook((g) => {
      calls.push(y.numel());
      return g.mul(scale);
    });
    return y.sum();
  };
  const loss = make();
  for (let i = 0; i < 3; i++) torch.gc();
  w.grad = null;
  loss.backward();
  expect(calls).toEqual([3]);
  expect(w.grad!.tolist()).toEqual([10, 10, 10]);
});

it('keeps the context of a living graph', () => {
  const loss = (() => KeepsOutput.apply(w).sum())();
  for (let i = 0; i < 3; i++) torch.gc();
  w.grad = null;
  loss.backward();
  expect(w.grad!.allclose(w.exp())).toBe(true);
});

it('keeps what the graph needs beyond a tidy scope', () => {
  const loss = torch.tidy(() =>
    graph.saved_tensors_hooks(
      (x) => ({ x: x.detach().clone() }),
      ({ x }) => x,
      () => KeepsOutput.apply(w.exp()).sum(),
    ),
  );
  w.grad = null;
  loss.backward();
  expect(w.grad!.allclose(w.exp().exp().mul(w.exp()))).toBe(true);
});

it('collects inside a callback', () => {
  const y = w.mul(2);
  y.register_hook((g) => {
    torch.gc();
    return g.mul(y.numel());
  });
  w.grad = null;
  y.sum().backward();
  expect(w.grad!.tolist()).toEqual([6, 6, 6]);
});
