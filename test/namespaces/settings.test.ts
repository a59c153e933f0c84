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
