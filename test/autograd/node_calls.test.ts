/** Nodes of the graph called as functions, and what the node of a custom Function shows: beside Python's. */
import torch, { type Tensor } from 'tsorch';
import type { FunctionCtx } from 'tsorch/autograd';

type Node = InstanceType<typeof torch.autograd.graph.Node>;
type SavedTensor = InstanceType<typeof torch.autograd.graph.SavedTensor>;
type Attributes = FunctionCtx<{ k: number; note: { a: number }; seen?: Tensor; extra?: number }>;

class Square extends torch.autograd.Function {
  static override forward(ctx: Attributes, x: Tensor, k: number): Tensor {
    ctx.save_for_backward(x);
    ctx.k = k;
    ctx.note = { a: 1 };
    return x.mul(x);
  }
  static override backward(ctx: Attributes, g: Tensor): [Tensor, null] {
    const [x] = ctx.saved_tensors;
    ctx.seen = g;
    return [x!.mul(2).mul(g), null];
  }
}

const nodeOf = (x: Tensor) => x.grad_fn!;
const first = (node: Node, i = 0) => node.next_functions[i]![0]!;
const text = (value: unknown) => (Array.isArray(value) ? `[${value.map(String).join(', ')}]` : String(value));

describe('a node called', () => {
  const x = torch.ones(3, { requires_grad: true });
  const sum = () => nodeOf(x.mul(x.detach()).mul(3).sum());

  test('gives the gradients of its inputs', () => {
    const node = sum();
    expect(text(node(torch.tensor(1)))).toBe('tensor([1., 1., 1.])');
    const scaled = first(node);
    expect(text(scaled(torch.ones(3)))).toBe('[tensor([3., 3., 3.]), null]');
    const product = first(scaled);
    expect(text(product(torch.ones(3)))).toBe('[tensor([1., 1., 1.]), null]');
    expect(text(product(null))).toBe('[null, null]');
    const pair = nodeOf(torch.cat([x, x.detach()]));
    expect(text(pair(torch.ones(6)))).toBe('[tensor([1., 1., 1.]), tensor([1., 1., 1.])]');
  });

  test('takes a gradient for each output', () => {
    const [row] = torch.unbind(torch.ones(2, 3, { requires_grad: true }).mul(1));
    expect(text(nodeOf(row!)(torch.ones(3), null))).toBe('tensor([[1., 1., 1.],\n        [0., 0., 0.]])');
    expect(() => nodeOf(row!)(torch.ones(3))).toThrow(new TypeError('expected 2 arguments, got 1 instead'));
  });

  test('of a leaf gathers', () => {
    const leaf = torch.ones(3, { requires_grad: true });
    expect(first(nodeOf(leaf.mul(2)))(torch.ones(3))).toEqual([]);
    expect(text(leaf.grad)).toBe('tensor([1., 1., 1.])');
  });

  test('is part of the graph where its gradients are', () => {
    const [left, right] = nodeOf(x.mul(x))(torch.ones(3, { requires_grad: true })) as Tensor[];
    expect(text([left, right])).toBe(
      '[tensor([1., 1., 1.], grad_fn=<MulBackward0>), tensor([1., 1., 1.], grad_fn=<MulBackward0>)]',
    );
  });

  test('refuses what is no gradient of its own', () => {
    const product = first(first(sum()));
    expect(() => product()).toThrow(new TypeError('expected 1 arguments, got 0 instead'));
    expect(() => product(torch.ones(3), torch.ones(3))).toThrow(new TypeError('expected 1 arguments, got 2 instead'));
    expect(() => product(3 as never)).toThrow(new TypeError('argument 0 is not a Variable'));
    expect(() => product({ g: torch.ones(3) } as never)).toThrow(new TypeError('keyword arguments are not supported'));
    expect(() => product(torch.ones(4))).toThrow(
      'The size of tensor a (4) must match the size of tensor b (3) at non-singleton dimension 0',
    );
  });

  test('has freed what it saved after a backward pass', () => {
    const y = x.mul(x);
    y.sum().backward();
    expect(() => nodeOf(y)(torch.ones(3))).toThrow(/^Trying to backward through the graph a second time/);
  });
});

