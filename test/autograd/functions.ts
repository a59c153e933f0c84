/** The scenarios of golden/functions.py, line by line. */
import torch, { nn, type Tensor } from 'tsorch';
import { Function, type FunctionCtx, gradcheck } from 'tsorch/autograd';
import { jvp, vmap } from 'tsorch/func';
import { checkpoint } from 'tsorch/utils/checkpoint';
import { leaf } from './scenarios';

class Square extends Function {
  static override forward(ctx: FunctionCtx, x: Tensor): Tensor {
    ctx.save_for_backward(x, null);
    return x.pow(2);
  }

  static override backward(ctx: FunctionCtx, g: Tensor): Tensor {
    return g.mul(2).mul(ctx.saved_tensors[0]!);
  }
}

function orderOfHooks(): unknown {
  const log: string[] = [];
  const tensorHook = (g: Tensor) => {
    log.push('tensor');
    return g.mul(3);
  };
  const prehook = (gs: (Tensor | null)[]) => {
    log.push('node');
    return gs.map((g) => g!.mul(2));
  };
  const a = leaf();
  const b = a.clone();
  b.grad_fn!.register_prehook(prehook);
  b.register_hook(tensorHook);
  b.grad_fn!.register_prehook(prehook);
  const acc = b.grad_fn!.next_functions[0]![0]!;
  a.register_hook(tensorHook);
  acc.register_prehook(prehook);
  a.register_hook(tensorHook);
  a.register_post_accumulate_grad_hook(() => void log.push('accumulated'));
  acc.register_hook(() => void log.push('after'));
  b.sum().backward();
  return [log, a.grad];
}

function secondOfUnused(): unknown {
  const x = torch.tensor(0.5, { requires_grad: true });
  const a = torch.tensor(1, { requires_grad: true });
  const options = { create_graph: true, allow_unused: true, materialize_grads: true } as const;
  const d = torch.autograd.grad(x.mul(a), x, { create_graph: true });
  const [m] = torch.autograd.grad(d, x, options);
  const [z] = torch.autograd.grad(m!, x, options);
  return [m, m!.requires_grad, z, z!.requires_grad];
}

function underAutocast(
  use_reentrant: boolean,
  options: object = {},
  again: (run: () => Tensor) => Tensor = (run) => run(),
): unknown {
  const x = torch.ones(2, 2, { requires_grad: true });
  const layer = new nn.Linear(2, 2);
  const dtypes: string[] = [];
  const run = (a: Tensor) => {
    const y = layer(a);
    dtypes.push(String(y.dtype));
    return y.exp();
  };
  const y = torch.autocast('cpu', { dtype: torch.bfloat16, ...options }, () =>
    again(() => checkpoint(run, x, { use_reentrant })),
  );
  y.sum().backward();
  return [dtypes, String(x.grad!.dtype)];
}

/** Twice `a`, and what its rule is told of the batch. */
function ruleWithParts(result: (doubled: Tensor) => unknown[]): unknown {
  let seen: unknown;
  class Parts extends Function {
    static override forward(a: Tensor, [b]: [Tensor, { c: Tensor; k: number }]): Tensor {
      return a.add(b);
    }

    static setup_context(): void {}

    static vmap(_info: unknown, in_dims: unknown, a: Tensor, [b]: [Tensor, { c: Tensor; k: number }]): unknown {
      seen = in_dims;
      return result(a.add(b));
    }
  }
  const x = torch.ones(3, 2);
  return [vmap((a: Tensor) => Parts.apply(a, [a, { c: torch.ones(2), k: 3 }]))(x), JSON.stringify(seen)];
}

class Cube extends Function {
  static generate_vmap_rule = true;

  static override forward(a: Tensor): Tensor {
    return a.pow(3);
  }

  static setup_context(ctx: FunctionCtx<{ size: number }>, [a]: [Tensor]): void {
    ctx.save_for_backward(a);
    ctx.save_for_forward(a);
    ctx.size = a.numel();
  }

