import { type Distribution, kl_divergence, Normal, register_kl, Uniform } from 'tsorch/distributions';
import golden from './golden/kl.json';
import { expectOutcome, gradients, Maker, make, type Recorded, type Spec } from './replay';

type Named = { new: string; args: Record<string, Spec> };
const families = golden.families as unknown as Named[];
const pairs = golden.pairs as unknown as { p: Named; q: Named; outcome: Recorded }[];
const known = golden.known as Record<string, Recorded>;

function divergence(p: Spec, q: Spec) {
  const maker = new Maker(true);
  const value = kl_divergence(maker.make(p, 'p'), maker.make(q, 'q'));
  return { value, gradients: gradients(maker, value) };
}

const grouped = new Map<string, typeof pairs>();
for (const pair of pairs) {
  const name = `${pair.p.new}, ${pair.q.new}`;
  grouped.set(name, [...(grouped.get(name) ?? []), pair]);
}

test.each([...grouped])('%s', (_name, cases) => {
  for (const { p, q, outcome } of cases) expectOutcome(() => divergence(p, q), outcome);
});

test.each(families.map((p) => [p.new, p] as const))('%s from every family', (name, p) => {
  for (const q of families) {
    const message = `No KL(p || q) is implemented for p type ${name} and q type ${q.new}`;
    const outcome = known[`${name} ${q.new}`] ?? { error: 'NotImplementedError', message };
    expectOutcome(() => kl_divergence(make(p), make(q)), outcome);
  }
});

test('as many pairs are unknown', () => {
  expect(families.length ** 2 - Object.keys(known).length).toBe(golden.unknown);
});

describe('register_kl', () => {
  class Special extends Normal {}
  const p = new Special(0, 1);

  test('the most specific classes decide', () => {
    const inherited = kl_divergence(p, new Normal(0, 2));
    expect(inherited.item()).toBeCloseTo(Math.log(2) + 1 / 8 - 1 / 2);
    const asGiven = (some: Distribution) => some.stddev;
    expect(register_kl(Special, Normal)(asGiven)).toBe(asGiven);
    expect(kl_divergence(p, new Normal(0, 2)).item()).toBe(1);
    register_kl(Special, Special)((_p, other) => other.stddev.mul(10));
    expect(kl_divergence(p, new Special(0, 3)).item()).toBe(30);
  });

  test('anything but distributions is refused', () => {
    expect(() => register_kl(Map as never, Uniform)).toThrow(TypeError);
  });
});