test('a node is one object, whose name is its own', () => {
  const y = torch.ones(2, { requires_grad: true }).exp();
  expect(y.grad_fn).toBe(y.grad_fn);
  expect(y.grad_fn!.name()).toBe('ExpBackward0');
  expect(String(y.grad_fn)).toMatch(/^<ExpBackward0 object at 0x[0-9a-f]+>$/);
  expect(y.grad_fn).toBeInstanceOf(torch.autograd.graph.Node);
  expect(y.grad_fn!.needs_input_grad).toBeUndefined();
});

describe('the node of a custom Function', () => {
  const make = () => Square.apply(torch.ones(3, { requires_grad: true }), 4);
  const node = (y: Tensor) => y.grad_fn as Node & Attributes;

  test('has what forward put on the context', () => {
    const f = node(make());
    expect([f.k, f.note, f.needs_input_grad]).toEqual([4, { a: 1 }, [true, false]]);
    expect(text(f.saved_tensors)).toBe('[tensor([1., 1., 1.], requires_grad=True)]');
    expect((f as unknown as { nothing?: unknown }).nothing).toBeUndefined();
  });

  test('has forgotten what forward marked', () => {
    const seen: unknown[] = [];
    const marks = (ctx: FunctionCtx) => [ctx.to_save, ctx.dirty_tensors, ctx.non_differentiable];
    class Marks extends torch.autograd.Function {
      static override forward(ctx: FunctionCtx, x: Tensor, y: Tensor): [Tensor, Tensor] {
        seen.push(marks(ctx));
        ctx.save_for_backward(x);
        ctx.mark_dirty();
        ctx.non_differentiable = [y];
        seen.push(marks(ctx));
        return [x.mul(2), y];
      }
      static override backward(ctx: FunctionCtx, g: Tensor): [Tensor, null] {
        seen.push(marks(ctx));
        return [g.mul(2), null];
      }
    }
    const [x, y] = [torch.ones(3, { requires_grad: true }), torch.ones(1)];
    const [out, same] = Marks.apply(x, y);
    expect(same.requires_grad).toBe(false);
    const nothing = [null, null, null];
    expect(marks(out.grad_fn as Node & FunctionCtx)).toEqual(nothing);
    out.sum().backward();
    expect(seen.map(text)).toEqual(['[null, null, null]', `[${x}, , ${y}]`, '[null, null, null]']);
  });

  test('is written to as the context is, from both sides', () => {
    const y = make();
    node(y).extra = 3;
    expect(node(y).extra).toBe(3);
    y.sum().backward();
    expect(text(node(y).seen)).toBe('tensor([1., 1., 1.])');
  });

  test('keeps what is put on it beyond tidy', () => {
    const y = make();
    torch.tidy(() => {
      node(y).seen = torch.ones(2);
    });
    expect(text(node(y).seen)).toBe('tensor([1., 1.])');
  });

  test('runs its backward by apply, and is not called', () => {
    const f = node(make());
    expect(text(f.apply!(torch.ones(3)))).toBe('[tensor([2., 2., 2.], grad_fn=<MulBackward0>), null]');
    expect(() => f(torch.ones(3))).toThrow(new TypeError("'SquareBackward' object is not callable"));
  });
});

test('a saved tensor is unpacked as the backward pass does', () => {
  const x = torch.ones(3, { requires_grad: true });
  const node = nodeOf(x.mul(x));
  const place = node._raw_saved_self as SavedTensor;
  expect(place.unpack()).toBe(x);
  place.register_hooks(
    (kept) => [kept],
    ([kept]) => kept!.mul(5),
  );
  expect(text(place.unpack())).toBe('tensor([5., 5., 5.], requires_grad=True)');
  expect(text(node._saved_self)).toBe('tensor([5., 5., 5.], requires_grad=True)');
  expect(text(place.data)).toBe('[tensor([1., 1., 1.])]');
  const y = x.exp();
  const result = y.grad_fn!._raw_saved_result as SavedTensor;
  expect(text(result.unpack())).toBe('tensor([2.7183, 2.7183, 2.7183], grad_fn=<ExpBackward0>)');
});

test('a slice saves the bounds that Python gives it', () => {
  const x = torch.ones(4, { requires_grad: true });
  const saved = (index: string) => {
    const { _saved_start, _saved_end, _saved_step } = x.index(index).grad_fn!;
    return [_saved_start, _saved_end, _saved_step];
  };
  expect(saved('1:')).toEqual([1, 9223372036854775807n, 1]);
  expect(saved(':2')).toEqual([0, 2, 1]);
  expect(saved('::3')).toEqual([0, 9223372036854775807n, 3]);
});
