import torch, { type Tensor } from 'tsorch';
import type { Distribution } from 'tsorch/distributions';
import golden from './golden/distributions.json';
import { expectOutcome, expectSame, gradients, Maker, make, type Recorded, type Spec, seeded } from './replay';

type Facts = Record<string, Recorded> & { spec: Spec };

const cases = golden.cases as unknown as Record<string, Facts[]>;
const drawn = <Result>(compute: () => Result): Result => seeded(golden.seed, compute);

/** A result and its gradients, with the parameters as leaves. */
function differentiated(spec: Spec, compute: (d: Distribution) => Tensor) {
  const maker = new Maker(true);
  const d = maker.make(spec);
  const value = drawn(() => compute(d));
  return { value, gradients: gradients(maker, value) };
}

function fractions(d: Distribution): Tensor {
  return torch.tensor([0.1, 0.5, 0.8], { dtype: d.mean.dtype }).reshape([-1, ...d.batch_shape.map(() => 1)]);
}

function expanded(d: Distribution) {
  const larger = d.expand([2, ...d.batch_shape]);
  const sample = drawn(() => larger.sample());
  return [String(larger), larger.batch_shape, sample, larger.log_prob(sample), larger.has_rsample];
}

type Check = (facts: Facts) => void;

const checks: Record<string, Check> = {
  facts(facts) {
    const d: Distribution = make(facts.spec);
    for (const name of ['batch_shape', 'event_shape', 'has_rsample', 'has_enumerate_support'] as const) {
      expect(d[name]).toEqual(facts[name]);
    }
    expectOutcome(() => String(d.support), facts.support);
    expectOutcome(() => [d.support.is_discrete, d.support.event_dim], facts.support_facts);
  },

  printout(facts) {
    const { spec } = facts;
    expect(String(make(spec))).toBe(facts.repr);
    const texts = Object.entries(make(spec).arg_constraints).map(([name, constraint]) => [name, String(constraint)]);
    expect(Object.fromEntries(texts)).toEqual(facts.arg_constraints);
    const d: Distribution = make(spec);
    const value = drawn(() => d.sample([4]));
    expectOutcome(() => {
      d.log_prob(value);
      return String(d);
    }, facts['repr, used']);
  },

  samples(facts) {
    const { spec } = facts;
    const d: Distribution = make(spec);
    expectSame(
      drawn(() => d.sample()),
      facts.one,
      true,
    );
    expectOutcome(() => drawn(() => d.sample([4])), facts.drawn, true);
    expectSame(
      drawn(() => d.sample({ sample_shape: [2, 3] })),
      facts.many,
      true,
    );
    expect(drawn(() => [d.sample([5]), torch.rand(1).item()])[1]).toBe(facts.next);
  },

  rsample: ({ spec, rsample }) => expectOutcome(() => differentiated(spec, (d) => d.rsample([2])), rsample),

  moments({ spec, ...facts }) {
    for (const moment of ['mean', 'mode', 'variance', 'stddev'] as const) {
      expectOutcome(() => differentiated(spec, (d) => d[moment]), facts[moment]);
    }
  },

  'log_prob, cdf, icdf'({ spec, ...facts }) {
    const value = drawn(() => make(spec).sample([4]));
    expectOutcome(() => differentiated(spec, (d) => d.log_prob(value)), facts.log_prob);
    expectOutcome(() => differentiated(spec, (d) => d.cdf(value)), facts.cdf);
    expectOutcome(() => differentiated(spec, (d) => d.icdf(fractions(d))), facts.icdf);
  },

  entropy({ spec, ...facts }) {
    expectOutcome(() => differentiated(spec, (d) => d.entropy()), facts.entropy);
    expectOutcome(() => make(spec).perplexity(), facts.perplexity);
  },

  enumerate_support({ spec, ...facts }) {
    expectOutcome(() => make(spec).enumerate_support(), facts.enumerated);
    expectOutcome(() => make(spec).enumerate_support({ expand: false }), facts['enumerated, plain']);
  },

  expand: ({ spec, expanded: recorded }) => expectOutcome(() => expanded(make(spec)), recorded),
};

describe.each(Object.entries(cases))('%s', (_name, all) => {
  test.each(Object.entries(checks))('%s', (_check, check) => {
    all.forEach(check);
  });
});
