/** The scenarios of golden/gradients.py, line by line. */
import torch, { nn, type Tensor } from 'tsorch';
import { Function, type FunctionCtx, forward_ad, graph } from 'tsorch/autograd';
import { leaf } from './scenarios';

const F = nn.functional;

class Square extends Function {
  static override forward(ctx: FunctionCtx, x: Tensor): Tensor {
    ctx.save_for_backward(x, null);
    return x.pow(2);
  }

  static override backward(ctx: FunctionCtx, g: Tensor): Tensor {
    return g.mul(2).mul(ctx.saved_tensors[0]!);
  }
}

const text = (value: unknown): string => String(value).replaceAll(/0x[0-9a-f]+/g, '0x');

type End = Tensor | graph.GradientEdge;
type Inputs = (x: Tensor, y: Tensor) => End | End[];

function toIntermediate(inputs: Inputs = (_, y) => [y], create_graph = false): unknown {
  const x = leaf();
  const y = x.mul(2);
  y.mul(y)
    .sum()
    .backward({ inputs: inputs(x, y), create_graph });
  return [x.grad, y.grad, y.retains_grad, y.grad!.requires_grad];
}

const accumulator = (x: Tensor): graph.Node => x.view_as(x).grad_fn!.next_functions[0]![0]!;

function hooksOfLeaf(): unknown {
  const x = leaf();
  const acc = accumulator(x);
  x.register_hook((g) => g.sub(2));
  acc.register_prehook(([g]) => [g!.div(5)]);
  x.register_post_accumulate_grad_hook((p) => {
    p.grad!.add_(0.5);
  });
  acc.register_hook((_, outputs) => {
    x.grad = outputs[0]!.mul(10);
  });
  x.sum().backward();
  return x.grad;
}

/** Whether `grad` lies where the gradient lay that a backward returned. */
function sameMemory(make: (g: Tensor) => Tensor): boolean {
  let seen = 0;
  class Returns extends Function {
    static override forward(_ctx: FunctionCtx, x: Tensor): Tensor {
      return x.clone();
    }

    static override backward(_ctx: FunctionCtx, g: Tensor): Tensor {
      const made = make(g);
      seen = made.data_ptr();
      return made;
    }
  }
  const x = leaf();
  Returns.apply(x).sum().backward();
  return x.grad!.data_ptr() === seen;
}

function twiceTheSame(): unknown {
  let seen = 0;
  class Add extends Function {
    static override forward(_ctx: FunctionCtx, a: Tensor, b: Tensor): Tensor {
      return a.add(b);
    }

    static override backward(_ctx: FunctionCtx, g: Tensor): Tensor[] {
      const made = g.mul(1);
      seen = made.data_ptr();
      return [made, made];
    }
  }
  const [a, b] = [leaf(), leaf()];
  Add.apply(a, b).sum().backward();
  const places = [a.grad!.data_ptr(), b.grad!.data_ptr()];
  a.grad!.add_(1);
  return [places[0] !== places[1], places.includes(seen), a.grad, b.grad];
}

function keptByUser(): unknown {
  const kept: Tensor[] = [];
  const x = leaf();
  x.register_hook((g) => void kept.push(g));
  x.mul(x).sum().backward();
  x.grad!.add_(10);
  x.mul(2).sum().backward();
  return [...kept, x.grad];
}

function keptByContext(): unknown {
  type Ctx = FunctionCtx<{ made: Tensor }>;
  let context: Ctx | undefined;
  class Keeps extends Function {
    static override forward(ctx: Ctx, x: Tensor): Tensor {
      context = ctx;
      return x.mul(2);
    }

    static override backward(ctx: Ctx, g: Tensor): Tensor {
      ctx.made = g.mul(2);
      return ctx.made;
    }
  }
  const x = leaf();
  Keeps.apply(x).sum().backward();
  x.grad!.zero_();
  context!.made.add_(1);
  return [context!.made, x.grad];
}

function sparseGradient(): unknown {
  class Sparse extends Function {
    static override forward(_ctx: FunctionCtx, x: Tensor): Tensor {
      return x.mul(1);
    }

    static override backward(_ctx: FunctionCtx, _g: Tensor): Tensor {
      return torch.sparse_coo_tensor(torch.tensor([[0n, 2n]]), torch.tensor([1, 2]), [3]);
    }
  }
  const x = leaf();
  Sparse.apply(x).sum().backward();
  const first = x.grad!.to_dense();
  Sparse.apply(x).sum().backward();
  return [x.grad!.is_sparse, first, x.grad!.to_dense()];
}

