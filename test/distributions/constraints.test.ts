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

test('arguments by position, by name, or some of each', () => {
  const { real, positive } = constraints;
  const cat = constraints.cat({ cseq: [real, positive], lengths: [1, 2], dim: -1 });
  expect([cat.cseq, cat.dim, cat.lengths]).toEqual([[real, positive], -1, [1, 2]]);
  const stack = new constraints.stack([real, positive], { dim: 1 });
  expect([stack.cseq, stack.dim]).toEqual([[real, positive], 1]);
  const independent = constraints.independent({ base_constraint: real, reinterpreted_batch_ndims: 1 });
  expect(String(independent)).toBe('IndependentConstraint(Real(), 1)');
  expect(String(constraints.interval({ lower_bound: 0, upper_bound: 1 }))).toBe(
    'Interval(lower_bound=0, upper_bound=1)',
  );
  expect(String(constraints.greater_than({ lower_bound: 1 }))).toBe('GreaterThan(lower_bound=1)');
  expect(constraints.less_than({ upper_bound: 1 }).upper_bound).toBe(1);
  expect(constraints.multinomial({ upper_bound: 3 }).upper_bound).toBe(3);
  expect(String(constraints.MixtureSameFamilyConstraint({ base_constraint: real }))).toBe(
    'MixtureSameFamilyConstraint(Real())',
  );
});

test.each<[string, () => unknown]>([
  [
    "_IndependentConstraint.__init__() missing 2 required positional arguments: 'base_constraint' and 'reinterpreted_batch_ndims'",
    () => constraints.independent(...([] as unknown as [constraints.Constraint, number])),
  ],
  ["_Cat.__init__() missing 1 required positional argument: 'cseq'", () => constraints.cat({} as never)],
  ["_Cat.__init__() got an unexpected keyword argument 'foo'", () => constraints.cat([], { foo: 1 } as never)],
  [
    "_LessThan.__init__() missing 1 required positional argument: 'upper_bound'",
    () => constraints.less_than({} as never),
  ],
  ['All elements of cseq must be Constraint instances', () => constraints.stack([1] as never)],
  ['base_constraint must be a Constraint, got number', () => constraints.independent(1 as never, 1)],
])('%s', (message, run) => expect(run).toThrow(message));

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
