/** The scenarios of golden/transforms.py, line by line. */
import torch, { Complex, nn, type Tensor } from 'tsorch';
import {
  functional as F,
  Function,
  type FunctionCtx,
  forward_ad as fa,
  gradcheck,
  gradgradcheck,
  graph,
} from 'tsorch/autograd';
import {
  functional_call,
  grad,
  grad_and_value,
  hessian,
  jacfwd,
  jacrev,
  jvp,
  linearize,
  stack_module_state,
  type VmapInfo,
  vjp,
  vmap,
} from 'tsorch/func';
import { checkpoint, checkpoint_sequential } from 'tsorch/utils/checkpoint';

const t = torch.tensor;
const x = () => torch.arange(6).to(torch.float32).reshape(2, 3);
const v = () => t([0.5, 1.5, 2.5]);
const leaf = () => t([1, 2, 3], { requires_grad: true });

class Cube extends Function {
  static generate_vmap_rule = true;

  static override forward(a: Tensor): Tensor {
    return a.pow(3);
  }

  static setup_context(ctx: FunctionCtx, inputs: [Tensor]): void {
    ctx.save_for_backward(inputs[0]);
    ctx.save_for_forward(inputs[0]);
  }

  static override backward(ctx: FunctionCtx, g: Tensor): Tensor {
    return g.mul(3).mul(ctx.saved_tensors[0]!.pow(2));
  }

  static override jvp(ctx: FunctionCtx, tangent: Tensor): Tensor {
    return tangent.mul(3).mul(ctx.saved_tensors[0]!.pow(2));
  }
}

class Power extends Function {
  static generate_vmap_rule = true;

  static override forward(a: Tensor, b: Tensor, k: number): Tensor {
    return a.pow(k).mul(b);
  }

  static setup_context(ctx: ScaleCtx, inputs: [Tensor, Tensor, number]): void {
    ctx.save_for_backward(inputs[0], inputs[1]);
    ctx.k = inputs[2];
  }

  static override backward(ctx: ScaleCtx, g: Tensor): [Tensor, Tensor, null] {
    const [a, b] = ctx.saved_tensors as [Tensor, Tensor];
    const k = ctx.k!;
    return [
      g
        .mul(b)
        .mul(k)
        .mul(a.pow(k - 1)),
      g.mul(a.pow(k)),
      null,
    ];
  }
}

type ScaleCtx = FunctionCtx & { k?: number };

class Scale extends Function {
  static override forward(a: Tensor, k: number): Tensor {
    return a.mul(k);
  }

  static setup_context(ctx: ScaleCtx, inputs: [Tensor, number]): void {
    ctx.k = inputs[1];
  }

  static override backward(ctx: ScaleCtx, g: Tensor): [Tensor, null] {
    return [g.mul(ctx.k!), null];
  }

  static vmap(_info: VmapInfo, in_dims: (number | null)[], a: Tensor, k: number): [Tensor, number | null] {
    return [Scale.apply(a, k), in_dims[0]!];
  }
}

class Plain extends Function {
  static override forward(_ctx: FunctionCtx, a: Tensor): Tensor {
    return a.mul(2);
  }

  static override backward(_ctx: FunctionCtx, g: Tensor): Tensor {
    return g.mul(2);
  }
}

class NoRule extends Function {
  static override forward(a: Tensor): Tensor {
    return a.mul(2);
  }

  static setup_context(): void {}

  static override backward(_ctx: FunctionCtx, g: Tensor): Tensor {
    return g.mul(2);
  }
}

class WithJvp extends Function {
  static override forward(ctx: FunctionCtx, a: Tensor): Tensor {
    ctx.save_for_forward(a);
    return a.mul(a);
  }

  static override jvp(ctx: FunctionCtx, tangent: Tensor): Tensor {
    return ctx.saved_tensors[0]!.mul(2).mul(tangent);
  }
}

class Wrong extends Function {
  static override forward(_ctx: FunctionCtx, a: Tensor): Tensor {
    return a.mul(2);
  }

