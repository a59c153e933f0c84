import torch from 'tsorch';

const { get_gradient_edge } = torch.autograd.graph;

it('zeros stand for what is unused beside an edge that is used', () => {
  const x = torch.ones(2, { requires_grad: true });
  const unused = torch.ones(2, { requires_grad: true });
  const inputs = [get_gradient_edge(x), unused];
  const [ofEdge, zeros] = torch.autograd.grad(x.mul(2).sum(), inputs, { allow_unused: true, materialize_grads: true });
  expect([ofEdge!.tolist(), zeros!.tolist()]).toEqual([
    [2, 2],
    [0, 0],
  ]);
});

it('an edge that is unused has no shape to make zeros of', () => {
  const x = torch.ones(2, { requires_grad: true });
  const unused = get_gradient_edge(torch.ones(2, { requires_grad: true }));
  expect(() => torch.autograd.grad(x.sum(), [unused], { allow_unused: true, materialize_grads: true })).toThrow(
    new torch.TorchError('materialize_grads cannot be used when the given input is a GradientEdge'),
  );
});

it('a custom function has no generated rule for vmap unless it says so', () => {
  class Same extends torch.autograd.Function {}
  class Mapped extends torch.autograd.Function {
    static generate_vmap_rule = true;
  }
  const ruleOf = (cls: typeof Same | typeof Mapped) => (cls as { generate_vmap_rule?: boolean }).generate_vmap_rule;
  expect([ruleOf(Same), ruleOf(Mapped)]).toEqual([false, true]);
});
