import { createHash } from 'node:crypto';
import torch, { Complex, optim, type Tensor } from 'tsorch';
import golden from './golden/bits.json';

type Options = Record<string, unknown>;
type Optimizer = InstanceType<typeof optim.Optimizer>;
type Spec = Pick<(typeof golden.cases)[number], 'class' | 'dtype'> & { options: object };

const STEPS = 30;
const SHAPES = [[67], [3, 5], []];
const MATRICES = [
  [3, 5],
  [17, 9],
];
const classes = optim as unknown as Record<string, new (params: unknown, options: Options) => Optimizer>;

/** The fractions of golden/bits.py. */
function fractions(shape: number[], dtype: string, a: number, b: number, modulus: number): Tensor {
  const count = shape.reduce((x, y) => x * y, 1);
  const half = Math.floor(modulus / 2);
  const real = Array.from({ length: count }, (_, i) => (((a * i + b) % modulus) - half) / half);
  const data = dtype.startsWith('complex') ? real.map((x) => new Complex(x, -0.5 * x)) : Float64Array.from(real);
  return torch
    .tensor(data)
    .to(torch[dtype as 'float32'])
    .reshape(shape);
}

function decode(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(decode);
  return value instanceof Object ? torch.tensor((value as { $tensor: number }).$tensor) : value;
}

function bits(tensors: Tensor[]): string {
  const digest = createHash('sha256');
  for (const x of tensors) {
    const real = x.detach().clone({ memory_format: torch.contiguous_format });
    const flat = (real.is_complex() ? torch.view_as_real(real) : real).reshape(-1);
    digest.update(flat.view(torch.uint8).typed_array() as Uint8Array);
  }
  return digest.digest('hex').slice(0, 12);
}

/** The same tensor with gaps in its memory, where only operators on one tensor after the other can compute. */
function withGaps(x: Tensor): Tensor {
  const strides = x.stride().map((stride) => 2 * stride);
  return torch.empty_strided(x.shape, strides, { dtype: x.dtype }).copy_(x);
}

function run(
  spec: Spec,
  shapes: number[][],
  { place = (x: Tensor) => x, resumed = false, steps = STEPS } = {},
): [string, string] {
  const params = shapes.map((shape, i) => place(fractions(shape, spec.dtype, 5, i, 17)).requires_grad_());
  const options = Object.fromEntries(Object.entries(spec.options).map(([key, value]) => [key, decode(value)]));
  let optimizer = new classes[spec.class]!(params, options);
  for (let step = 0; step < steps; step++) {
    if (resumed && step === STEPS / 2) {
      const saved = optimizer.state_dict();
      optimizer = new classes[spec.class]!(params, {});
      optimizer.load_state_dict(saved);
    }
    params.forEach((param, i) => {
      param.grad = fractions(param.shape, spec.dtype, 7, 13 * step + i, 23);
    });
    optimizer.step();
  }
  const states = params.map((param) => (optimizer.state.get(param) ?? {}) as Record<string, unknown>);
  const tensors = states.flatMap((state) =>
    Object.keys(state)
      .sort()
      .map((key) => state[key])
      .filter((value): value is Tensor => value instanceof torch.Tensor),
  );
  return [bits(params), bits(tensors)];
}

/** How this machine rounds additions and roots. */
function probe(): string {
  const parts = [torch.float32, torch.float64].flatMap((dtype) => {
    const x = torch.arange(1, 1001, { dtype: torch.float64 }).div(7).to(dtype);
    return [x.sqrt(), x.add(x.flip(0), { alpha: 0.1 }), x.lerp(x.flip(0), 0.3)];
  });
  return bits(parts);
}

const machine = golden.probes.indexOf(probe());
const title = (spec: Spec) => `${spec.class} ${JSON.stringify(spec.options)} ${spec.dtype}`;
const plain = golden.cases.filter(
  (spec) => /^float(32|64)$/.test(spec.dtype) && !('fused' in spec.options || 'foreach' in spec.options),
);

describe('optimizers round as PyTorch does', () => {
  // Machines that round unlike those the values were made on have the comparison below.
  const comparable = machine < 0 ? [] : golden.cases;
  it('knows how this machine rounds, or compares nothing', () => {
    expect(comparable.length === 0).toBe(machine < 0);
  });
  if (comparable.length > 0) {
    it.each(comparable.map((spec) => [title(spec), spec] as const))('%s', (_, spec) => {
      expect(run(spec, spec.class === 'Muon' ? MATRICES : SHAPES)).toEqual(spec.bits[machine]);
    });
  }
});

describe('one pass over the memory rounds as operators one after the other', () => {
  const sizes = [1, 2, 3, 7, 8, 9, 15, 17, 31, 33, 65, 100, 4097];
  const specs = plain.filter((spec) => !['Muon', 'Adafactor'].includes(spec.class));
  it.each(specs.map((spec) => [title(spec), spec] as const))('%s', (_, spec) => {
    const shapes = sizes.map((size) => [size]);
    expect(run(spec, shapes, { steps: 3 })).toEqual(run(spec, shapes, { steps: 3, place: withGaps }));
  });

  // PyTorch loads mu_product of NAdam in the parameter's dtype, where it then rounds otherwise.
  const resumable = plain.filter((spec) => spec.class !== 'NAdam' || spec.dtype === 'float32');
  it.each(resumable.map((spec) => [title(spec), spec] as const))('and resumed: %s', (_, spec) => {
    const shapes = spec.class === 'Muon' ? MATRICES : SHAPES;
    expect(run(spec, shapes, { resumed: true })[0]).toBe(run(spec, shapes)[0]);
  });

  it('with several threads', () => {
    const threads = torch.get_num_threads();
    torch.set_num_threads(2);
    try {
      const spec = { class: 'AdamW', options: {}, dtype: 'float32' };
      expect(run(spec, [[70_001]], { steps: 2 })).toEqual(run(spec, [[70_001]], { steps: 2, place: withGaps }));
    } finally {
      torch.set_num_threads(threads);
    }
  });
});
