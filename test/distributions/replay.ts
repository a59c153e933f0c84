/** Makes what golden/common.py describes, and compares with what it recorded. */
import torch, { type Tensor } from 'tsorch';
import * as distributions from 'tsorch/distributions';

const { constraints } = distributions;

/** Numbers; text stands for what JSON has no numbers for: "NaN". */
type Data = number | string | Data[];
type Numbers = number | Numbers[];

function numbers(data: Data): Numbers {
  return Array.isArray(data) ? data.map(numbers) : Number(data);
}

export type Spec =
  | number
  | string
  | boolean
  | null
  | Spec[]
  | { tensor: Data; dtype: 'float32' }
  | { constraint: string }
  | { new: string; args: Record<string, Spec>; inverse?: boolean };

type Named = Record<string, (new (options: object) => unknown) | undefined>;
const classes = { ...distributions, ...constraints } as unknown as Named;

/** Constraints take their arguments by position. */
const isConstraint = (name: string) => Object.hasOwn(constraints, name);

/** Makes objects from their descriptions. The tensors it makes are its leaves, by the path to them. */
export class Maker {
  readonly leaves: [path: string, leaf: Tensor][] = [];

  constructor(private readonly requires_grad = false) {}

  // biome-ignore lint/suspicious/noExplicitAny: what it makes depends on the description
  make(spec: Spec, path = ''): any {
    if (Array.isArray(spec)) return spec.map((each, i) => this.make(each, `${path}.${i}`));
    if (typeof spec !== 'object' || spec === null) return spec;
    if ('tensor' in spec) return this.leaf(spec, path);
    if ('constraint' in spec) return constraints[spec.constraint as keyof typeof constraints];
    const args = Object.entries(spec.args).map(([name, value]) => [name, this.make(value, `${path}.${name}`)]);
    const type = classes[spec.new]!;
    const made = isConstraint(spec.new)
      ? Reflect.construct(
          type,
          args.map(([, value]) => value),
        )
      : new type(Object.fromEntries(args));
    return spec.inverse ? (made as distributions.Transform).inv : made;
  }

  private leaf({ tensor, dtype }: { tensor: Data; dtype: 'float32' }, path: string): Tensor {
    const made = torch.tensor(numbers(tensor), { dtype: torch[dtype] });
    if (this.requires_grad && made.is_floating_point()) made.requires_grad_();
    this.leaves.push([path, made]);
    return made;
  }
}

// biome-ignore lint/suspicious/noExplicitAny: what it makes depends on the description
export function make(spec: Spec): any {
  return new Maker().make(spec);
}

/** A number that depends on all elements, each in its own way. */
function weighted(x: Tensor): Tensor {
  const finite = torch.where(x.isfinite(), x, torch.zeros_like(x));
  const weights = torch.linspace(0.5, 1.5, Math.max(x.numel(), 1), { dtype: x.dtype });
  return finite.mul(weights.narrow(0, 0, x.numel()).reshape(x.shape)).sum();
}

/** The gradients of `weighted(result)`, by the leaves' paths. */
export function gradients(maker: Maker, result: Tensor): Record<string, Tensor | null> {
  const leaves = maker.leaves.filter(([, leaf]) => leaf.requires_grad);
  if (leaves.length === 0 || !result.requires_grad) return {};
  const found = torch.autograd.grad(
    weighted(result),
    leaves.map(([, leaf]) => leaf),
    { allow_unused: true },
  );
  return Object.fromEntries(leaves.map(([path], i) => [path, found[i] as Tensor | null]));
}

interface RecordedTensor {
  dtype: string;
  shape: number[];
  data: (number | boolean | string)[];
}

export interface RecordedError {
  error: string;
  message: string;
}

export type Recorded = unknown;

/** The classes of JavaScript that stand for Python's. */
const errorNames: Record<string, string> = {
  ValueError: 'RangeError',
  IndexError: 'RangeError',
  RuntimeError: 'TorchError',
  _LinAlgError: 'LinAlgError',
};

export function isError(recorded: Recorded): recorded is RecordedError {
  return typeof recorded === 'object' && recorded !== null && 'error' in recorded;
}

function isTensor(recorded: Recorded): recorded is RecordedTensor {
  return typeof recorded === 'object' && recorded !== null && 'data' in recorded;
}

/** The distance to a number that rounds as far as this many of the largest element's units in the last place. */
const ULPS = 16;
const epsilons: Record<string, number> = { float32: 2 ** -23, float64: 2 ** -52 };

function expectTensor(actual: Tensor, { dtype, shape, data }: RecordedTensor, exact: boolean): void {
  expect(actual).toBeInstanceOf(torch.Tensor);
  expect([String(actual.dtype), actual.shape]).toEqual([`torch.${dtype}`, shape]);
  const found = actual.detach().reshape(-1).tolist() as (number | boolean)[];
  const wanted = data.map((x) =>
    typeof x === 'boolean' ? x : dtype === 'float32' ? Math.fround(Number(x)) : Number(x),
  );
  if (exact || !(dtype in epsilons)) {
    expect(found).toEqual(wanted);
    return;
  }
  const scale = Math.max(...wanted.map((x) => (Number.isFinite(x) ? Math.abs(Number(x)) : 0)));
  const off = found.findIndex((x, i) => !close(Number(x), Number(wanted[i]), scale * ULPS * epsilons[dtype]!));
  if (off >= 0) expect(found).toEqual(wanted);
}

function close(found: number, wanted: number, distance: number): boolean {
  return Object.is(found, wanted) || found === wanted || Math.abs(found - wanted) <= distance;
}

/** Compares a result with a recorded one; samples must agree to the bit. */
export function expectSame(actual: unknown, recorded: Recorded, exact = false): void {
  if (isTensor(recorded)) expectTensor(actual as Tensor, recorded, exact);
  else if (Array.isArray(recorded)) {
    expect((actual as unknown[]).length).toBe(recorded.length);
    recorded.forEach((each, i) => {
      expectSame((actual as unknown[])[i], each, exact);
    });
  } else if (typeof recorded === 'object' && recorded !== null) {
    expect(Object.keys(actual as object).sort()).toEqual(Object.keys(recorded).sort());
    for (const [name, each] of Object.entries(recorded)) {
      expectSame((actual as Record<string, unknown>)[name], each, exact);
    }
  } else if (typeof recorded === 'string' && typeof actual === 'number') {
    expect(actual).toEqual(Number(recorded));
  } else expect(actual).toEqual(recorded);
}

const spaced = (message: string) => message.replace(/ +/g, ' ');

/** Computes and compares: the result, or the error. PyTorch's empty messages are filled in here. */
export function expectOutcome(compute: () => unknown, recorded: Recorded, exact = false): void {
  if (!isError(recorded)) {
    expectSame(compute(), recorded, exact);
    return;
  }
  let caught: unknown;
  try {
    compute();
  } catch (error) {
    caught = error;
  }
  expect((caught as Error | undefined)?.name).toBe(errorNames[recorded.error] ?? recorded.error);
  if (recorded.message !== '') expect(spaced((caught as Error).message)).toBe(spaced(recorded.message));
}

export function seeded<Result>(seed: number, compute: () => Result): Result {
  torch.manual_seed(seed);
  return compute();
}
