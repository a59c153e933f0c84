import torch, { copy, nn } from 'tsorch';

describe('copy.deepcopy keeps what is shared', () => {
  it('views of one storage, with their strides and offsets', () => {
    const whole = torch.arange(6);
    const [part, all] = copy.deepcopy([whole.index('1:5:2'), whole]);
    part.fill_(9);
    expect(all.tolist()).toEqual([0, 9, 2, 9, 4, 5]);
    expect([part.stride(), part.storage_offset()]).toEqual([[2], 1]);
    expect(whole.tolist()).toEqual([0, 1, 2, 3, 4, 5]);
    expect(copy.deepcopy(torch.ones(1).expand(3)).stride()).toEqual([0]);
    expect(copy.deepcopy(torch.arange(6).view(2, 3).t()).stride()).toEqual([1, 3]);
  });

  it('buffers of a module that are slices of one', () => {
    const module = new (class extends nn.Module {})();
    const flat = torch.zeros(4);
    module.register_buffer('flat', flat);
    module.register_buffer('end', flat.index('2:'));
    const { flat: copied, end } = Object.fromEntries(copy.deepcopy(module).named_buffers());
    copied!.fill_(1);
    expect(end!.tolist()).toEqual([1, 1]);
  });

  it('weights of a state that are tied; of a module, each parameter has memory of its own', () => {
    const [a, b] = [new nn.Linear(1, 1), new nn.Linear(1, 1)];
    b.weight = a.weight;
    const states = copy.deepcopy({ a: a.state_dict(), b: b.state_dict() });
    (states.a.weight as torch.Tensor).fill_(4);
    expect((states.b.weight as torch.Tensor).item()).toBe(4);
    const weight = new nn.Parameter(torch.ones(2));
    const [first, second] = copy.deepcopy([weight, weight.detach()]);
    torch.no_grad(() => first.fill_(5));
    expect(second.tolist()).toEqual([1, 1]);
  });

  it('over calls with one memo, and dtypes of one storage', () => {
    const bits = torch.arange(4, { dtype: torch.float32 });
    const memo: copy.Memo = new Map();
    const floats = copy.deepcopy(bits, memo);
    const integers = copy.deepcopy(bits.view(torch.int32).index('1:'), memo);
    floats.fill_(0);
    expect(integers.tolist()).toEqual([0, 0, 0]);
  });

  it('conjugates and negatives as plain values; sparse, quantized and meta tensors', () => {
    const z = torch.tensor([new torch.Complex(1, 2)]).conj();
    expect(copy.deepcopy(z).is_conj()).toBe(false);
    expect(copy.deepcopy(z.imag).tolist()).toEqual([-2]);
    expect(copy.deepcopy(torch.eye(2).to_sparse()).is_coalesced()).toBe(true);
    expect(copy.deepcopy(torch.ones(2, { device: 'meta' })).is_meta).toBe(true);
    const q = torch.quantize_per_tensor(torch.ones(3), 0.1, 2, torch.quint8);
    expect(String(copy.deepcopy(q))).toBe(String(q));
  });

  it('properties of tensors, their gradients, and generators', () => {
    const x: torch.Tensor & { tag?: number[] } = torch.ones(2, { requires_grad: true });
    x.tag = [1];
    x.sum().backward();
    const copied = copy.deepcopy(x);
    expect(copied.tag).toEqual([1]);
    expect(copied.tag).not.toBe(x.tag);
    expect(copied.grad!.tolist()).toEqual([1, 1]);
    const generator = new torch.Generator().manual_seed(5);
    const again = copy.deepcopy(generator);
    torch.rand(2, { generator });
    expect(torch.rand(1, { generator: again }).item()).toBeCloseTo(0.8303, 4);
  });
});

describe('copy.copy', () => {
  it('shares what is inside', () => {
    const x = torch.ones(2, { requires_grad: true });
    const copied = copy.copy(x.mul(2));
    expect([copied.is_leaf, copied.requires_grad]).toEqual([true, true]);
    expect(copy.copy(x).data_ptr()).toBe(x.data_ptr());
    const list = [[1]];
    expect(copy.copy(list)).not.toBe(list);
    expect(copy.copy(list)[0]).toBe(list[0]);
    const layer = new nn.Linear(2, 2);
    expect(copy.copy(layer).weight).toBe(layer.weight);
  });
});

describe('a parameter without a shape', () => {
  const refused = 'Attempted to use an uninitialized parameter in ';

  it('is refused by functions and methods', () => {
    const x = new nn.UninitializedParameter();
    const calls = [
      () => torch.add(x, x),
      () => torch.empty_like(x),
      () => torch.cat([torch.ones(1), x]),
      () => torch.ones(1).add(x),
      () => torch.sum({ input: x }),
      () => x.mul(2),
      () => x.index(0),
      () => x.numel(),
      () => x.requires_grad_(false),
    ];
    for (const call of calls) expect(call).toThrow(refused);
    expect(() => torch.add(x, x)).toThrow(RangeError);
    expect(() => x.tolist()).toThrow("<method 'tolist' of 'torch._C.TensorBase' objects>");
    expect(() => new nn.LazyLinear(3).share_memory()).toThrow("Can't share memory on an uninitialized parameter");
  });

  it('can be moved and cast, and works once it is materialized', () => {
    const x = new nn.UninitializedParameter();
    expect(x.to(torch.float64).dtype).toBe(torch.float64);
    expect([x.requires_grad, x.is_leaf, x.device.type, x.grad]).toEqual([true, true, 'cpu', null]);
    x.materialize([2]);
    expect(x.mul(0).numel()).toBe(2);
  });

  it('is a buffer where it is one', () => {
    const module: nn.LazyLinear & { b?: torch.Tensor } = new nn.LazyLinear(2);
    module.weight = new nn.Parameter(torch.ones(2, 2));
    module.bias = new nn.Parameter(torch.ones(2));
    expect(module.has_uninitialized_params()).toBe(false);
    module.b = new nn.UninitializedBuffer({ persistent: false });
    expect(module.has_uninitialized_params()).toBe(true);
    expect(Object.keys(module.state_dict())).toEqual(['weight', 'bias']);
    expect(() => module.b!.add(1)).toThrow('torch.nn.parameter.UninitializedBuffer');
  });
});

it('is two functions, as in Python', () => {
  expect(Object.keys(copy).sort()).toEqual(['copy', 'deepcopy']);
});
