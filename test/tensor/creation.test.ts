import torch, { Complex } from 'tsorch';

describe('torch.tensor', () => {
  it.each([
    ['numbers', [1, 2, 3], 'float32'],
    ['a number', 3, 'float32'],
    ['nested numbers', [[1], [2]], 'float32'],
    ['bigints', [1n, 2n], 'int64'],
    ['booleans', [true, false], 'bool'],
    ['numbers among booleans', [true, 2], 'float32'],
    ['complex numbers', [new Complex(1, 2), 3], 'complex64'],
    ['nothing', [], 'float32'],
    ['a Float64Array', new Float64Array(2), 'float64'],
    ['an Int32Array', new Int32Array(2), 'int32'],
    ['a BigInt64Array', new BigInt64Array(2), 'int64'],
    ['a Uint8Array', new Uint8Array(2), 'uint8'],
    ['a Buffer', Buffer.from([1, 2]), 'uint8'],
  ])('gives %s the dtype of the conventions', (_, data, dtype) => {
    expect(torch.tensor(data).dtype.name).toBe(dtype);
  });

  it('follows the default dtype', () => {
    torch.set_default_dtype(torch.float64);
    try {
      expect(torch.tensor([1.5]).dtype).toBe(torch.float64);
      expect(torch.tensor([new Complex(0, 1)]).dtype).toBe(torch.complex128);
    } finally {
      torch.set_default_dtype(torch.float32);
    }
    expect(() => torch.set_default_dtype(torch.int64)).toThrow('only floating-point types are supported');
  });

  it('keeps shape, values and options', () => {
    const x = torch.tensor(
      [
        [1, 2, 3],
        [4, 5, 6],
      ],
      { dtype: torch.float64, requires_grad: true },
    );
    expect(x.shape).toEqual([2, 3]);
    expect(x.tolist()).toEqual([
      [1, 2, 3],
      [4, 5, 6],
    ]);
    expect(x.requires_grad).toBe(true);
    expect(torch.tensor([1.9, -1.9], { dtype: torch.int32 }).tolist()).toEqual([1, -1]);
    expect(torch.tensor([[], []]).shape).toEqual([2, 0]);
  });

  it('rounds no integer', () => {
    const large = 2n ** 62n + 1n;
    expect(torch.tensor([large]).tolist()).toEqual([large]);
    expect(torch.tensor(large).item()).toBe(large);
    expect(torch.tensor([2n ** 53n - 1n]).item()).toBe(Number.MAX_SAFE_INTEGER);
  });

  it('copies a typed array', () => {
    const data = Float32Array.of(1, 2);
    const x = torch.tensor(data);
    data[0] = 9;
    expect(x.tolist()).toEqual([1, 2]);
  });

  it('takes tensors inside lists', () => {
    expect(torch.tensor([torch.tensor(1), torch.tensor(2)]).tolist()).toEqual([1, 2]);
    expect(torch.tensor([torch.ones(1), torch.ones([1, 1])]).shape).toEqual([2]);
    expect(() => torch.tensor([torch.ones(2), torch.ones(2)])).toThrow(
      new RangeError('only one element tensors can be converted to Python scalars'),
    );
  });

  it.each([
    ['another tensor', [1n, torch.tensor(2.5)], 'float32', [1, 2.5]],
    ['a number behind', [torch.tensor(1n), 2.5], 'float32', [1, 2.5]],
    ['a whole number behind', [torch.tensor(1n), 2], 'int64', [1, 2]],
    ['a number before', [2.5, torch.tensor(1n)], 'float32', [2.5, 1]],
    ['a boolean', [true, torch.tensor(3, { dtype: torch.int8 })], 'int8', [1, 3]],
    ['a half', [torch.tensor(1, { dtype: torch.float16 }), 2.5], 'float32', [1, 2.5]],
    ['a double', [torch.tensor(1), torch.tensor(0.1, { dtype: torch.float64 })], 'float64', [1, 0.1]],
    [
      'rows',
      [
        [torch.tensor(1n), 2],
        [torch.tensor(1.5), 3],
      ],
      'float32',
      [
        [1, 2],
        [1.5, 3],
      ],
    ],
  ] as const)('promotes tensors in lists beside %s', (_name, data, dtype, values) => {
    const made = torch.tensor(data as never);
    expect(made.dtype).toBe(torch[dtype]);
    expect(made.tolist()).toEqual(values);
  });

  it('makes a complex tensor of a tensor beside a complex number', () => {
    const made = torch.tensor([torch.tensor(1, { dtype: torch.float16 }), new torch.Complex(0, 2)]);
    expect(String(made)).toBe('tensor([1.+0.j, 0.+2.j])');
  });

  it('rounds no tensor in a list to an integer', () => {
    expect(() => torch.tensor([torch.tensor(2.5)], { dtype: torch.int64 })).toThrow(
      new TypeError('only integer tensors of a single element can be converted to an index'),
    );
    expect(() => torch.tensor([torch.tensor(new torch.Complex(0, 1))], { dtype: torch.float32 })).toThrow(
      'value cannot be converted to type double without overflow',
    );
  });

  it('refuses uneven lists and strangers', () => {
    expect(() => torch.tensor([[1, 2], [3]])).toThrow('expected sequence of length 2 at dim 1 (got 1)');
    expect(() => torch.tensor(['a'] as never)).toThrow(new RangeError("too many dimensions 'string'"));
    expect(() => torch.tensor([[1], 2] as never)).toThrow(TypeError);
    expect(() => torch.tensor([1, [2]] as never)).toThrow('must be real number, not Array');
  });
});