  static override backward(_ctx: FunctionCtx, g: Tensor): Tensor {
    return g.mul(3);
  }
}

function linear(): nn.Linear {
  const m = new nn.Linear(3, 2);
  torch.no_grad(() => {
    m.weight.copy_(x());
    m.bias!.copy_(t([1, -1]));
  });
  return m;
}

const params = () => ({ weight: torch.ones(2, 3), bias: torch.zeros(2) });

const dual = (fn: (a: Tensor) => Tensor) => fa.dual_level(() => fa.unpack_dual(fn(fa.make_dual(v(), t([1, 2, 3])))));
const dualOf = (a: Tensor, b: Tensor) => fa.dual_level(() => fa.make_dual(a, b));

function double(...shape: number[]): Tensor {
  const size = shape.reduce((a, b) => a * b, 1);
  const values = torch.arange(size).to(torch.float64).reshape(shape).div(7).add(0.25);
  return values.requires_grad_();
}

function complex(...shape: number[]): Tensor {
  const real = double(...shape).detach();
  return torch.complex(real, real.flip([-1])).requires_grad_();
}

type Fn = (a: Tensor) => Tensor;

function checkpointed(fn: Fn, options: Record<string, unknown>): Tensor | null {
  const a = leaf();
  checkpoint(fn, a, options).sum().backward();
  return a.grad;
}

function counted(use_reentrant: boolean): unknown {
  let calls = 0;
  const fn = (a: Tensor) => {
    calls++;
    return a.mul(a).exp().sin();
  };
  const g = checkpointed(fn, { use_reentrant });
  return [calls, g];
}

function changing(): unknown {
  let calls = 0;
  const fn = (a: Tensor) => (++calls === 1 ? a.exp() : a.mul(a).exp().sin());
  return checkpointed(fn, { use_reentrant: false });
}

function shrinking(determinism_check: string): unknown {
  let calls = 0;
  const fn = (a: Tensor) => (++calls === 1 ? a : a.index(':2')).exp().sum();
  return checkpointed(fn, { use_reentrant: false, determinism_check });
}

const exp = (a: Tensor) => a.exp();

function withGrad(use_reentrant: boolean): Tensor[] {
  const a = leaf();
  return torch.autograd.grad(checkpoint(exp, a, { use_reentrant }).sum(), a);
}

function printed(kind: 'vmap' | 'grad' | 'both'): string {
  const texts: string[] = [];
  const note = (a: Tensor) => {
    texts.push(String(a));
    return a;
  };
  if (kind === 'vmap') vmap(note)(x());
  else if (kind === 'grad') grad((a: Tensor) => note(a).sum())(v());
  else vmap(grad((a: Tensor) => note(a).sum()))(x());
  return texts[0]!;
}

const cube = (a: Tensor) => a.pow(3).sum();
const product = (a: Tensor, b: Tensor) => a.mul(b).sum();
const pair = (a: Tensor, b: Tensor) => [a.mul(b), a.sum()];
const square = (a: Tensor) => a.pow(2);
const any = <T>(value: unknown) => value as T;

