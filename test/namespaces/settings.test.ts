import torch from 'tsorch';

describe.each(['set_num_threads', 'set_num_interop_threads'] as const)('%s', (name) => {
  it('takes positive integers', () => {
    expect(() => torch[name](0)).toThrow(new torch.TorchError(`${name} expects a positive integer`));
    expect(() => torch[name](-1)).toThrow(`${name} expects a positive integer`);
    expect(() => torch[name](2 ** 31)).toThrow(new RangeError('Overflow when unpacking long'));
    expect(() => torch[name](1.5)).toThrow(`${name} expects an int, but got number`);
    expect(() => torch[name]('a' as never)).toThrow(`${name} expects an int, but got string`);
  });
});

it('deterministic algorithms are switched by booleans', () => {
  const name = '_set_deterministic_algorithms()';
  expect(() => torch.use_deterministic_algorithms(1 as never)).toThrow(
    new TypeError(`${name}: argument 'mode' (position 1) must be bool, not number`),
  );
  expect(() => torch.use_deterministic_algorithms(true, { warn_only: 1 as never })).toThrow(
    new TypeError(`${name}: argument 'warn_only' must be bool, not number`),
  );
  expect(torch.are_deterministic_algorithms_enabled()).toBe(false);
});

it('a debug mode is one of three', () => {
  expect(() => torch.set_deterministic_debug_mode(3 as never)).toThrow(
    new torch.TorchError('invalid value of debug_mode, expected 0, 1, or 2, but got 3'),
  );
  expect(() => torch.set_deterministic_debug_mode('all' as never)).toThrow(torch.TorchError);
});

it.each([
  ['an index', () => torch.device(-1)],
  ['a type and an index', () => torch.device('cuda', -2)],
  ['the CPU', () => torch.device('cpu', -1)],
  ['an option', () => torch.ones(2, { device: -1 })],
])('a device has no negative index, given as %s', (_name, make) => {
  expect(make).toThrow(new torch.TorchError('Device index must not be negative'));
});

it('a device has one text', () => {
  expect(() => torch.device('cuda:01')).toThrow("Invalid device string: 'cuda:01'");
  expect(String(torch.device('cuda:10'))).toBe('cuda:10');
});

it('quantized dtypes do not say whether they are signed', () => {
  for (const dtype of [torch.qint8, torch.quint8, torch.qint32, torch.quint4x2] as torch.dtype[]) {
    expect(() => dtype.is_signed).toThrow(new torch.TorchError('isSignedType not supported for quantized types'));
  }
  expect([torch.bool.is_signed, torch.complex64.is_signed, torch.uint16.is_signed]).toEqual([false, true, false]);
});

it('settings and modes take their arguments by name, and a callback behind them', () => {
  const { serialization, sparse } = torch;
  const on = torch.sparse.check_sparse_tensor_invariants.is_enabled;
  {
    using _ = new sparse.check_sparse_tensor_invariants({ enable: true });
    expect(on()).toBe(true);
    using _off = new sparse.check_sparse_tensor_invariants(false);
    expect(on()).toBe(false);
  }
  expect(on()).toBe(false);
  expect(() => new sparse.check_sparse_tensor_invariants(3 as never)).toThrow(TypeError);

  serialization.set_crc32_options({ compute_crc32: false });
  expect(serialization.get_crc32_options()).toBe(false);
  serialization.set_crc32_options(true);
  serialization.set_default_load_endianness({ endianness: 'BIG' });
  expect(serialization.get_default_load_endianness()).toBe('BIG');
  serialization.set_default_load_endianness(null);
  expect(serialization.set_default_mmap_options({ flags: 1 }, () => serialization.get_default_mmap_options())).toBe(1);
  expect(serialization.get_default_mmap_options()).toBe(2);

  torch.set_autocast_enabled({ device_type: 'cpu', enabled: true });
  expect(torch.is_autocast_enabled({ device_type: 'cpu' })).toBe(true);
  torch.set_autocast_enabled('cpu', false);
  const before = torch.get_autocast_dtype({ device_type: 'cpu' });
  torch.set_autocast_dtype({ device_type: 'cpu', dtype: torch.float16 });
  expect(torch.get_autocast_dtype('cpu')).toBe(torch.float16);
  torch.set_autocast_dtype('cpu', before);

  const x = torch.ones(2, { requires_grad: true });
  const y = torch.autograd.graph.save_on_cpu({ pin_memory: false, device_type: 'cuda' }, () => x.exp());
  y.sum().backward();
  expect(x.grad).not.toBeNull();
  expect(() => torch.autograd.graph.save_on_cpu({ foo: 1 } as never, () => x.exp())).toThrow(/unexpected keyword/);
});

it('what is no dtype cannot be the default one', () => {
  for (const wrong of [3, 'float32', null, undefined]) {
    expect(() => torch.set_default_dtype(wrong as never)).toThrow(
      new TypeError('invalid dtype object: only floating-point types are supported as the default type'),
    );
  }
});
