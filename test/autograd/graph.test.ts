/** Looking at the graph; hooks on several gradients; versions. */
import torch, { type Tensor } from 'tsorch';
import { _lend_passes, graph } from 'tsorch/autograd';
import { leaf } from './scenarios';

it('draws the graph', () => {
  const x = leaf();
  const y = x.mul(2).exp().sum();
  const names: string[] = [];
  let node: graph.Node | null = y.grad_fn;
  for (; node !== null; node = node.next_functions[0]?.[0] ?? null) names.push(node.name());
  expect(names).toEqual(['SumBackward0', 'ExpBackward0', 'MulBackward0', 'torch::autograd::AccumulateGrad']);
});

it('shows what reaches a node', () => {
  const y = leaf().mul(2);
  const [metadata] = y.grad_fn!._input_metadata;
  expect(metadata).toMatchObject({ shape: [3], dtype: torch.float32 });
  expect(String(metadata!.device)).toBe('cpu');
  expect(y.exp().grad_fn!._sequence_nr()).toBeGreaterThan(y.grad_fn!._sequence_nr());
});

it('counts versions', () => {
  const x = torch.ones(2);
  const before = x._version;
  graph.increment_version(x);
  graph.increment_version([x, x]);
  expect(x._version - before).toBe(3);
  expect(() => graph.increment_version(3 as unknown as Tensor)).toThrow(
    'increment_version expect a Iterable[Tensor] as input',
  );
});

describe.each([
  ['on its own thread', false],
  ['on another thread', true],
])('register_multi_grad_hook with the pass %s', (_, lent) => {
  beforeEach(() => _lend_passes(lent));
  afterAll(() => _lend_passes(false));

  it('waits for all that take part', () => {
    const [a, b] = [leaf(), leaf()];
    const c = a.mul(b);
    const d = a.mul(b);
    const seen: boolean[][] = [];
    const handle = graph.register_multi_grad_hook([a, b, c, d], (grads) => {
      seen.push(grads.map((g) => g !== null));
    });
    c.sum().backward({ retain_graph: true });
    c.sum().backward({ inputs: [a], retain_graph: true });
    handle.remove();
    c.sum().backward();
    expect(seen).toEqual([
      [true, true, true, false],
      [true, false, true, false],
    ]);
  });

  it('runs on the first', () => {
    const [a, b] = [leaf(), leaf()];
    const c = a.mul(b);
    let calls = 0;
    const count = () => {
      calls++;
    };
    graph.register_multi_grad_hook([a, b, c], count, { mode: 'any' });
    c.sum().backward({ retain_graph: true });
    expect(calls).toBe(1);
    c.sum().backward();
    expect(calls).toBe(2);
  });

  it('refuses another mode', () => {
    expect(() => graph.register_multi_grad_hook([leaf()], () => {}, { mode: 'some' as 'any' })).toThrow(
      new RangeError("Expects mode to be one of ('all', 'any') but got some"),
    );
  });
});

it('keeps hooks on the old version of a tensor changed in place', () => {
  const x = leaf();
  const y = x.mul(1);
  const seen: string[] = [];
  y.register_hook((g) => {
    seen.push(`old ${g.tolist()}`);
  });
  y.mul_(10);
  y.register_hook((g) => {
    seen.push(`new ${g.tolist()}`);
  });
  y.sum().backward();
  expect(seen).toEqual(['new 1,1,1', 'old 10,10,10']);
});

it('saves on the CPU', () => {
  const x = leaf();
  const y = graph.save_on_cpu(() => x.exp().mul(x));
  y.sum().backward();
  expect(x.grad!.allclose(x.exp().mul(x.add(1)))).toBe(true);
});

it('gives gradients by name', () => {
  const [a, b] = [leaf(), leaf()];
  const grads = torch.autograd.grad(a.mul(b).sum(), { a, b });
  expect(Object.keys(grads)).toEqual(['a', 'b']);
  expect(grads.a.tolist()).toEqual([1, 2, 3]);
});
