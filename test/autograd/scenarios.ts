/** The scenarios of golden/callbacks.py, line by line. */
import torch, { type Tensor } from 'tsorch';
import { Function, type FunctionCtx, function as functions, graph } from 'tsorch/autograd';

export const leaf = (): Tensor => torch.tensor([1, 2, 3], { requires_grad: true });

function hooked(register: (a: Tensor, b: Tensor) => unknown): Tensor | null {
  const a = leaf();
  const b = a.mul(2);
  register(a, b);
  b.sum().backward();
  return a.grad;
}

function saved<Value>(pack: (x: Tensor) => Value, unpack: (value: Value) => Tensor): Tensor | null {
  const a = leaf();
  const b = graph.saved_tensors_hooks(pack, unpack, () => a.mul(a));
  b.sum().backward();
  return a.grad;
}

type Gradients = (Tensor | null)[];
type Forward = (...args: never[]) => unknown;
type Applied = { apply(...args: unknown[]): Tensor };

/** A class made of functions. */
function define(forward: Forward, backward?: Forward, setup_context?: Forward): Applied {
  const cls = { F: class extends Function {} }.F;
  Object.assign(cls, { forward }, backward && { backward }, setup_context && { setup_context });
  return cls as unknown as Applied;
}

function through(cls: unknown, ...args: unknown[]): Tensor | null {
  const a = leaf();
  (cls as Applied)
    .apply(a, ...args)
    .sum()
    .backward();
  return a.grad;
}

const double = (_ctx: FunctionCtx, x: Tensor) => x.mul(2);
const pass = (_ctx: FunctionCtx, g: Tensor) => g;

export class Exp extends Function {
  static override forward(ctx: FunctionCtx, x: Tensor): Tensor {
    const y = x.exp();
    ctx.save_for_backward(x, y);
    return y;
  }

  static override backward(ctx: FunctionCtx, g: Tensor): Tensor {
    return g.mul(ctx.saved_tensors[1]!);
  }
}

class Once extends Exp {
  static override backward = functions.once_differentiable((ctx: FunctionCtx, g: Tensor) =>
    g.mul(ctx.saved_tensors[1]!),
  ) as typeof Exp.backward;
}

class Both extends Exp {
  static override vjp(_ctx: FunctionCtx, g: Tensor): Tensor {
    return g;
  }
}

function twice(cls: typeof Exp): Tensor {
  const x = leaf();
  const [g] = torch.autograd.grad(cls.apply(x).pow(2).sum(), x, { create_graph: true });
  return torch.autograd.grad(g!.sum(), x)[0]!;
}

function oneOfTwo(materialize: boolean): unknown {
  const seen: unknown[] = [];
  const forward = (ctx: FunctionCtx, x: Tensor) => {
    ctx.set_materialize_grads(materialize);
    return [x.mul(2), x.mul(3)];
  };
  const backward = (_ctx: FunctionCtx, g: Tensor, h: Tensor) => {
    seen.push(h);
    return g;
  };
  const outputs = define(forward, backward).apply(leaf()) as unknown as Tensor[];
  outputs[0]!.sum().backward();
  return seen[0];
}

const inPlace = (ctx: FunctionCtx, x: Tensor) => {
  ctx.mark_dirty(x);
  return x.mul_(2);
};

function edgeRoot(...gradient: Tensor[]): Tensor[] {
  const x = leaf();
  return torch.autograd.grad(graph.get_gradient_edge(x.mul(2)), x, gradient[0] ?? null);
}

function unused(options: object): unknown {
  const [x, z] = [leaf(), leaf()];
  return torch.autograd.grad(x.mul(2).sum(), [x, z], options);
}

function accumulatedGives(hook: (p: Tensor) => Tensor, raising = false): unknown[] {
  const a = leaf();
  const seen: unknown[] = [];
  a.register_post_accumulate_grad_hook(hook);
  a.register_post_accumulate_grad_hook((p) => {
    seen.push(p.tolist());
  });
  try {
    a.sum().backward();
  } catch (error) {
    if (raising) throw error;
    seen.push((error as Error).message);
  }
  return [...seen, a.grad];
}

/** Registers a hook of some kind. */
type Registering = (a: Tensor, b: Tensor) => (hook: () => void) => { remove(): void };

function nextRemoved(first: Registering, second = first): string[] {
  const a = leaf();
  const b = a.mul(2);
  const order: string[] = [];
  first(
    a,
    b,
  )(() => {
    order.push('first');
    handle.remove();
  });
  const handle = second(
    a,
    b,
  )(() => {
    order.push('second');
  });
  b.sum().backward({ retain_graph: true });
  b.sum().backward();
  return order;
}

