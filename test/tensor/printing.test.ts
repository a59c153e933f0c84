import { inspect } from 'node:util';
import torch, { type Tensor } from 'tsorch';
import golden from './golden/printing.json';

interface Bytes {
  bytes: string;
  dtype: string;
  shape: number[];
}

interface Factory {
  name: string;
  arguments: unknown[];
  keywords: Record<string, unknown>;
}

interface Case {
  make: Bytes | Factory;
  steps?: [string, ...unknown[]][];
  requires_grad?: boolean;
  options?: object;
  text: string;
}

type DType = Tensor['dtype'];

const named = torch as unknown as Record<string, unknown>;

function fromBytes({ bytes, dtype, shape }: Bytes): Tensor {
  if (shape.includes(0)) return torch.empty(shape, { dtype: named[dtype] as DType });
  return torch
    .frombuffer(new Uint8Array(Buffer.from(bytes, 'base64')), { dtype: named[dtype] as DType })
    .clone()
    .reshape(shape);
}

function fromFactory({ name, arguments: values, keywords }: Factory): Tensor {
  const dtype = keywords.dtype === undefined ? {} : { dtype: named[keywords.dtype as string] };
  const make = named[name] as (...args: unknown[]) => Tensor;
  return make(...values, { ...keywords, ...dtype });
}

function build({ make, steps = [], requires_grad = false }: Case): Tensor {
  const x = 'bytes' in make ? fromBytes(make) : fromFactory(make);
  if (requires_grad) x.requires_grad_();
  type Methods = Record<string, (...args: unknown[]) => Tensor>;
  return steps.reduce((y, [name, ...args]) => (y as unknown as Methods)[name]!(...args), x);
}

const cases = golden.cases as Case[];

afterEach(() => torch.set_printoptions({ profile: 'default' }));

test(`${cases.length} tensors print as PyTorch prints them`, () => {
  const wrong = cases.filter((each) => {
    torch.set_printoptions({ profile: 'default' });
    torch.set_printoptions(each.options);
    return String(build(each)) !== each.text;
  });
  expect(wrong.map((each) => ({ text: String(build(each)), case: each }))).toEqual([]);
});

test('quantized and nested tensors', () => {
  const x = torch.tensor([1, 2]);
  expect(`${torch.quantize_per_tensor(x, 0.5, 3, torch.quint8)}`).toBe(
    [
      'tensor([1., 2.], size=(2,), dtype=torch.quint8,',
      '       quantization_scheme=torch.per_tensor_affine, scale=0.5, zero_point=3)',
    ].join('\n'),
  );
  const matrix = torch.tensor([
    [1, 0.5, 0],
    [0.75, 0.75, 1],
  ]);
  const scales = torch.tensor([0.5, 0.25]);
  const zeros = torch.tensor([1n, 2n]);
  expect(`${torch.quantize_per_channel(matrix, scales, zeros, 0, torch.qint8)}`).toBe(
    [
      'tensor([[1.0000, 0.5000, 0.0000],',
      '        [0.7500, 0.7500, 1.0000]], size=(2, 3), dtype=torch.qint8,',
      '       quantization_scheme=torch.per_channel_affine,',
      '       scale=tensor([0.5000, 0.2500], dtype=torch.float64),',
      '       zero_point=tensor([1, 2]), axis=0)',
    ].join('\n'),
  );
  expect(`${torch._nested_tensor_from_tensor_list!([torch.ones(2), torch.ones(3)])}`).toBe(
    'nested_tensor([\n  tensor([1., 1.]),\n  tensor([1., 1., 1.])\n])',
  );
});

test('the nodes of special functions, and views that lost theirs', () => {
  const x = torch.ones(3, { requires_grad: true }).mul(1);
  x.index_put_([0], 0);
  expect(`${x}`).toBe('tensor([0., 1., 1.], grad_fn=<CopySlices>)');
  const base = torch.ones(2, { requires_grad: true }).clone();
  const view = torch.no_grad(() => base.index(':1'));
  base.mul_(2);
  expect(`${view}`).toBe('tensor([2.], grad_fn=<Invalid>)');
});

test('tangents of forward-mode differentiation', () => {
  const { dual_level, make_dual } = torch.autograd.forward_ad;
  dual_level(() => {
    const x = make_dual(torch.tensor([1, 2]), torch.tensor([0.5, 1]));
    expect(`${x.mul(2)}`).toBe('tensor([2., 4.], tangent=tensor([1., 2.]))');
    const leaf = torch.tensor([1], { requires_grad: true });
    expect(`${make_dual(leaf, torch.tensor([3]))}`).toBe('tensor([1.], grad_fn=<ViewBackward0>, tangent=tensor([3.]))');
    const long = make_dual(torch.arange(30, { dtype: torch.float32 }), torch.ones(30));
    expect(`${long}`).toMatch(/29\.\],\n {7}tangent=tensor\(\[1\., 1\./);
  });
});

test('the default dtype is not shown', () => {
  torch.set_default_dtype(torch.float64);
  try {
    expect(`${torch.ones(1)}`).toBe('tensor([1.])');
    expect(`${torch.ones(1, { dtype: torch.float32 })}`).toBe('tensor([1.], dtype=torch.float32)');
    expect(`${torch.ones(1, { dtype: torch.complex128 })}`).toBe('tensor([1.+0.j])');
  } finally {
    torch.set_default_dtype(torch.float32);
  }
});

test('console.log, text and templates agree', () => {
  const x = torch.tensor([1.5, 2]);
  expect(inspect(x)).toBe('tensor([1.5000, 2.0000])');
  expect(inspect({ x })).toBe('{ x: tensor([1.5000, 2.0000]) }');
  expect(`${x}`).toBe(x.toString());
});

test('printing records nothing and changes nothing', () => {
  const x = torch.randn(40, 40, { requires_grad: true });
  const version = x._version;
  String(x);
  expect(x.grad_fn).toBeNull();
  expect(x._version).toBe(version);
  expect(torch.is_grad_enabled()).toBe(true);
});

describe('options', () => {
  const defaults = { precision: 4, threshold: 1000, edgeitems: 3, linewidth: 80, sci_mode: null };

  test('are read back, by place or by name', () => {
    expect(torch.get_printoptions()).toEqual(defaults);
    torch.set_printoptions(2, 10, { linewidth: 60 });
    expect(torch.get_printoptions()).toEqual({ ...defaults, precision: 2, threshold: 10, linewidth: 60 });
    torch.set_printoptions({ sci_mode: true });
    expect(torch.get_printoptions().sci_mode).toBe(true);
    torch.set_printoptions({ precision: null });
    expect(torch.get_printoptions()).toMatchObject({ precision: 2, sci_mode: null });
  });

  test('unknown ones are refused', () => {
    expect(() => torch.set_printoptions({ digits: 3 } as never)).toThrow(
      new TypeError("set_printoptions() got an unexpected keyword argument 'digits'"),
    );
  });

  test('printoptions() ends with its callback, or when disposed', () => {
    const x = torch.tensor([1.23456]);
    expect(torch.printoptions({ precision: 1 }, () => String(x))).toBe('tensor([1.2])');
    const mode = torch.printoptions({ precision: 2 });
    expect(String(x)).toBe('tensor([1.23])');
    mode.exit();
    expect(String(x)).toBe('tensor([1.2346])');
    expect(torch.get_printoptions()).toEqual(defaults);
  });
});

test('generators print as in Python, without an address', () => {
  const generator = torch.manual_seed(0);
  expect(inspect(generator)).toBe('<torch._C.Generator object>');
  expect(`${new torch.Generator()}`).toBe(inspect(generator));
});
