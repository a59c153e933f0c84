import torch, { Complex, optim, type Tensor } from 'tsorch';
import golden from './golden/optimizers.json';

type Named = Record<string, unknown>;
type Optimizer = InstanceType<typeof optim.Optimizer>;
type State = Record<string, Tensor | number>;

interface Case {
  class: string;
  options: Named;
  dtype: string;
  layout: string;
  shapes: number[][];
}

const STEPS = 5;
/** Relative and absolute, of the largest value: what rounding in another order explains. */
const tolerances: Record<string, number> = { float32: 1e-5, complex64: 1e-5, float64: 1e-8, bfloat16: 2e-2 };

const classes = optim as unknown as Record<string, new (params: unknown, options: Named) => Optimizer>;

/** The fractions of golden/optimizers.py. */
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

/** The same tensor with its memory in another order, or with gaps. */
function place(x: Tensor, layout: string): Tensor {
  if (layout === 'strided') {
    const strides = x.stride().map((stride) => 2 * stride);
    return torch.empty_strided(x.shape, strides, { dtype: x.dtype }).copy_(x);
  }
  return layout === 'transposed' && x.dim() > 1 ? x.transpose(0, 1).contiguous().transpose(0, 1) : x;
}

function gradient(shape: number[], spec: Case, index: number, step: number): Tensor | null {
  if (index === 1 && step === 2) return null;
  const grad = fractions(shape, spec.dtype, 7, 13 * step + index, 23);
  if (spec.layout !== 'sparse') return grad;
  const mask = torch.tensor(step % 2 === 1 ? [1, 0, 1] : [0, 1, 0], { dtype: grad.dtype });
  return grad.mul(mask.unsqueeze(1)).to_sparse(1);
}

function numbers(x: Tensor): number[] {
  const real = x.is_complex() ? torch.view_as_real(x.detach()) : x.detach();
  const flat = real.to(torch.float64).reshape(-1).tolist() as number[];
  return flat.length > 100 ? flat.filter((_, i) => i % 1117 === 0) : flat;
}

function expectClose(got: number[], want: number[], tolerance: number, where: string): void {
  expect(got).toHaveLength(want.length);
  got.forEach((value, i) => {
    if (!(Math.abs(value - want[i]!) <= tolerance * (1 + Math.abs(want[i]!)))) {
      throw new Error(`${where}: element ${i} is ${value}, PyTorch has ${want[i]}`);
    }
  });
}

function run(spec: Case): { params: Tensor[]; optimizer: Optimizer } {
  const params = spec.shapes.map((shape, i) =>
    place(fractions(shape, spec.dtype, 5, i, 17), spec.layout).requires_grad_(),
  );
  const optimizer = new classes[spec.class]!(params, spec.options);
  for (let step = 0; step < STEPS; step++) {
    params.forEach((param, index) => {
      param.grad = gradient(param.shape, spec, index, step);
    });
    optimizer.step();
  }
  return { params, optimizer };
}

const title = (spec: Case) => {
  const shapes = spec.shapes.length === 1 ? ` ${JSON.stringify(spec.shapes[0])}` : '';
  return `${spec.class} ${spec.dtype} ${spec.layout}${shapes} ${JSON.stringify(spec.options)}`;
};

describe('steps', () => {
  it.each(golden.steps.map((each) => [title(each as Case), each] as const))('%s', (_, expected) => {
    const spec = expected as unknown as Case;
    const tolerance = tolerances[spec.dtype]!;
    const { params, optimizer } = run(spec);
    params.forEach((param, i) => {
      expectClose(numbers(param), expected.params[i]!, tolerance, `parameter ${i}`);
      const state = (optimizer.state.get(param) ?? {}) as State;
      const wanted = expected.state[i] as unknown as Record<string, number[] | number>;
      expect(Object.keys(state)).toEqual(Object.keys(wanted));
      for (const [name, want] of Object.entries(wanted)) {
        const got = state[name]!;
        if (typeof want === 'number') expect(got).toBe(want);
        else expectClose(numbers(got as Tensor), want, tolerance, `${name} of parameter ${i}`);
      }
    });
  });
});

describe('derivatives through the steps', () => {
  it.each(golden.hypergradients.map((each) => [each.class, each] as const))(
    '%s',
    (name, { options, grads: wanted }) => {
      const start = fractions([3, 4], 'float64', 5, 0, 17).requires_grad_();
      const grads = wanted.slice(1).map((_, step) => fractions([3, 4], 'float64', 7, 13 * step, 23).requires_grad_());
      const param = start.clone();
      const optimizer = new classes[name]!([param], { ...options, differentiable: true });
      for (const grad of grads) {
        param.grad = grad.clone();
        optimizer.step();
      }
      const weights = fractions([3, 4], 'float64', 3, 1, 11);
      const results = torch.autograd.grad(param.mul(weights).sum(), [start, ...grads], { allow_unused: true });
      results.forEach((result, i) => {
        const want = wanted[i] as number[] | null;
        if (want === null) expect(result).toBeNull();
        else expectClose(numbers(result!), want, 1e-7, `derivative ${i}`);
      });
    },
  );
});

describe('printout and order of options', () => {
  it.each(golden.texts.map((each) => [`${each.class} ${JSON.stringify(each.options)}`, each] as const))(
    '%s',
    (_, expected) => {
      const optimizer = new classes[expected.class]!([torch.ones(2, 2).requires_grad_()], expected.options);
      expect(String(optimizer)).toBe(expected.text);
      expect(Object.keys(optimizer.state_dict().param_groups[0]!)).toEqual(expected.keys);
    },
  );
});