function hookAfterNode(): unknown {
  const x = leaf();
  const y = x.mul(3);
  const seen: (Tensor | null)[] = [];
  y.grad_fn!.register_hook(([g]) => void seen.push(g!));
  y.sum().backward();
  x.grad!.mul_(2);
  return [seen[0], x.grad];
}

function tangentOfConstant(materialize: boolean): unknown {
  let seen: unknown[] = [];
  class Product extends Function {
    static override forward(ctx: FunctionCtx, x: Tensor, y: Tensor, _k: number): Tensor {
      ctx.set_materialize_grads(materialize);
      return x.mul(2).add(y);
    }

    static override jvp(_ctx: FunctionCtx, tx: Tensor, ty: Tensor | null, tk: null): Tensor {
      seen = [ty, tk];
      return tx.mul(2);
    }
  }
  return forward_ad.dual_level(() => {
    const dual = forward_ad.make_dual(torch.ones(2), torch.ones(2));
    const { tangent } = forward_ad.unpack_dual(Product.apply(dual, torch.ones(2), 3));
    return [seen, tangent];
  });
}

export class DirtyRelu extends Function {
  static override forward(ctx: FunctionCtx, x: Tensor): Tensor {
    x.relu_();
    ctx.mark_dirty(x);
    ctx.save_for_backward(x);
    return x;
  }

  static override backward(ctx: FunctionCtx, g: Tensor): Tensor {
    return g.mul(ctx.saved_tensors[0]!);
  }
}

function dirtyView(use: (base: Tensor, y: Tensor) => Tensor): Tensor | null {
  const x = leaf();
  const base = x.mul(1);
  const y = DirtyRelu.apply(base.index(':2'));
  use(base, y).sum().backward();
  return x.grad;
}

/** All that a node has saved, whole numbers beyond JavaScript's as text. */
function fields(y: Tensor): unknown {
  const node = y.grad_fn!;
  const names = Object.getOwnPropertyNames(Object.getPrototypeOf(node)).filter((name) => name.startsWith('_saved_'));
  const field = (name: string) => node[name as '_saved_self'];
  const present = names.filter((name) => node[`_raw${name}` as '_raw_saved_self'] !== undefined || has(node, name));
  return present.sort().map((name) => [name, short(field(name))]);
}

function has(node: graph.Node, name: string): boolean {
  return node[name as '_saved_self'] !== undefined;
}

function short(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(short);
  return typeof value === 'bigint' ? String(value) : value;
}

const image = (...shape: number[]) => torch.ones(shape, { requires_grad: true });

function afterBackward(y: Tensor): graph.Node {
  y.sum().backward();
  return y.grad_fn!;
}

const place = (y: Tensor): graph.SavedTensor => y.grad_fn!._raw_saved_result as graph.SavedTensor;

