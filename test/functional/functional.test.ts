import torch from 'tsorch';

const F = torch.nn.functional;
const x = torch.ones(2, 3);

describe('functions written in Python', () => {
  it('take arguments by position, by name, or some of each', () => {
    expect(F.leaky_relu(x.neg(), 0.5).tolist()).toEqual(F.leaky_relu({ input: x.neg(), negative_slope: 0.5 }).tolist());
    expect(F.leaky_relu(x.neg(), { negative_slope: 0.5 }).tolist()).toEqual(x.mul(-0.5).tolist());
  });

  // each message is PyTorch 2.13's own, with JavaScript's names of types
  it.each([
    [
      () => (F.relu as (...args: unknown[]) => unknown)(x, true, 2, 3),
      'relu() takes from 1 to 2 positional arguments but 4 were given',
    ],
    [
      () => torch.einsum({ equation: 'i', operands: [x] } as never),
      "einsum() got an unexpected keyword argument 'equation'",
    ],
    [() => torch.block_diag({ tensors: [x] } as never), "block_diag() got an unexpected keyword argument 'tensors'"],
    [() => F.relu(x, { foo: 3 } as never), "relu() got an unexpected keyword argument 'foo'"],
    [() => (F.relu as () => unknown)(), "relu() missing 1 required positional argument: 'input'"],
    [() => x.norm({ foo: 3 } as never), "Tensor.norm() got an unexpected keyword argument 'foo'"],
    [
      () => (torch.signal.windows.hann as (...args: unknown[]) => unknown)(3, 4),
      'hann() takes 1 positional argument but 2 were given',
    ],
    [() => torch.cat([x, 3] as never), 'expected Tensor as element 1 in argument 0, but got number'],
    [
      () => x.view(2, 'a' as never),
      'view(): argument \'size\' failed to unpack the object at pos 2 with error "type must be tuple of ints,but got string"',
    ],
    [
      () => x.eq('a' as never),
      'eq() received an invalid combination of arguments - got (string), but expected one of:\n * (Tensor other)\n' +
        "      didn't match because some of the arguments have invalid types: (!string!)\n * (Number other)\n" +
        "      didn't match because some of the arguments have invalid types: (!string!)\n",
    ],
  ])('%# say what is wrong with a call', (call, message) => {
    expect(call).toThrow(new TypeError(message));
  });

  it('make sparse tensors from their parts', () => {
    const sparse = torch.sparse_coo_tensor(
      [
        [0, 1],
        [1, 0],
      ],
      [1, 2],
      [2, 2],
    );
    expect(sparse.to_dense().tolist()).toEqual([
      [0, 1],
      [2, 0],
    ]);
    expect(() => torch.sparse_coo_tensor([[0, 1]], [1])).toThrow(
      'indices and values must have same nnz, but got nnz from indices: 2, nnz from values: 1',
    );
  });

  it('know the limits of dtypes', () => {
    expect(String(torch.finfo(torch.float16))).toBe(
      'finfo(resolution=0.001, min=-65504, max=65504, eps=0.000976562, smallest_normal=6.10352e-05, tiny=6.10352e-05, dtype=float16)',
    );
    expect(String(torch.iinfo(torch.int8))).toBe('iinfo(min=-128, max=127, dtype=int8)');
  });

  it('leave masked elements out', () => {
    const mask = torch.tensor([
      [true, false, true],
      [false, false, false],
    ]);
    expect(torch.masked.sum(torch.arange(6).reshape(2, 3), 1, { mask }).tolist()).toEqual([2, 0]);
  });
});

test('interpolate names the dimensions it takes', () => {
  expect(() => F.interpolate(torch.ones(3), { scale_factor: 2 })).toThrow(
    'Input Error: Only 3D, 4D and 5D input Tensors supported (got 1D)',
  );
});

it('einsum wants an operand, in a list too', () => {
  const error = new RangeError(
    'einsum(): must specify the equation string and at least one operand, or at least one operand and its subscripts list',
  );
  expect(() => torch.einsum('')).toThrow(error);
  expect(() => torch.einsum('...', [])).toThrow(error);
  expect(torch.einsum('i->', [torch.ones(3)]).item()).toBe(3);
});

it('make_tensor draws integers between bounds that numbers cannot say', () => {
  const { make_tensor } = torch.testing;
  const most = 2n ** 63n;
  const draw = (low: number | bigint, high: number | bigint) =>
    make_tensor(3, { dtype: torch.int64, device: 'cpu', low, high }).tolist();
  expect(draw(most - 2n, most - 1n)).toEqual([most - 2n, most - 2n, most - 2n]);
  expect(draw(2n ** 62n, 2n ** 62n + 1n)).toEqual([2n ** 62n, 2n ** 62n, 2n ** 62n]);
  expect(draw(-Infinity, Infinity)).toHaveLength(3);
  expect(draw(1.5, 2.5)).toEqual([2, 2, 2]);
  expect(() => draw(2n ** 62n, 2n ** 62n)).toThrow(/`low` must be less than `high`/);
});
