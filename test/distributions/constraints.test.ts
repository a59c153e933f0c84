import torch from 'tsorch';
import { biject_to, constraints, ExpTransform, type Transform, transform_to } from 'tsorch/distributions';
import golden from './golden/constraints.json';
import { expectOutcome, make, type Recorded, type Spec } from './replay';

interface Case {
  spec: Spec & object;
  values: Spec;
  repr: Recorded;
  facts: Recorded;
  check: Recorded;
  biject_to: Recorded;
  transform_to: Recorded;
}

function inputFor(constraint: constraints.Constraint) {
  if (constraint === constraints.corr_cholesky) return torch.linspace(-1, 1, 3);
  if (constraint.event_dim === 2) return torch.linspace(-1, 1, 4).reshape(2, 2);
  return torch.linspace(-1, 1, 6).reshape(constraint.event_dim ? [3, 2] : [6]);
}

function transformed(registry: (constraint: constraints.Constraint) => Transform, spec: Spec) {
  const constraint: constraints.Constraint = make(spec);
  const transform = registry(constraint);
  const y = transform(inputFor(constraint));
  return [String(transform), y, constraint.check(y)];
}

const name = (spec: object) => ('constraint' in spec ? spec.constraint : JSON.stringify(spec)) as string;

test.each((golden as unknown as Case[]).map((each) => [name(each.spec), each] as const))('%s', (_name, each) => {
  const { spec } = each;
  expectOutcome(() => String(make(spec)), each.repr);
  expectOutcome(() => [make(spec).is_discrete, make(spec).event_dim], each.facts);
  expectOutcome(() => make(spec).check(make(each.values)), each.check);
  expectOutcome(() => transformed(biject_to, spec), each.biject_to);
  expectOutcome(() => transformed(transform_to, spec), each.transform_to);
});

test('constraints are made with and without new', () => {
  const made = new constraints.interval(0, 2);
  expect(made).toBeInstanceOf(constraints.interval);
  expect(String(constraints.interval(0, 2))).toBe(String(made));
  expect(made).not.toBeInstanceOf(constraints.greater_than);
});

test('dependent constraints', () => {
  expect(constraints.is_dependent(constraints.dependent)).toBe(true);
  const known = constraints.dependent({ event_dim: 1 });
  expect([constraints.is_dependent(known), known.event_dim]).toEqual([true, 1]);
  expect(() => known.is_discrete).toThrow('.is_discrete cannot be determined statically');
  expect(constraints.is_dependent(constraints.real)).toBe(false);
});

test('a transform can be registered for a new constraint', () => {
  class _Even extends constraints.Constraint {}
  expect(() => biject_to(new _Even())).toThrow('Cannot transform _Even constraints');
  biject_to.register(_Even)(() => new ExpTransform());
  expect(biject_to(new _Even())).toBeInstanceOf(ExpTransform);
  expect(() => biject_to.register(Map as never, () => new ExpTransform())).toThrow(TypeError);
});