export const scenarios: Record<string, () => unknown> = {
  'backward to an intermediate': () => toIntermediate(),
  'backward to both': () => toIntermediate((x, y) => [x, y]),
  'backward to an intermediate by itself': () => toIntermediate((_, y) => y),
  'backward to both with a graph': () => toIntermediate((x, y) => [x, y], true),
  'backward to an edge': () =>
    toIntermediate((x, y) => {
      y.retain_grad();
      return [y, graph.get_gradient_edge(x)];
    }),
  'backward to what needs none': () => toIntermediate(() => [torch.ones(3)]),
  'hooks of a leaf': hooksOfLeaf,
  'fresh gradient': () => sameMemory((g) => g.mul(2)),
  'random gradient': () => sameMemory(() => torch.rand(3)),
  'given gradient': () => sameMemory((g) => g.clone()),
  'strided gradient': () => sameMemory(() => torch.rand(3, 2).index(':', 0)),
  'expanded gradient': () => sameMemory(() => torch.ones(1).expand(3)),
  'one gradient for two': twiceTheSame,
  'gradient kept by the user': keptByUser,
  'gradient kept by the context': keptByContext,
  'sparse gradient': sparseGradient,
  "gradient seen by a node's hook": hookAfterNode,
  'tangent of a constant': () => tangentOfConstant(true),
  'tangent of a constant not wanted': () => tangentOfConstant(false),
  'dirty view, its base': () => dirtyView((base) => base),
  'dirty view itself': () => dirtyView((_, y) => y),
  'saved tensor': () => fields(leaf().exp()),
  'saved operands': () => fields(leaf().mul(leaf())),
  'saved operand not needed': () => fields(leaf().mul(torch.ones(3))),
  'saved number': () => fields(leaf().pow(3)),
  'saved scalar': () => fields(torch.add(leaf(), leaf(), { alpha: 2 })),
  'saved dim': () => fields(leaf().sum(0)),
  'saved index from the end': () => fields(leaf().select(0, -1)),
  'saved dim from the end': () => fields(leaf().cumsum(-1)),
  'saved slice': () => fields(leaf().index('1:3')),
  'saved convolution': () => fields(F.conv2d(image(1, 1, 3, 3), image(1, 1, 2, 2), { stride: [1, 2], padding: 1 })),
  'saved scale': () => fields(F.interpolate(image(1, 1, 2, 2), { scale_factor: 2 })),
  'saved output size': () => fields(F.interpolate(image(1, 1, 2, 2), { size: 3 })),
  'saved bicubic': () => fields(F.interpolate(image(1, 1, 2, 2), { size: 3, mode: 'bicubic', align_corners: true })),
  'saved indices': () => fields(leaf().index(torch.tensor([0n, 2n]))),
  'saved pair of indices': () => fields(image(2, 2).index(':', torch.tensor([1n]))),
  'saved norm': () => fields(leaf().norm(2)),
  'saved softmax': () => fields(leaf().softmax(0)),
  'saved text': () => fields(F.gelu(leaf(), { approximate: 'tanh' })),
  'saved threshold': () => fields(F.threshold(leaf(), 1.5, 0)),
  'saved clamp': () => fields(leaf().clamp({ min: 2 })),
  'saved layer norm': () => fields(F.layer_norm(leaf(), [3], leaf())),
  'saved batch norm': () => fields(F.batch_norm(image(2, 1), torch.zeros(1), torch.ones(1), { training: true })),
  'saved pooling': () => fields(F.max_pool2d(image(1, 1, 4, 4), 2) as Tensor),
  'saved stack': () => fields(torch.stack([leaf(), leaf()])),
  'saved loss': () => fields(F.nll_loss(image(2, 3), torch.tensor([0n, 2n]))),
  'saved product': () => fields(image(2, 3).matmul(image(3, 2))),
  'saved linear': () => fields(F.linear(image(2, 3), image(2, 3), image(2))),
  'saved embedding': () => fields(F.embedding(torch.tensor([0n, 1n]), image(3, 2))),
  'saved lists': () => fields((torch._foreach_mul!([leaf()], [leaf()]) as Tensor[])[0]!),
  'saved scalars': () => fields((torch._foreach_mul!([leaf()], [2.5]) as Tensor[])[0]!),
  'nothing saved': () => fields(leaf().neg()),
  'saved field after backward': () => afterBackward(leaf().exp())._saved_result,
  'saved list after backward': () => afterBackward(leaf().index(torch.tensor([0n, 1n])))._saved_indices,
  'saved place after backward': () => {
    const y = leaf().exp();
    afterBackward(y);
    place(y).register_hooks(
      (x) => x,
      (x) => x,
    );
  },
  'hooks on a saved tensor': () => {
    const x = leaf();
    const y = x.exp();
    place(y).register_hooks(
      (t) => t.mul(2),
      (t) => t.div(4),
    );
    y.sum().backward();
    return x.grad!.div(x.exp());
  },
  'hooks twice on a saved tensor': () => {
    const y = leaf().exp();
    for (let i = 0; i < 2; i++) {
      place(y).register_hooks(
        (t) => t,
        (t) => t,
      );
    }
  },
  "hooks on a custom function's": () => {
    const x = leaf();
    const y = Square.apply(x);
    const places = y.grad_fn!._raw_saved_tensors!;
    places[0]!.register_hooks(
      (t) => t.detach().mul(2),
      (t) => t,
    );
    y.sum().backward();
    return [places.length, x.grad];
  },
  'places of a custom function after backward': () => afterBackward(Square.apply(leaf()))._raw_saved_tensors,
  'text of a node': () => text(leaf().mul(2).grad_fn),
  "text of a leaf's node": () => text(leaf().mul(2).grad_fn!.next_functions[0]![0]),
  "text of a custom function's node": () => text(Square.apply(leaf()).grad_fn),
  'text after a change in place': () => {
    const x = leaf().clone();
    x.index(0).fill_(5);
    return text(x.grad_fn);
  },
};
