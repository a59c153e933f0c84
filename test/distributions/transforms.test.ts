import torch, { type Tensor } from 'tsorch';
import {
  AffineTransform,
  CatTransform,
  ComposeTransform,
  CorrCholeskyTransform,
  ExpTransform,
  identity_transform,
  Normal,
  PowerTransform,
  ReshapeTransform,
  SigmoidTransform,
  StickBreakingTransform,
  TanhTransform,
  Transform,
  TransformedDistribution,
} from 'tsorch/distributions';
import golden from './golden/transforms.json';
import { expectOutcome, gradients, Maker, make, type Recorded, type Spec } from './replay';

type Case = Record<string, Recorded> & {
  spec: { new: string; args: Record<string, Spec> };
  input: Spec;
  repr: string[];
};
const cases = golden.cases as unknown as Case[];

function applied(spec: Spec, input: Spec, compute: (t: Transform, x: Tensor) => Tensor) {
  const maker = new Maker(true);
  const value = compute(maker.make(spec, 't'), maker.make(input, 'x'));
  return { value, gradients: gradients(maker, value) };
}

test.each(cases.map((each, i) => [`${each.spec.new} ${i}`, each] as const))('%s', (_name, each) => {
  const { spec, input, facts } = each;
  const t: Transform = make(spec);
  const x: Tensor = make(input);
  expect([String(t), String(t.inv)]).toEqual(each.repr);
  for (const [name, value] of Object.entries(facts as Record<string, Recorded>)) {
    expectOutcome(() => t[name as 'sign'], value);
  }
  expectOutcome(() => [String(t.domain), String(t.codomain)], each.constraints);
  expectOutcome(() => applied(spec, input, (t, x) => t(x)), each.forward);
  expectOutcome(() => applied(spec, input, (t, x) => t.inv(t(x))), each.backward);
  expectOutcome(() => applied(spec, input, (t, x) => t.log_abs_det_jacobian(x, t(x))), each.log_abs_det_jacobian);
  expectOutcome(() => make(spec).inv.log_abs_det_jacobian(t(x), x), each['inverse log_abs_det_jacobian']);
  expectOutcome(() => t.forward_shape(x.shape), each.forward_shape);
  expectOutcome(() => t.inverse_shape(t(x).shape), each.inverse_shape);
  expectOutcome(() => [t.with_cache()._cache_size, String(t.with_cache({ cache_size: 1 }))], each.with_cache);
});

const at = (i: number): Transform => make(cases[i]!.spec);
const errors: Record<string, () => unknown> = {
  cache_size: () => new ExpTransform({ cache_size: 2 }),
  reshape: () => new ReshapeTransform([2, 3], [4]),
  'reshape, few dimensions': () => new ReshapeTransform([2, 3], [6]).forward_shape([3]),
  'reshape, other shape': () => new ReshapeTransform([2, 3], [6]).forward_shape([5, 3, 2]),
  'corr_cholesky, no triangle': () => new CorrCholeskyTransform().forward_shape([4]),
  'corr_cholesky, not square': () => new CorrCholeskyTransform().inverse_shape([2, 3]),
  'corr_cholesky, no triangle, applied': () => new CorrCholeskyTransform()(torch.ones(4)),
  simplex: () => new StickBreakingTransform().forward_shape([]),
  independent: () => at(19)(torch.tensor(1)),
  cat: () => at(24)(torch.ones(2, 4)),
  'cat, lengths': () => new CatTransform([new ExpTransform()], 0, [1, 2]),
  'cat, dim': () => at(24)(torch.tensor(1)),
  stack: () => at(26)(torch.ones(2, 4)),
  event_dim: () => at(17).event_dim,
};

test.each(Object.entries(golden.errors as Record<string, Recorded>))('refuses: %s', (name, outcome) => {
  expectOutcome(errors[name]!, outcome);
});

describe('a cache', () => {
  test('gives back the same tensors, both ways', () => {
    const t = new TanhTransform({ cache_size: 1 });
    const x = torch.tensor([100.0]);
    const y = t(x);
    expect(t(x)).toBe(y);
    expect(t.inv(y)).toBe(x);
    expect(t.inv(y.clone()).item()).toBe(Number.POSITIVE_INFINITY);
  });

  test('keeps the densities of saturated samples finite', () => {
    const policy = (cache_size: number) =>
      new TransformedDistribution(new Normal(torch.tensor([20.0]), 0.1), [new TanhTransform({ cache_size })], {
        validate_args: false,
      });
    const [cached, plain] = [policy(1), policy(0)];
    expect(cached.log_prob(cached.rsample()).isfinite().item()).toBe(true);
    expect(plain.log_prob(plain.rsample()).isfinite().item()).toBe(false);
  });

  test('is shared by the parts of a composition', () => {
    const t = new ComposeTransform([new ExpTransform(), new SigmoidTransform()], { cache_size: 1 });
    expect(t.parts.map((part) => part._cache_size)).toEqual([1, 1]);
    const x = torch.randn(3);
    expect(t.inv(t(x))).toBe(x);
  });
});

test('a transform compares by what it does', () => {
  expect(new ExpTransform().equals(new ExpTransform())).toBe(true);
  expect(new ExpTransform().inv.equals(new ExpTransform().inv)).toBe(true);
  expect(new ExpTransform().equals(new SigmoidTransform())).toBe(false);
  expect(new AffineTransform(1, 2).equals(new AffineTransform(torch.ones(3), 2))).toBe(true);
  expect(new AffineTransform(1, 2).equals(new AffineTransform(1, 3))).toBe(false);
  expect(new PowerTransform(2).equals(new PowerTransform(torch.tensor([2.0])))).toBe(true);
  expect(identity_transform.equals(new ComposeTransform([]))).toBe(true);
  expect(new ComposeTransform([new ExpTransform()]).equals(new ComposeTransform([new ExpTransform()]))).toBe(true);
});

test('an inverse has its inverse', () => {
  const t = new ExpTransform();
  expect(t.inv.inv).toBe(t);
  const composed = new ComposeTransform([t, new AffineTransform(0, 2)]);
  expect(composed.inv.inv).toBe(composed);
});

test("a user's transform", () => {
  class Cube extends Transform {
    override get domain() {
      return new ExpTransform().domain;
    }

    override get codomain() {
      return this.domain;
    }

    override get bijective() {
      return true;
    }

    protected override _call(x: Tensor) {
      return x.pow(3);
    }

    protected override _inverse(y: Tensor) {
      return y.sign().mul(y.abs().pow(1 / 3));
    }

    override log_abs_det_jacobian(x: Tensor) {
      return x.pow(2).mul(3).log();
    }
  }
  const d = new TransformedDistribution(new Normal(0, 1), new Cube());
  expect(String(new Cube().with_cache(1))).toBe('Cube()');
  expect(d.log_prob(torch.tensor(8)).item()).toBeCloseTo(-0.5 * 4 - 0.5 * Math.log(2 * Math.PI) - Math.log(12), 4);
  expect(() => new Cube().sign).toThrow('does not implement sign');
});
