/**
 * Random programs, each run twice: quietly, and with noise in every place where other code can run (warnings, getters,
 * hooks, custom Functions): other calls, errors, scopes, collections. The results are the same.
 */
import torch, { type Tensor } from 'tsorch';
import { Function, type FunctionCtx } from 'tsorch/autograd';

/** Numbers of a program's own, so that the noise does not change it. */
function dice(seed: number): (sides: number) => number {
  let state = seed;
  return (sides) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * sides);
  };
}

type Noise = () => void;

const noises: Noise[] = [
  () => torch.gc(),
  () => void torch.arange(6).view(2, 3).add(1).max(1),
  () => torch.tidy(() => torch.ones(3).cumsum(0).tolist()),
  () => torch.ones(2).dispose(),
  () => void torch.from_numpy(new Float32Array(8)).typed_array(),
  () => expect(() => torch.ones(2).add(torch.ones(3))).toThrow('must match'),
  () => expect(torch.cat([torch.ones(2), torch.zeros(1)]).tolist()).toEqual([1, 1, 0]),
  () => {
    for (let i = 0; i < 40; i++) torch.zeros(i % 5);
  },
  () =>
    torch.enable_grad(() => {
      const x = torch.ones(2, { requires_grad: true });
      x.mul(x).sum().backward();
      expect(x.grad!.tolist()).toEqual([2, 2]);
    }),
  () => torch.tidy(() => torch.tidy(() => torch.gc())),
];

/** Cubes, with code of its own in both directions. */
function cubeWith(noise: Noise): (x: Tensor) => Tensor {
  class Cube extends Function {
    static override forward(ctx: FunctionCtx, x: Tensor): Tensor {
      noise();
      ctx.save_for_backward(x);
      return x.pow(3);
    }
    static override backward(ctx: FunctionCtx, grad: Tensor): Tensor {
      noise();
      const [x] = ctx.saved_tensors;
      return grad.mul(x!.pow(2)).mul(3);
    }
  }
  return (x) => Cube.apply(x) as Tensor;
}

/** The same list, with the noise at each element. */
function listOf<T>(values: T[], noise: Noise): T[] {
  return new Proxy(values, {
    get: (list, key) => {
      if (typeof key === 'string' && /^\d+$/.test(key)) noise();
      return Reflect.get(list, key);
    },
  });
}

type Step = (x: Tensor, roll: (sides: number) => number, noise: Noise) => Tensor;

const steps: Step[] = [
  (x) => x.add(1).mul(0.5),
  (x, roll, noise) =>
    torch
      .cat(listOf([x, x.neg(), x], noise), roll(2))
      .index(':3', ':3')
      .contiguous(),
  (x, _, noise) => torch.stack(listOf([x, x.sin()], noise)).mean(listOf([0], noise)),
  (x) => x.matmul(x).tanh(),
  (x, _, noise) => cubeWith(noise)(x),
  (x) => torch.complex(x, x).to(torch.float32), // warns
  (x) => x.index(0, ':1').std().nan_to_num(0.25).add(x), // warns
  (x, roll) => x.index(roll(3), 0).mul(x).tanh(),
  (x, _, noise) => {
    expect(() => torch.cat(listOf([x, torch.ones(5, 5)], noise))).toThrow('Sizes of tensors must match');
    return x;
  },
  (x) => torch.tidy(() => x.add(x).sub(x.mul(0.5))),
  (x, _, noise) => x.view(listOf([9], noise)).view(listOf([3, 3], noise)),
  (x, _, noise) => {
    if (x.requires_grad) x.register_hook(() => noise());
    return x.exp().clamp(-2, 2);
  },
  (x) => x.sort(1).values.add(x.max(0).indices),
];

/** Everything the program can see: the values after each step, the warnings, the gradient. */
function program(seed: number, noise: Noise): unknown[] {
  const roll = dice(seed);
  const seen: unknown[] = [];
  const original = process.emitWarning;
  torch.set_warn_always(true);
  process.emitWarning = ((text: string) => {
    seen.push(String(text).slice(0, 40));
    noise();
  }) as typeof process.emitWarning;
  try {
    const start = torch.arange(9).to(torch.float32).view(3, 3).div(10).requires_grad_(true);
    let x: Tensor = start;
    for (let i = 0; i < 12; i++) {
      x = steps[roll(steps.length)]!(x, roll, noise);
      seen.push(x.tolist());
    }
    x.sum().backward();
    seen.push(start.grad!.tolist());
  } finally {
    process.emitWarning = original;
    torch.set_warn_always(false);
  }
  return seen;
}

let noiseMade = 0;

beforeAll(() => torch.complex(torch.ones(1), torch.ones(1)).to(torch.float32)); // libtorch warns of it once

it.each(Array.from({ length: 60 }, (_, i) => i + 1))('program %i is the same with noise', (seed) => {
  const quiet = program(seed, () => undefined);
  const roll = dice(seed + 1000);
  let depth = 0;
  const noisy = program(seed, () => {
    if (depth > 0) return; // a noise that warns makes none of its own
    depth++;
    noiseMade++;
    try {
      noises[roll(noises.length)]!();
    } finally {
      depth--;
    }
  });
  expect(noisy).toEqual(quiet);
});

it('made noise', () => expect(noiseMade).toBeGreaterThan(500));