  static override backward(ctx: FunctionCtx<{ size: number }>, g: Tensor): Tensor {
    return g.mul(ctx.saved_tensors[0]!.pow(2)).mul(ctx.size);
  }

  static override jvp(ctx: FunctionCtx, tangent: Tensor): Tensor {
    return tangent.mul(3).mul(ctx.saved_tensors[0]!.pow(2));
  }
}

const examples = () => torch.arange(6).to(torch.float32).reshape(3, 2);

function generatedBackward(): unknown {
  const x = examples().requires_grad_();
  vmap(Cube.apply)(x).sum().backward();
  return x.grad;
}

function generatedTwice(): unknown {
  const x = torch.arange(12).to(torch.float32).reshape(2, 3, 2).requires_grad_();
  vmap(vmap(Cube.apply))(x).sum().backward();
  return x.grad;
}

type Step = (ctx: FunctionCtx, x: Tensor) => Tensor;

function checkedForward(forward: Step, jvp: Step): boolean {
  const cls = class extends Function {
    static override backward(_ctx: FunctionCtx, g: Tensor): Tensor {
      return g;
    }
  };
  Object.assign(cls, { forward, jvp });
  const apply = (x: Tensor) => (cls as unknown as { apply: (x: Tensor) => Tensor }).apply(x);
  return gradcheck(apply, [leaf().to(torch.float64).detach().requires_grad_()], { check_forward_ad: true });
}

export const scenarios: Record<string, () => unknown> = {
  'order of hooks': orderOfHooks,
  'second derivative of an unused input': secondOfUnused,
  'checkpoint under autocast': () => underAutocast(false),
  'checkpoint under autocast without cache': () => underAutocast(false, { cache_enabled: false }),
  'checkpoint under autocast to float16': () => underAutocast(false, { dtype: torch.float16 }),
  'checkpoint under nested autocast': () =>
    underAutocast(false, {}, (run) => torch.autocast('cpu', { enabled: false }, run)),
  'reentrant checkpoint under autocast': () => underAutocast(true),
  'apply by itself': () => {
    const square = Square.apply;
    const again = Square.apply;
    return [square(leaf()), again === square];
  },
  'apply in gradcheck': () => gradcheck(Square.apply, [leaf().to(torch.float64).detach().requires_grad_()]),
  'rule for arguments in lists': () => ruleWithParts((y) => [y, 0]),
  'rule with three results': () => ruleWithParts((y) => [y, 0, 0]),
  'rule with dims for none': () => ruleWithParts((y) => [y, [0, 0]]),
  'generated rule': () => vmap(Cube.apply)(examples()),
  'generated rule, backward': generatedBackward,
  'generated rule, forward mode': () => jvp(vmap(Cube.apply), [examples()], [torch.ones(3, 2)]),
  'forward mode in a generated rule': () => vmap((a: Tensor) => jvp(Cube.apply, [a], [torch.ones(2)])[1])(examples()),
  'generated rule twice': () => vmap(vmap(Cube.apply))(torch.ones(2, 3, 2)),
  'generated rule twice, backward': generatedTwice,
  'gradcheck of an input given back': () =>
    checkedForward(
      (_, x) => x,
      (_, t) => t.view_as(t),
    ),
  'gradcheck of an input given back, its tangent too': () =>
    checkedForward(
      (_, x) => x,
      (_, t) => t,
    ),
  'gradcheck of an input given back, its tangent copied': () =>
    checkedForward(
      (_, x) => x,
      (_, t) => t.clone(),
    ),
  'gradcheck of a view': () =>
    checkedForward(
      (_, x) => x.view(-1),
      (_, t) => t.view(-1),
    ),
  "gradcheck of a view, another tangent's": () =>
    checkedForward(
      (_, x) => x.view(-1),
      (_, t) => t.clone().view(-1),
    ),
  'gradcheck of nothing': () => gradcheck(Square.apply, [leaf().to(torch.float64)], { check_backward_ad: false }),
};
