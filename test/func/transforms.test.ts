/** torch.func, forward mode, autograd.functional, gradcheck and checkpoint, against PyTorch. */
import torch, { type Tensor } from 'tsorch';
import { _lend_passes } from 'tsorch/autograd';
import { vmap } from 'tsorch/func';
import golden from './golden/transforms.json';
import { plain, scenarios } from './scenarios';

interface Outcome {
  value?: unknown;
  error?: string;
  message?: string;
}

const classes: Record<string, { new (...args: never[]): Error }> = {
  RuntimeError: torch.TorchError,
  AssertionError: Error,
  GradcheckError: torch.TorchError,
  CheckpointError: torch.TorchError,
  NotImplementedError: torch.NotImplementedError,
  TypeError,
  ValueError: RangeError,
};

/** Python's names of types in JavaScript's. */
function translated(message: string): string {
  return message.replace(/<class 'int'>/g, 'number').replace(/<class 'NoneType'>/g, 'null');
}

function outcome(scenario: () => unknown): unknown {
  try {
    return { value: plain(scenario()) };
  } catch (error) {
    return error;
  }
}

function expectClose(got: unknown, expected: unknown): void {
  if (typeof expected === 'number') expect(got).toBeCloseTo(expected, 4);
  else if (Array.isArray(expected)) {
    expect(got).toHaveLength(expected.length);
    expected.forEach((each, i) => {
      expectClose((got as unknown[])[i], each);
    });
  } else if (typeof expected === 'object' && expected !== null) {
    expect(Object.keys(got as object)).toEqual(Object.keys(expected));
    for (const [key, each] of Object.entries(expected)) expectClose((got as Record<string, unknown>)[key], each);
  } else expect(got).toBe(expected);
}

/** What a checkpoint advises is said in TypeScript here. */
const withoutTip = (message: string): string => message.replace(/\nTip: [\s\S]*/, '');

it('has the scenarios of the reference', () => {
  expect(Object.keys(scenarios)).toEqual(Object.keys(golden));
});

describe.each([
  ['on its own thread', false],
  ['on another thread', true],
])('with the pass %s', (_, lent) => {
  beforeEach(() => _lend_passes(lent));
  afterAll(() => _lend_passes(false));

  it.each(Object.entries(golden as Record<string, Outcome>))('%s', (name, expected) => {
    const got = outcome(scenarios[name]!);
    if (expected.error === undefined) {
      expect(got).toHaveProperty('value');
      expectClose((got as Outcome).value, expected.value);
      return;
    }
    expect(got).toBeInstanceOf(classes[expected.error]);
    const message = translated(expected.message!);
    expect(withoutTip((got as Error).message)).toBe(withoutTip(message));
  });
});

it('leaves no transform behind after an error', () => {
  expect(() =>
    vmap((a: Tensor) => {
      throw new EvalError(`with ${a.shape}`);
    })(torch.ones(2, 3)),
  ).toThrow(new EvalError('with 3'));
  expect(String(torch.ones(2).mul(2))).toBe('tensor([2., 2.])');
});

it('gives each example its own random numbers, or the same', () => {
  const noise = (a: Tensor) => a.add(torch.randn(3));
  const different = vmap(noise, { randomness: 'different' })(torch.zeros(2, 3));
  const same = vmap(noise, { randomness: 'same' })(torch.zeros(2, 3));
  expect(different.select(0, 0).equal(different.select(0, 1))).toBe(false);
  expect(same.select(0, 0).equal(same.select(0, 1))).toBe(true);
});

it('gives a tensor for one argnum by name, and a list for several', () => {
  const f = (a: Tensor, b: Tensor) => a.mul(b).sum();
  const args = [torch.tensor([2]), torch.tensor([3])] as const;
  const one: Tensor = torch.func.grad(f, { argnums: 1 })(...args);
  const two: Tensor[] = torch.func.grad(f, { argnums: [0, 1] })(...args);
  const [gradient, value]: [Tensor, Tensor] = torch.func.grad_and_value(f, { argnums: 0 })(...args);
  expect([one, two, gradient, value].flat().map(Number)).toEqual([2, 3, 2, 3, 6]);
});

it('frees what transforms made', () => {
  const run = () => {
    torch.func.jacrev((a: Tensor) => a.pow(2).sin())(torch.ones(8));
    torch.func.jacfwd((a: Tensor) => a.pow(2).sin())(torch.ones(8));
    torch.func.vmap(torch.func.grad((a: Tensor) => a.exp().sum()))(torch.ones(4, 8));
  };
  run();
  torch.gc();
  const before = torch.memory_stats().tensors;
  for (let i = 0; i < 200; i++) run();
  torch.gc();
  expect(torch.memory_stats().tensors - before).toBeLessThan(20);
});
