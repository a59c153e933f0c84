/** `gradcheck` of functions of sparse tensors, beside PyTorch's. */
import torch, { type Tensor } from 'tsorch';
import golden from './golden/sparse_gradcheck.json';

const f64 = { dtype: torch.float64 } as const;
const dense = torch.tensor([[0, 2, 0], [3, 0, 5]], f64); // biome-ignore format: a matrix
const other = torch.tensor([[1, 2], [0.5, -1], [2, 0.25]], f64); // biome-ignore format: a matrix

const inputs: Record<string, () => Tensor> = {
  coo: () => dense.to_sparse_coo(),
  csr: () => dense.to_sparse_csr(),
  csc: () => dense.to_sparse_csc(),
  bsr: () => dense.to_sparse_bsr([1, 3]),
  bsc: () => dense.to_sparse_bsc([2, 1]),
  hybrid: () => torch.ones(2, 2, f64).to_sparse(1),
  complex: () => torch.complex(dense, dense).to_sparse_coo(),
  uncoalesced: () => torch.sparse_coo_tensor([[0n, 0n, 1n], [1n, 1n, 0n]], dense.index(1).add(1), [2, 3]), // biome-ignore format: indices
};

const functions: Record<string, (x: Tensor) => Tensor> = {
  to_dense: (x) => x.to_dense(),
  'to_dense, all count': (x) => x.to_dense({ masked_grad: false }),
  'sparse.mm': (x) => torch.sparse.mm(x, other.to(x.dtype)),
  matmul: (x) => x.matmul(other.to(x.dtype)),
  square: (x) => x.mul(x).to_dense({ masked_grad: false }),
  'a sparse result': (x) => x.mul(2),
  detached: (x) => x.detach().to_dense().add(0),
  'a wrong gradient': (x) => x.to_dense().mul(x.detach().to_dense()),
};

function outcome(name: string): boolean | string {
  const [, f, kind, masked, fast] = /^(.*) of (\w+)( masked)?( fast)?$/.exec(name)!;
  const options = { masked: masked !== undefined, fast_mode: fast !== undefined };
  try {
    return torch.autograd.gradcheck(functions[f!]!, inputs[kind!]!().requires_grad_(), options);
  } catch (error) {
    return (error as Error).message.split('\n')[0]!;
  }
}

test.each(Object.entries(golden))('%s', (name, expected) => {
  expect(outcome(name)).toBe(expected);
});

test('forward mode refuses them', () => {
  const check = () =>
    torch.autograd.gradcheck(functions.to_dense!, inputs.coo!().requires_grad_(), {
      check_forward_ad: true,
      masked: true,
    });
  expect(check).toThrow('gradcheck of torch.sparse_coo tensors is not available');
});

it.each([true, false])('a function may watch the gradients of what it computes, with fast_mode %s', (fast_mode) => {
  const x = torch.ones(2, 2, { dtype: torch.float64, requires_grad: true }).to_sparse();
  let seen = 0;
  const watched = (input: torch.Tensor) => {
    const y = input.clone();
    y.register_hook(() => void seen++);
    return y.to_dense();
  };
  expect(torch.autograd.gradcheck(watched, [x], { fast_mode, masked: true })).toBe(true);
  expect(seen).toBeGreaterThan(0);
});

it.each([true, false])('outputs keep their shape and dtype, with fast_mode %s', (fast_mode) => {
  const x = torch.ones(1, { dtype: torch.float64, requires_grad: true });
  const grows = (a: torch.Tensor) => (a.ge(1).all().item() ? torch.cat([a, a]) : a);
  const narrows = (a: torch.Tensor) => (a.ge(1).all().item() ? a.to(torch.float32) : a);
  const failure = (what: string) =>
    expect.objectContaining({
      name: 'AssertionError',
      message: expect.stringContaining(`Expected \`func\` to return outputs with the same ${what}`),
    });
  expect(() => torch.autograd.gradcheck(grows, [x], { fast_mode })).toThrow(failure('shape'));
  expect(() => torch.autograd.gradcheck(narrows, [x], { fast_mode })).toThrow(failure('dtype'));
});
