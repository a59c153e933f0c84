import torch from 'tsorch';

const a = torch.tensor([
  [1, 2],
  [3, 4],
]); // prettier-ignore

describe('arguments', () => {
  it('go by position and by name', () => {
    expect(a.sum(1).tolist()).toEqual([3, 7]);
    expect(a.sum(1, { keepdim: true }).tolist()).toEqual([[3], [7]]);
    expect(a.sum({ dim: 1 }).tolist()).toEqual([3, 7]);
    expect(torch.sum(a, { dim: [0, 1] }).item()).toBe(10);
    expect(torch.add({ input: a, other: a, alpha: 2 }).tolist()).toEqual([
      [3, 6],
      [9, 12],
    ]); // prettier-ignore
  });

  it('go by name to methods that are written by hand too', () => {
    expect([a.size({ dim: 1 }), a.stride({ dim: 0 })]).toEqual([2, 2]);
    expect(torch.set_grad_enabled({ mode: false }, () => torch.is_grad_enabled())).toBe(false);
    expect(a.cuda({ device: 'cpu', non_blocking: true }).tolist()).toEqual(a.tolist());
    expect(() => a.size({ dims: 1 } as never)).toThrow("size() got an unexpected keyword argument 'dims'");
  });

  it('that are lists changed in place are what comes back', () => {
    const list = [torch.ones(2), torch.ones(3)];
    expect(torch._foreach_add_!(list, 1)).toBe(list);
    expect(torch._foreach_abs_!(list)).toBe(list);
    expect(torch._foreach_zero_!({ self: list } as never)).toBe(list);
    expect(torch._foreach_add!(list, 1)).not.toBe(list);
    expect(list.map((x) => x.tolist())).toEqual([
      [0, 0],
      [0, 0, 0],
    ]);
  });

  it('may be sizes one by one or in a list', () => {
    expect(torch.zeros(2, 3).shape).toEqual([2, 3]);
    expect(torch.zeros([2, 3]).shape).toEqual([2, 3]);
    expect(a.view(4).shape).toEqual([4]);
    expect(a.permute(1, 0).tolist()).toEqual([
      [1, 3],
      [2, 4],
    ]); // prettier-ignore
    expect(torch.zeros([]).shape).toEqual([]);
  });

  it('stand for an empty list when they are null and that is the default', () => {
    expect([a.amax(null).item(), torch.amin(a, { dim: null }).item()]).toEqual([4, 1]);
    for (let i = 0; i < 2; i++)
      expect(torch.roll(a, 1, null).tolist()).toEqual([
        [4, 1],
        [2, 3],
      ]); // prettier-ignore
    expect(torch.max_pool1d(a, 2, null).tolist()).toEqual([[2], [4]]);
    expect(() => torch.roll(a, null as never)).toThrow(
      "argument 'shifts' (position 2) must be tuple of ints, not null",
    );
  });

  it('keep the type of a number', () => {
    const whole = torch.tensor([1n, 2n]);
    expect(whole.add(2).dtype).toBe(torch.int64);
    expect(whole.mul(0.5).dtype).toBe(torch.float32);
    expect(whole.add(true).dtype).toBe(torch.int64);
    expect(a.mul(new torch.Complex(0, 1)).dtype).toBe(torch.complex64);
    expect(torch.arange(5).dtype).toBe(torch.int64);
    expect(torch.arange(0, 1, 0.5).dtype).toBe(torch.float32);
  });

  it('stay the same objects where PyTorch returns them', () => {
    expect(a.clone().add_(1)).not.toBe(a);
    const b = a.clone();
    expect(b.add_(1)).toBe(b);
    expect(b.contiguous()).toBe(b);
    expect(b.to(torch.float32)).toBe(b);
    const out = torch.empty(2, 2);
    expect(torch.add(a, a, { out })).toBe(out);
    expect(out.tolist()).toEqual([
      [2, 4],
      [6, 8],
    ]); // prettier-ignore
  });

  it('give named results', () => {
    const result = a.max(0);
    expect(result.values.tolist()).toEqual([3, 4]);
    expect(result.indices.tolist()).toEqual([1, 1]);
    const [values] = result;
    expect(values).toBe(result.values);
    expect(String(result)).toBe('torch.return_types.max(\nvalues=tensor([3., 4.]),\nindices=tensor([1, 1]))');
    const out: [typeof a, typeof a] = [torch.empty(0), torch.empty(0, { dtype: torch.int64 })];
    expect(torch.max(a, 0, { out })[0]).toBe(out[0]);
  });

  it('may be of another realm', () => {
    // jest runs each file in a realm of its own: this object's prototype is not the package's Object.prototype
    expect(a.sum(Object.create(null, { dim: { value: 0, enumerable: true } }) as { dim: number }).tolist()).toEqual([
      4, 6,
    ]);
  });
});

describe('wrong calls', () => {
  it.each([
    [() => a.add('x' as never), "add(): argument 'other' (position 1) must be Tensor, not string"],
    [() => torch.add(a, null as never), "add(): argument 'other' (position 2) must be Tensor, not null"],
    [() => (a.relu as (x: unknown) => unknown)(1), 'TensorBase.relu() takes no arguments (1 given)'],
    [() => (torch.relu as () => unknown)(), 'relu() missing 1 required positional arguments: "input"'],
    [() => a.add(a, { beta: 1 } as never), "add() got an unexpected keyword argument 'beta'"],
    [
      () => a.sum('0' as never),
      /^sum\(\) received an invalid combination of arguments - got \(string\), but expected one of:\n \* \(/,
    ],
    [() => torch.cat([a, 'x'] as never), 'expected Tensor as element 1 in argument 0, but got string'],
  ])('%# say what is wrong', (call, message) => {
    expect(call).toThrow(TypeError);
    expect(call).toThrow(message);
  });

  it('report what libtorch refuses', () => {
    expect(() => torch.zeros(2).add(torch.zeros(3))).toThrow(
      new torch.TorchError('The size of tensor a (2) must match the size of tensor b (3) at non-singleton dimension 0'),
    );
    expect(() => a.matmul(torch.zeros(3))).toThrow(torch.TorchError);
    expect(() => a.sum(5)).toThrow(RangeError);
    expect(() => torch.linalg.inv(torch.zeros(2, 2))).toThrow(torch.LinAlgError);
  });

  it('leave the JavaScript stack on the error', () => {
    try {
      torch.zeros(2).view(3);
    } catch (error) {
      expect((error as Error).stack).toContain('calls.test');
      return;
    }
    throw new Error('view(3) did not throw');
  });
});

describe('torch.ops', () => {
  it('calls an operator by its schema', () => {
    expect(torch.ops.aten!.add!(a, a, { alpha: 3 })).toEqual(expect.anything());
    expect(String(torch.ops.aten!.mul!.Tensor!(a, a))).toBe(String(a.mul(a)));
    const b = a.clone();
    expect(torch.ops.aten!.add_!.Scalar!(b, 1)).toBe(b);
  });

  it('refuses what libtorch does not have', () => {
    expect(() => torch.ops.aten!.no_such_thing).toThrow(
      "'aten::no_such_thing' is not an operator of the loaded libtorch",
    );
  });
});
