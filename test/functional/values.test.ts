/** Functions that the replayed test inputs do not reach give PyTorch's values; golden/values.py made them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import torch, { Tensor } from 'tsorch';

type Value = number | boolean | 'nan' | 'inf' | '-inf';
type Plain = { shape: number[]; dtype: string; values: Value[] } | Plain[] | number | boolean | null;

const file = join(__dirname, '../../../test/functional/golden/values.json');
const { prelude, cases } = JSON.parse(readFileSync(file, 'utf8')) as {
  prelude: string;
  cases: { call: string; result: Plain }[];
};

function run(call: string): unknown {
  torch.manual_seed(0);
  return new Function('torch', 'F', `${prelude}; return ${call}`)(torch, torch.nn.functional);
}

/** The last bits of sums differ from machine to machine. */
const TOLERANCE = { float32: 1e-6, complex64: 1e-6, float64: 1e-12 } as Readonly<Record<string, number>>;

function expectSame(actual: unknown, expected: Plain): void {
  if (Array.isArray(expected)) {
    const list = actual as unknown[];
    expect(list.length).toBe(expected.length);
    for (const [i, each] of expected.entries()) expectSame(list[i], each);
  } else if (actual instanceof Tensor) {
    const { shape, dtype, values } = expected as { shape: number[]; dtype: string; values: Value[] };
    expect(actual.shape).toEqual(shape);
    expect(String(actual.dtype)).toBe(dtype);
    const flat = (actual.is_complex() ? torch.view_as_real(actual) : actual).flatten().tolist() as number[];
    const tolerance = TOLERANCE[actual.dtype.name] ?? 0;
    for (const [i, value] of values.entries()) {
      if (typeof value === 'string') expect(String(flat[i]).slice(0, 3).toLowerCase()).toBe(value);
      else if (typeof value === 'boolean') expect(flat[i]).toBe(value);
      else expect(Math.abs(flat[i]! - value)).toBeLessThanOrEqual(tolerance * Math.max(1, Math.abs(value)));
    }
  } else expect(actual).toBe(expected);
}

it.each(cases.map((each) => [each.call, each.result] as const))('%s', (call, result) => {
  expectSame(run(call), result);
});

describe('lobpcg', () => {
  const M = torch.linspace(-1, 2, 49, { dtype: torch.float64 }).reshape(7, 7).sin();
  const W = torch.linspace(0, 1, 49, { dtype: torch.float64 }).reshape(7, 7).cos();
  const A = M.matmul(M.mT).add(torch.diag(torch.arange(7)));

  it.each([true, false])('has the gradient of eigh, largest %s', (largest) => {
    const loss = (D: Tensor, U: Tensor) => D.pow(2).sum().add(U.matmul(U.mT).mul(W).sum());
    const [a, b] = [A.clone().requires_grad_(), A.clone().requires_grad_()];
    const [D, U] = torch.lobpcg(a, { k: 2, largest, niter: 500, tol: 1e-13 });
    loss(D, U).backward();
    const [E, Z] = torch.linalg.eigh(b);
    const from = largest ? 5 : 0;
    loss(E.narrow(0, from, 2), Z.narrow(1, from, 2)).backward();
    const symmetric = b.grad!.add(b.grad!.mT).div(2);
    expect(torch.allclose(a.grad!, symmetric, { rtol: 1e-6, atol: 1e-8 })).toBe(true);
  });

  it('refuses gradients of sparse matrices, in PyTorch’s words', () => {
    const [D] = torch.lobpcg(torch.eye(4).to_sparse().requires_grad_(), { k: 1 });
    expect(() => D.sum().backward()).toThrow('lobpcg.backward does not support sparse input yet.');
  });
});

it('torch.is_floating_point can be asked inside vmap', () => {
  const doubled = torch.vmap((row: Tensor) => (torch.is_floating_point(row) ? row.mul(2) : row));
  expect(doubled(torch.ones(2, 2)).tolist()).toEqual([
    [2, 2],
    [2, 2],
  ]);
});