function ofNonDifferentiable(zeros: boolean): unknown[] {
  const seen: Gradients = [];
  const forward = (ctx: FunctionCtx, x: Tensor) => {
    ctx._materialize_non_diff_grads = zeros;
    const mask = x.mul(3);
    ctx.mark_non_differentiable(mask);
    return [x.mul(2), x.mul(5), mask];
  };
  const backward = (_ctx: FunctionCtx, ...gradients: Gradients) => {
    seen.push(...gradients);
    return gradients[0];
  };
  const [y] = define(forward, backward).apply(leaf()) as unknown as [Tensor, Tensor, Tensor];
  y.sum().backward();
  return [...seen, (y.grad_fn as unknown as FunctionCtx)._materialize_non_diff_grads];
}

export const scenarios: Record<string, () => unknown> = {
  'tensor hook replaces': () => hooked((_, b) => b.register_hook((g) => g.mul(3))),
  'tensor hook of a leaf': () => hooked((a) => a.register_hook((g) => g.mul(3))),
  'tensor hook gives nothing': () => hooked((_, b) => b.register_hook(() => null)),
  'tensor hook of another size': () => hooked((_, b) => b.register_hook((g) => g.index(':2'))),
  'tensor hook of another dtype': () => hooked((_, b) => b.register_hook((g) => g.to(torch.float64))),
  'removed tensor hook': () => hooked((_, b) => b.register_hook((g) => g.mul(3)).remove()),
  'tensor hook without gradient': () => torch.ones(2).register_hook(() => null),
  'retain_grad and hook': () => {
    const a = leaf();
    const b = a.mul(2);
    b.retain_grad();
    b.register_hook((g) => g.mul(3));
    b.sum().backward();
    return [a.grad, b.grad];
  },
  'node hook replaces': () => hooked((_, b) => b.grad_fn!.register_hook(([g]) => [g!.mul(2), null])),
  'node hook of fewer': () => hooked((_, b) => b.grad_fn!.register_hook(([g]) => [g!.mul(2)])),
  'node hook for none': () => hooked((_, b) => b.grad_fn!.register_hook(([g], [o]) => [g!, o!])),
  'node hook of another size': () => hooked((_, b) => b.grad_fn!.register_hook(([g]) => [g!.index(':2'), null])),
  'node hook gives a tensor': () => hooked((_, b) => b.grad_fn!.register_hook(([g]) => g as unknown as Gradients)),
  'prehook replaces': () => hooked((_, b) => b.grad_fn!.register_prehook(([g]) => [g!.mul(3)])),
  'prehook of fewer': () => hooked((_, b) => b.grad_fn!.register_prehook(() => [])),
  'prehook gives none': () => hooked((_, b) => b.grad_fn!.register_prehook(() => [null])),
  'accumulated hook of a non-leaf': () => hooked((_, b) => b.register_post_accumulate_grad_hook(() => {})),
  'accumulated hook': () =>
    hooked((a) =>
      a.register_post_accumulate_grad_hook((p) => {
        p.grad!.mul_(10);
      }),
    ),
  'accumulated hooks give a tensor': () => accumulatedGives((p) => p.grad!.mul(2)),
  'accumulated hooks give the parameter': () => accumulatedGives((p) => p),
  'accumulated hook gives a number': () => accumulatedGives(() => 3 as never, true),
  'accumulated hook gives another size': () => accumulatedGives(() => torch.ones(5), true),
  'tensor hook removes the next': () => nextRemoved((_, b) => (hook) => b.register_hook(hook)),
  'tensor hook of a leaf removes the next': () => nextRemoved((a) => (hook) => a.register_hook(hook)),
  'node hook removes the next': () => nextRemoved((_, b) => (hook) => b.grad_fn!.register_hook(hook)),
  'prehook removes the next': () => nextRemoved((_, b) => (hook) => b.grad_fn!.register_prehook(hook)),
  'accumulated hook removes the next': () => nextRemoved((a) => (hook) => a.register_post_accumulate_grad_hook(hook)),
  'prehook removes a node hook': () =>
    nextRemoved(
      (_, b) => (hook) => b.grad_fn!.register_prehook(hook),
      (_, b) => (hook) => b.grad_fn!.register_hook(hook),
    ),
  'tensor hook removes a prehook': () =>
    nextRemoved(
      (_, b) => (hook) => b.register_hook(hook),
      (_, b) => (hook) => b.grad_fn!.register_prehook(hook),
    ),
  'accumulated hook without gradient': () => torch.ones(2).register_post_accumulate_grad_hook(() => {}),
  'saved hooks': () =>
    saved(
      (x) => [x.detach().mul(2)] as const,
      ([x]) => x,
    ),
  'saved hooks of another size': () =>
    saved(
      (x) => x,
      (x) => x.index(':2'),
    ),
  'pack changes its input': () =>
    saved(
      (x) => x.mul_(2),
      (x) => x,
    ),
  'saved hooks disabled': () => graph.disable_saved_tensors_hooks('no hooks', () => graph.save_on_cpu(() => 1)),
  'saved hooks disabled inside': () => graph.save_on_cpu(() => graph.disable_saved_tensors_hooks('no hooks', () => 1)),
  'edge of no gradient': () => graph.get_gradient_edge(torch.ones(2)),
  'gradients of edges': () => {
    const x = leaf();
    const y = x.mul(2);
    return torch.autograd.grad(y.mul(y).sum(), [graph.get_gradient_edge(y), graph.get_gradient_edge(x)]);
  },
  'edge as output': () => edgeRoot(torch.ones(3)),
  'edge as output without gradient': () => edgeRoot(),
  'unused input': () => unused({}),
  'unused input allowed': () => unused({ allow_unused: true }),
  'unused input as zeros': () => unused({ materialize_grads: true }),
  'unused refused but zeros': () => unused({ materialize_grads: true, allow_unused: false }),
  'no inputs': () => torch.autograd.grad(leaf().sum(), []),
  'root without graph': () => torch.ones(1).backward(),
  'root of several elements': () => leaf().mul(2).backward(),
  'complex root': () => torch.ones(1, { dtype: torch.complex64, requires_grad: true }).sum().backward(),
  'gradient of another shape': () => leaf().mul(2).backward(torch.ones(2)),
  'complex gradient': () =>
    leaf()
      .mul(2)
      .backward(torch.ones(3, { dtype: torch.complex64 })),
  'gradient for what needs none': () => torch.autograd.grad(leaf().sum(), torch.ones(3)),
  'empty backward inputs': () => leaf().sum().backward({ inputs: [] }),
  'too many gradients': () => through(define(double, (_: unknown, g: Tensor) => [g, g])),
  'trailing nones': () => through(define(double, (_: unknown, g: Tensor) => [g, null, null])),
  'too few gradients': () =>
    through(
      define((_: unknown, x: Tensor, k: number) => x.mul(k), pass),
      3,
    ),
  'gradient of a number': () =>
    through(
      define(
        (_: unknown, x: Tensor, k: number) => x.mul(k),
        (_: unknown, g: Tensor) => [g, g],
      ),
      3,
    ),
  'gradient of another size': () => through(define(double, (_: unknown, g: Tensor) => g.index(':2'))),
  'no backward': () => through(define(double)),
  'no forward': () => (class F extends Function {} as unknown as Applied).apply(leaf()),
  'both backward and vjp': () => through(Both),
  'save a number': () =>
    define((ctx: FunctionCtx, x: Tensor) => {
      ctx.save_for_backward(3 as unknown as Tensor);
      return x;
    }).apply(leaf()),
  'leaf in place': () => define(inPlace, pass).apply(leaf()),
  'in place': () => define(inPlace, (_: unknown, g: Tensor) => g.mul(2)).apply(leaf().clone()),
  'dirty but not returned': () =>
    define((ctx: FunctionCtx, x: Tensor) => {
      ctx.mark_dirty(x);
      return x.mul(2);
    }, pass).apply(leaf().clone()),
  'non-differentiable output': () => {
    const forward = (ctx: FunctionCtx, x: Tensor) => {
      const mask = x.gt(1);
      ctx.mark_non_differentiable(mask);
      return [x.mul(2), mask];
    };
    return (define(forward, pass).apply(leaf()) as unknown as Tensor[]).map((y) => y.requires_grad);
  },
  'view changed in place': () =>
    define((_: unknown, x: Tensor) => x.view(-1), pass)
      .apply(leaf().clone())
      .mul_(2),
  'custom function': () => through(Exp),
  'its name': () => Exp.apply(leaf()).grad_fn!.name(),
  'its text': () => String(Exp.apply(leaf())),
  'second derivative': () => twice(Exp),
  'once differentiable': () => through(Once),
  'once differentiable twice': () => twice(Once),
  'backward twice': () => {
    const y = Exp.apply(leaf()).sum();
    y.backward();
    y.backward();
  },
  'changed before backward': () => {
    const x = leaf().clone();
    const y = Exp.apply(x);
    x.mul_(2);
    y.sum().backward();
  },
  'missing gradient as zeros': () => oneOfTwo(true),
  'missing gradient as none': () => oneOfTwo(false),
  'gradient of no derivative as zeros': () => ofNonDifferentiable(true),
  'gradient of no derivative as none': () => ofNonDifferentiable(false),
  setup_context: () =>
    through(
      define(
        (x: Tensor) => x.exp(),
        (ctx: FunctionCtx, g: Tensor) => g.mul(ctx.saved_tensors[0]!),
        (ctx: FunctionCtx, _inputs: unknown[], output: Tensor) => ctx.save_for_backward(output),
      ),
    ),
};

/** A result as plain data. */
export function plain(value: unknown): unknown {
  if (value instanceof torch.Tensor) return value.tolist();
  if (Array.isArray(value)) return value.map(plain);
  return ['string', 'number', 'boolean'].includes(typeof value) ? value : null;
}