export const scenarios: Record<string, () => unknown> = {
  grad: () => grad((a: Tensor) => a.exp().sum())(v()),
  'grad of grad': () => grad(grad((a: Tensor) => a.pow(4)))(t(2)),
  'grad by argnums': () => grad(product, [0, 1])(v(), v().add(1)),
  'grad by negative argnum': () => grad(product, -1)(v(), v().add(1)),
  'grad with aux': () => grad((a: Tensor) => [a.sum(), a.mul(2)] as const, { has_aux: true })(v()),
  'grad of a dictionary': () => grad((p: { a: Tensor; b: Tensor }) => product(p.a, p.b))({ a: v(), b: v().add(1) }),
  grad_and_value: () => grad_and_value((a: Tensor) => a.mul(a).sum())(v()),
  'grad with inner autograd': () =>
    grad((a: Tensor) => torch.autograd.grad(a.exp().sum(), a, { create_graph: true })[0]!.sum())(v()),
  'grad of a factory': () =>
    grad((a: Tensor) =>
      a
        .mul(t([1, 2, 3]))
        .add(torch.ones(3))
        .sum(),
    )(v()),
  'grad without dependence': () => grad((_: Tensor) => torch.ones([]))(v()),
  'grad of a vector': () => grad((a: Tensor) => a)(v()),
  'grad of a number': () => grad((_: Tensor) => any<Tensor>(3))(v()),
  'grad of integers': () => grad((a: Tensor) => a.sum())(t([1n, 2n])),
  'grad of a number argument': () => grad((a: Tensor) => a)(any(3)),
  'argnum too large': () => grad((a: Tensor) => a.sum(), 2)(v()),
  'argnums twice': () => grad((a: Tensor) => a.sum(), [0, 0])(v()),
  'no argnums': () => grad((a: Tensor) => a.sum(), [])(v()),
  'aux missing': () =>
    grad(
      any<(a: Tensor) => [Tensor, Tensor]>((a: Tensor) => a.sum()),
      { has_aux: true },
    )(v()),
  'requires_grad_ inside': () => grad((a: Tensor) => a.requires_grad_().sum())(v()),
  'backward inside': () => grad((a: Tensor) => any<Tensor>(a.sum().backward()))(v()),
  'saved hooks inside': () =>
    grad((a: Tensor) =>
      graph.saved_tensors_hooks(
        (b) => b,
        (b) => b,
        () => a.exp().sum(),
      ),
    )(v()),
  'escaped tensor': () => {
    const kept: Tensor[] = [];
    grad((a: Tensor) => {
      kept.push(a);
      return a.sum();
    })(v());
    return kept[0]!.add(1);
  },
  vjp: () => vjp(exp, v())[1](torch.ones(3)),
  'vjp of two': () => vjp(pair, v(), v())[1]([torch.ones(3), t(2)]),
  'vjp of another structure': () => vjp((a: Tensor) => a.mul(2), v())[1](any([v(), v()])),
  'vjp of booleans': () => vjp((a: Tensor) => a.gt(1), v()),
  'vjp of nothing': () => vjp((_: Tensor) => null, v()),
  jvp: () => jvp((a: Tensor) => a.sin(), [v()], [torch.ones(3)]),
  'jvp of jvp': () => jvp((b: Tensor) => jvp((a: Tensor) => a.pow(3), [b], [torch.ones(3)])[1], [v()], [torch.ones(3)]),
  'jvp of grad': () => jvp(grad(cube), [v()], [torch.ones(3)]),
  'jvp with aux': () => jvp((a: Tensor) => [a.exp(), a.mul(2)] as const, [v()], [torch.ones(3)], { has_aux: true }),
  'jvp without tuple': () => jvp((a: Tensor) => a, any(v()), any(v())),
  'jvp of another structure': () => jvp((a: Tensor) => a, [v()], any([v(), v()])),
  'jvp of another size': () => jvp((a: Tensor) => a, [v()], [t([1])]),
  'jvp of a number': () => jvp((_: Tensor) => 3, [v()], [v()]),
  'jvp strict': () => jvp((_: Tensor) => torch.ones(2), [v()], [v()], { strict: true }),
  jacrev: () => jacrev(square)(v()),
  'jacrev in chunks': () => jacrev(square, { chunk_size: 2 })(v()),
  'jacrev one by one': () => jacrev(square, { chunk_size: 1 })(v()),
  'jacrev of two': () => jacrev(pair, [0, 1])(v(), v().add(1)),
  'jacrev of complex': () => jacrev((a: Tensor) => a.mul(2))(v().to(torch.complex64)),
  'jacrev of chunk 0': () => jacrev((a: Tensor) => a.mul(2), { chunk_size: 0 })(v()),
  jacfwd: () => jacfwd((a: Tensor) => a.sin())(v()),
  'jacfwd of two': () => jacfwd(pair, [0, 1])(v(), v().add(1)),
  'jacfwd with aux': () => jacfwd((a: Tensor) => [a.sin(), a.mul(2)], { has_aux: true })(v()),
  hessian: () => hessian(cube)(v()),
  'hessian of two': () => hessian((a: Tensor, b: Tensor) => a.mul(a).mul(b).sum(), [0, 1])(v(), v().add(1)),
  linearize: () => {
    const [output, product_] = linearize((a: Tensor) => a.sin(), v());
    return [output, product_(torch.ones(3))];
  },
  vmap: () => vmap((a: Tensor, b: Tensor) => a.dot(b))(x(), x().add(1)),
  'vmap of vmap': () => vmap(vmap((a: Tensor, b: Tensor) => a.mul(b)))(x(), x()),
  'vmap of grad': () => vmap(grad((a: Tensor) => a.exp().sum()))(x()),
  'vmap of jacrev': () => vmap(jacrev(square))(x()),
  'vmap over columns': () => vmap((a: Tensor) => a.sum(), { in_dims: 1 })(x()),
  'vmap over a negative dim': () => vmap((a: Tensor) => a.sum(), { in_dims: -1 })(x()),
  'vmap with shared': () => vmap((a: Tensor, b: Tensor) => a.mul(b), { in_dims: [0, null] })(x(), v()),
  'vmap to a dim': () => vmap((a: Tensor) => [a, a], { out_dims: [0, 1] })(x()),
  'vmap to none': () => vmap((a: Tensor) => [a, 3], { out_dims: [0, null] })(x()),
  'vmap in chunks': () => vmap((a: Tensor) => a.cumsum(0), { chunk_size: 1 })(x()),
  'vmap of a dictionary': () =>
    vmap((p: { a: Tensor; b: Tensor }) => ({ s: p.a.add(p.b) }), { in_dims: [{ a: 0, b: null }] })({ a: x(), b: v() }),
  'vmap of a constant': () => vmap((_: Tensor) => torch.ones(2))(x()),
  'vmap without inputs': () => vmap(() => null)(),
  'vmap of a number': () => vmap((a: unknown) => a)(3),
  'vmap to a number': () => vmap((_: Tensor) => 3)(x()),
  'vmap over a missing dim': () => vmap((a: Tensor) => a, { in_dims: 2 })(x()),
  'vmap over two sizes': () => vmap((a: Tensor, _: Tensor) => a)(x(), torch.ones(3)),
  'vmap over nothing': () => vmap((a: Tensor) => a, { in_dims: [null] })(x()),
  'vmap with other in_dims': () => vmap((a: Tensor, _: Tensor) => a, { in_dims: [0] })(x(), x()),
  'vmap with other out_dims': () => vmap((a: Tensor) => a, { out_dims: [0, 1] })(x()),
  'vmap of item': () => vmap((a: Tensor) => a.sum().item())(x()),
  'vmap of nonzero': () => vmap((a: Tensor) => a.nonzero())(x()),
  'vmap of random': () => vmap((a: Tensor) => a.add(torch.randn(3)))(x()),
  'vmap of another randomness': () => vmap((a: Tensor) => a, { randomness: 'some' as never })(x()),
  'vmap in place on shared': () => vmap((a: Tensor) => v().add_(a))(x()),
  'printed in vmap': () => printed('vmap'),
  'printed in grad': () => printed('grad'),
  'printed in both': () => printed('both'),
  'custom function in grad': () => grad((a: Tensor) => Cube.apply(a).sum())(v()),
  'custom function in grad of grad': () => grad((a: Tensor) => grad((b: Tensor) => Cube.apply(b).sum())(a).sum())(v()),
  'custom function in vmap': () => vmap((a: Tensor) => Cube.apply(a))(x()),
  'custom function in vmap of grad': () => vmap(grad((a: Tensor) => Cube.apply(a).sum()))(x()),
  'custom function in grad of vmap': () => grad((a: Tensor) => vmap((b: Tensor) => Cube.apply(b))(a).sum())(x()),
  'custom function in jvp': () => jvp((a: Tensor) => Cube.apply(a), [v()], [torch.ones(3)]),
  'custom function in hessian': () => jacrev(jacrev((a: Tensor) => Cube.apply(a).sum()))(v()),
  'custom function of several in vmap': () =>
    vmap((a: Tensor, b: Tensor) => Power.apply(a, b, 3), { in_dims: [0, null] })(x(), v()),
  'custom function of several in grad of vmap': () => {
    const one = (a: Tensor, b: Tensor) => Power.apply(a, b, 3);
    const all = (a: Tensor, b: Tensor) => vmap(one, { in_dims: [0, null] })(a, b).sum();
    return grad(all, [0, 1])(x(), v());
  },
  'custom vmap rule': () => vmap((a: Tensor) => Scale.apply(a, 3))(x()),
  'custom vmap rule in grad': () => grad((a: Tensor) => vmap((b: Tensor) => Scale.apply(b, 3))(a).sum())(x()),
  'custom function without rule': () => vmap((a: Tensor) => NoRule.apply(a))(x()),
  'custom function with ctx': () => grad((a: Tensor) => Plain.apply(a).sum())(v()),
  functional_call: () => functional_call(linear(), params(), x()),
  'functional_call of some': () => functional_call(linear(), { bias: torch.zeros(2) }, [x()]),
  'functional_call of several': () =>
    functional_call(linear(), [{ weight: torch.ones(2, 3) }, { bias: torch.zeros(2) }], x()),
  'functional_call twice': () => functional_call(linear(), [params(), params()], x()),
  'functional_call strict': () =>
    functional_call(linear(), { weight: torch.ones(2, 3), more: v() }, x(), { strict: true }),
  'grad of functional_call': () =>
    grad((p: Record<string, Tensor>) => functional_call(linear(), p, x()).sum())(params()),
  'stacked models': () => {
    const models = [linear(), linear()];
    const run = (p: Record<string, Tensor>, a: Tensor) => functional_call(models[0]!, p, a);
    return vmap(run, { in_dims: [0, null] })(stack_module_state(models)[0], x());
  },
  'no models': () => stack_module_state([]),
  dual: () => dual(exp),
  'dual of a constant': () => dual(() => torch.ones(3)),
  'dual of a custom function': () => dual((a) => WithJvp.apply(a)),
  'dual of a function without jvp': () => dual((a) => Plain.apply(a)),
  'dual outside': () => fa.make_dual(v(), v()),
  'dual of another size': () => dualOf(v(), t([1])),
  'dual of integers': () => dualOf(t([1n]), t([1])),
  'dual with integers': () => dualOf(v(), t([1n, 2n, 3n])),
  'nested dual level': () => fa.dual_level(() => fa.dual_level(() => null)),
  'functional jacobian': () => F.jacobian(square, v()),
  'functional jacobian of two': () => F.jacobian((a: Tensor, b: Tensor) => [a.mul(b), b.sum()], [v(), v().add(1)]),
  'functional jacobian at once': () =>
    F.jacobian((a: Tensor, b: Tensor) => [a.mul(b), b.sum()], [v(), v().add(1)], { vectorize: true }),
  'functional jacobian forwards': () =>
    F.jacobian((a: Tensor) => a.sin(), v(), { vectorize: true, strategy: 'forward-mode' }),
  'functional jacobian forwards one by one': () => F.jacobian((a: Tensor) => a, v(), { strategy: 'forward-mode' }),
  'functional jacobian of another strategy': () => F.jacobian((a: Tensor) => a, v(), { strict: true, vectorize: true }),
  'functional jacobian strict': () => F.jacobian((_: Tensor) => torch.ones(2), v(), { strict: true }),
  'functional jacobian of a number': () => F.jacobian((_: Tensor) => any<Tensor>(3), v()),
  'functional jacobian at a number': () => F.jacobian((a: Tensor) => a, any<Tensor>(3)),
  'functional hessian': () => F.hessian(cube, v()),
  'functional hessian of two': () => F.hessian((a: Tensor, b: Tensor) => a.mul(a).mul(b).sum(), [v(), v().add(1)]),
  'functional hessian at once': () => F.hessian(cube, v(), { vectorize: true }),
  'functional hessian forwards': () =>
    F.hessian(cube, v(), { vectorize: true, outer_jacobian_strategy: 'forward-mode' }),
  'functional hessian of a vector': () => F.hessian((a: Tensor) => a.pow(3), v()),
  'functional vjp': () => F.vjp(square, v(), torch.ones(3)),
  'functional vjp without v': () => F.vjp(square, v()),
  'functional vjp of another size': () => F.vjp(square, v(), torch.ones(2)),
  'functional jvp': () => F.jvp(square, v(), torch.ones(3)),
  'functional jvp without v': () => F.jvp(square, v()),
  'functional hvp': () => F.hvp(cube, v(), torch.ones(3)),
  'functional vhp': () => F.vhp(cube, v(), torch.ones(3)),
  'functional vhp strict': () => F.vhp((a: Tensor) => a.sum(), v(), torch.ones(3), { strict: true }),
  'batched gradients': () => {
    const a = leaf();
    return torch.autograd.grad(a.pow(2), a, torch.eye(3), { is_grads_batched: true });
  },
  gradcheck: () =>
    gradcheck((a: Tensor, b: Tensor) => a.mul(b).exp(), [double(2, 2), double(2, 2)], {
      check_batched_grad: true,
      check_forward_ad: true,
      check_batched_forward_grad: true,
    }),
  'gradcheck fast': () =>
    gradcheck((a: Tensor, b: Tensor) => a.mul(b).exp(), [double(2, 2), double(2, 2)], {
      fast_mode: true,
      check_forward_ad: true,
    }),
  'gradcheck of complex': () => gradcheck(exp, complex(3), { check_forward_ad: true }),
  'gradcheck of complex to real': () => gradcheck((a: Tensor) => a.abs(), complex(3)),
  'gradcheck of a wrong gradient': () => gradcheck((a: Tensor) => Wrong.apply(a), double(2)),
  'gradcheck that may be wrong': () => gradcheck((a: Tensor) => Wrong.apply(a), double(2), { raise_exception: false }),
  'gradcheck without gradient': () => gradcheck((a: Tensor) => a, torch.ones(2)),
  'gradcheck of overlap': () =>
    gradcheck((a: Tensor) => a, torch.ones(1, { dtype: torch.float64 }).expand(3).requires_grad_()),
  'gradcheck of nothing': () => gradcheck((a: Tensor) => a, double(2), { check_backward_ad: false }),
  gradgradcheck: () => gradgradcheck(cube, double(3)),
  'gradgradcheck both ways': () =>
    gradgradcheck(cube, double(3), { check_fwd_over_rev: true, check_batched_grad: true }),
  checkpoint: () => counted(false),
  'checkpoint reentrant': () => counted(true),
  'checkpoint that changes': changing,
  'checkpoint that shrinks': () => shrinking('default'),
  'checkpoint with grad': () => withGrad(false),
  'reentrant checkpoint with grad': () => withGrad(true),
  'checkpoint with a changed argument': () => {
    const a = leaf().clone();
    const y = checkpoint(exp, a, { use_reentrant: false });
    a.mul_(2);
    y.sum().backward();
  },
  'checkpoint of another check': () => shrinking('some'),
  'checkpoint with an unknown option': () => checkpoint(exp, leaf(), { use_reentrant: true, unknown: 3 }),
  'reentrant checkpoint with contexts': () => checkpoint(exp, leaf(), { use_reentrant: true, debug: true }),
  'checkpoint of a sequence': () => {
    const a = leaf();
    const steps = [exp, (b: Tensor) => b.sin(), (b: Tensor) => b.cos(), (b: Tensor) => b.tanh()];
    checkpoint_sequential(steps, 2, a, { use_reentrant: false }).sum().backward();
    return a.grad;
  },
};

/** A result as plain data; a complex number as its two parts. */
export function plain(value: unknown): unknown {
  if (value instanceof torch.Tensor) return (value.is_complex() ? torch.view_as_real(value) : value).tolist();
  if (value instanceof Complex) return [value.re, value.im];
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, plain(each)]));
  }
  return ['string', 'number', 'boolean'].includes(typeof value) ? value : null;
}