describe('torch.frombuffer', () => {
  it('shares the memory of an ArrayBuffer and of a typed array', () => {
    const buffer = new ArrayBuffer(16);
    const x = torch.frombuffer(buffer, { dtype: torch.float32 });
    new Float32Array(buffer)[1] = 5;
    expect(x.tolist()).toEqual([0, 5, 0, 0]);
    const array = Int32Array.of(1, 2, 3);
    torch.frombuffer(array, { dtype: torch.int32, offset: 4, count: 1 }).fill_(7);
    expect([...array]).toEqual([1, 7, 3]);
  });

  it('refuses what does not fit', () => {
    const buffer = new ArrayBuffer(6);
    expect(() => torch.frombuffer(buffer, { dtype: torch.float32 })).toThrow('must be a multiple of element size (4)');
    expect(() => torch.frombuffer(buffer, { dtype: torch.int8, offset: 6 })).toThrow(RangeError);
    expect(() => torch.frombuffer(buffer, { dtype: torch.int16, count: 4 })).toThrow(RangeError);
    expect(() => torch.frombuffer(new ArrayBuffer(0), { dtype: torch.int8 })).toThrow('must not be 0');
    expect(() => torch.frombuffer({} as never, { dtype: torch.int8 })).toThrow(TypeError);
  });
});

describe('typed_array', () => {
  it('shows the tensor its own memory', () => {
    const x = torch.zeros(2, 2);
    const view = x.typed_array();
    x.add_(1);
    expect([...view]).toEqual([1, 1, 1, 1]);
    view[3] = 8;
    expect(x.index(1, 1).item()).toBe(8);
    expect([...x.index(1).typed_array()]).toEqual([1, 8]);
  });

  it('outlives its tensor', () => {
    const view = torch.full([1000], 3).typed_array();
    torch.gc();
    expect(view.every((value) => value === 3)).toBe(true);
  });

  it.each([
    ['float16', Uint16Array, 3],
    ['bfloat16', Uint16Array, 3],
    ['complex64', Float32Array, 6],
    ['bool', Uint8Array, 3],
    ['int64', BigInt64Array, 3],
  ] as const)('shows %s as its counterpart', (name, type, length) => {
    const view = torch.zeros(3, { dtype: torch[name] }).typed_array();
    expect(view.constructor.name).toBe(type.name);
    expect(view).toHaveLength(length);
  });

  it('refuses what cannot be viewed', () => {
    expect(() => torch.zeros(2, { requires_grad: true }).typed_array()).toThrow('requires grad');
    expect(() => torch.zeros(2, 3).T.typed_array()).toThrow('non-contiguous');
  });

  it('keeps the storage where it is', () => {
    const x = torch.zeros(2);
    const view = x.typed_array();
    expect(() => x.resize_(100)).toThrow(torch.TorchError);
    expect(view).toHaveLength(2); // still there: the loan ends with it
  });
});

describe('item and tolist', () => {
  test.each([
    [
      [2, 3],
      [
        [0, 1, 2],
        [3, 4, 5],
      ],
    ],
    [
      [2, 0],
      [[], []],
    ],
    [[0, 3], []],
    [[], 0],
  ])('lists are nested as the shape %j says', (shape, lists) => {
    const count = shape.reduce((product, size) => product * size, 1);
    expect(torch.arange(count).view(shape).tolist()).toEqual(lists);
  });

  test('few and many elements are nested alike', () => {
    const few = torch.arange(64).view(2, 32).t();
    const many = torch.arange(66).view(2, 33).t();
    expect((many.tolist() as number[][])[31]).toEqual([31, 64]);
    expect((few.tolist() as number[][])[31]).toEqual([31, 63]);
  });

  it('give numbers, booleans and complex numbers', () => {
    expect(torch.tensor(true).item()).toBe(true);
    expect(torch.tensor([new Complex(1, -2)]).tolist()).toEqual([new Complex(1, -2)]);
    expect(torch.tensor([1.5], { dtype: torch.float16 }).tolist()).toEqual([1.5]);
    expect(torch.tensor([[true], [false]]).tolist()).toEqual([[true], [false]]);
  });

  it('refuse item() of many elements', () => {
    expect(() => torch.zeros(2).item()).toThrow('a Tensor with 2 elements cannot be converted to Scalar');
  });
});

describe('the default device', () => {
  it('holds inside a callback, or until its scope ends', () => {
    expect(torch.device_scope('meta', () => [torch.ones(2).device.type, torch.tensor(1).device.type])).toEqual([
      'meta',
      'meta',
    ]);
    {
      using _ = torch.device_scope('meta');
      expect(torch.get_default_device().type).toBe('meta');
    }
    expect(() =>
      torch.device_scope('meta', () => {
        throw new Error('out');
      }),
    ).toThrow('out');
    expect(torch.zeros(1).device.type).toBe('cpu');
    expect(() => torch.device_scope('meta', async () => 1)).toThrow('the callback returned a promise');
  });
});
