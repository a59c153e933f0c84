import torch, { type Tensor } from 'tsorch';
import { Distribution, Independent, Normal } from 'tsorch/distributions';
import golden from './golden/errors.json';
import { expectOutcome, make, type Recorded, type Spec } from './replay';

interface Construction {
  spec: Spec;
  outcome: Recorded;
}

interface Call extends Construction {
  method: string;
  argument: Spec;
}

const named = <Case extends Construction>(cases: Case[]) =>
  cases.map((each) => [JSON.stringify(each.spec), each] as const);

test.each(named(golden.constructions as unknown as Construction[]))('%s', (_name, { spec, outcome }) => {
  expectOutcome(() => String(make(spec)), outcome);
});

test.each(named(golden.values as unknown as Call[]))('a value for %s', (_name, { method, spec, argument, outcome }) => {
  expectOutcome(() => {
    if (method === 'sample') torch.manual_seed(0);
    return make(spec)[method](make(argument));
  }, outcome);
});

test('arguments by position and by name', () => {
  const text = 'Normal(loc: 1.0, scale: 2.0)';
  expect(String(new Normal(1, 2))).toBe(text);
  expect(String(new Normal(1, { scale: 2 }))).toBe(text);
  expect(String(new Normal({ loc: 1, scale: 2, validate_args: true }))).toBe(text);
  expect(() => new Normal(...([1, 2, true, 4] as never as [1, 2]))).toThrow(
    'Normal.__init__() takes from 3 to 4 positional arguments but 5 were given',
  );
  expect(() => new Normal(1, { loc: 2, scale: 1 } as never)).toThrow("got multiple values for argument 'loc'");

  const normal = new Normal(0, 1);
  const value = torch.tensor([0.25, 0.5]);
  for (const name of ['log_prob', 'cdf', 'icdf'] as const) {
    expect(normal[name]({ value }).equal(normal[name](value))).toBe(true);
  }
  expect(normal.expand({ batch_shape: [2] }).sample({ sample_shape: [3] }).shape).toEqual([3, 2]);
  // @ts-expect-error the parameter is called value
  expect(() => normal.log_prob({ values: value })).toThrow("unexpected keyword argument 'values'");
});

describe('validate_args', () => {
  afterEach(() => Distribution.set_default_validate_args(true));

  test('turns checks off for one distribution', () => {
    const d = new Normal(0, -1, { validate_args: false });
    expect(d.log_prob(torch.tensor([Number.NaN])).item()).toBeNaN();
    expect(d.expand([2]).log_prob(torch.tensor([Number.NaN, 1])).shape).toEqual([2]);
  });

  test('has a default for all, also those there are', () => {
    const d = new Normal(0, 1);
    const nan = torch.tensor(Number.NaN);
    expect(() => d.log_prob(nan)).toThrow('to be within the support (Real())');
    Distribution.set_default_validate_args(false);
    expect(d.log_prob(nan).item()).toBeNaN();
    expect(String(new Normal(0, -1))).toBe('Normal(loc: 0.0, scale: -1.0)');
    expect(() => new Normal(0, -1, { validate_args: true })).toThrow('to satisfy the constraint');
  });
});

test("a user's distribution", () => {
  class Point extends Distribution {
    static override readonly arg_constraints = Normal.arg_constraints;

    readonly loc: Tensor;
    readonly scale = torch.ones([]);

    constructor(loc: Tensor) {
      super(loc.shape);
      this.loc = loc;
      this._check_args();
    }

    override rsample() {
      return this.loc;
    }
  }
  const d = new Point(torch.tensor([1.0, 2.0]));
  expect(String(d)).toBe('Point(loc: torch.Size([2]), scale: 1.0)');
  expect(d.sample().tolist()).toEqual([1, 2]);
  expect(() => new Point(torch.tensor(Number.NaN))).toThrow('Expected parameter loc (Tensor of shape ())');
  expect(() => d.entropy()).toThrow('does not implement entropy');
  expect(new Independent(d, 1).event_shape).toEqual([2]);
});

test('the logarithm of a Gamma density takes a number, as in Python no other does', () => {
  const { Gamma, Chi2 } = torch.distributions;
  expect(new Gamma(torch.tensor(1), torch.tensor(1)).log_prob(1).item()).toBeCloseTo(-1, 6);
  expect(new Chi2(torch.tensor(1)).log_prob(1).item()).toBeCloseTo(-1.4189, 4);
  expect(() => new Gamma(torch.tensor(1), torch.tensor(1)).log_prob(-1)).toThrow(RangeError);
  expect(() => new Normal(0, 1).log_prob(1 as never)).toThrow('The value argument to log_prob must be a Tensor');
});
