import torch, { optim, type Tensor } from 'tsorch';
import golden from './golden/schedulers.json';

type Optimizer = InstanceType<typeof optim.SGD> | InstanceType<typeof optim.Adam>;
type Scheduler = InstanceType<typeof optim.lr_scheduler.LRScheduler>;
interface Spec {
  class: string;
  optimizer: string;
  args: Record<string, unknown>;
}

const { lr_scheduler, swa_utils } = optim;
const STEPS = 200;
const lambdas: Record<string, (epoch: number) => number> = {
  power: (epoch) => torch.tensor(0.95, { dtype: torch.float64 }).pow(epoch).item(), // C's, as Python's `**`
  inverse: (epoch) => 1 / (epoch + 1),
  close: () => 0.999,
};
const metric = (step: number): number => ((step * 37) % 101) / 101 + 50 / (step + 1);

function makeOptimizer(name: string): Optimizer {
  const groups = [
    { params: [torch.ones(1)], lr: 0.1 },
    { params: [torch.ones(1)], lr: 0.02 },
  ];
  return name === 'SGD' ? new optim.SGD(groups, { lr: 1, momentum: 0.9 }) : new optim.Adam(groups, { lr: 1 });
}

function decode(value: unknown, optimizer: Optimizer): unknown {
  if (Array.isArray(value)) return value.map((each) => decode(each, optimizer));
  if (typeof value !== 'object' || value === null) return value;
  if ('$lambda' in value) return lambdas[value.$lambda as string];
  return 'class' in value ? makeScheduler(value as Spec, optimizer) : value;
}

function makeScheduler(spec: Spec, optimizer: Optimizer): Scheduler {
  const classes = { ...lr_scheduler, SWALR: swa_utils.SWALR } as unknown as Record<
    string,
    new (
      ...args: unknown[]
    ) => Scheduler
  >;
  const args = Object.fromEntries(Object.entries(spec.args).map(([name, value]) => [name, decode(value, optimizer)]));
  const Class = classes[spec.class]!;
  return spec.class === 'ChainedScheduler' ? new Class(args) : new Class(optimizer, args);
}

function go(scheduler: Scheduler, step: number): void {
  if (scheduler instanceof lr_scheduler.ReduceLROnPlateau) scheduler.step(metric(step));
  else scheduler.step();
}

/** The same structure with the same numbers, infinities as Python writes them. */
function expectSame(got: unknown, want: unknown, where: string): void {
  if (typeof want === 'number') {
    if (got !== want) throw new Error(`${where}: ${got}, not ${want}`);
  } else if (want === 'inf' || want === '-inf') {
    expect(got).toBe(want === 'inf' ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY);
  } else if (typeof want === 'object' && want !== null) {
    expect(Object.keys(got as object)).toEqual(Object.keys(want));
    for (const [key, each] of Object.entries(want)) {
      expectSame((got as Record<string, unknown>)[key], each, `${where}.${key}`);
    }
  } else expect({ [where]: got }).toEqual({ [where]: want });
}

const warnings = jest.spyOn(process, 'emitWarning').mockImplementation(() => {});
afterAll(() => warnings.mockRestore());

const cases = golden.map((each) => [`${each.class} ${JSON.stringify(each.args)}`, each] as const);

describe('schedulers over 200 steps', () => {
  it.each(cases)('%s', (_, expected) => {
    const optimizer = makeOptimizer(expected.optimizer);
    const scheduler = makeScheduler(expected as unknown as Spec, optimizer);
    for (let step = 0; step <= STEPS; step++) {
      if (step > 0) {
        optimizer.step();
        go(scheduler, step);
      }
      const [first, second] = optimizer.param_groups as { lr: number; momentum?: number; betas?: number[] }[];
      expectSame(first!.lr, expected.rates[step], `rate ${step}`);
      if (step % 20 !== 0) continue;
      expectSame(second!.lr, expected.others[step / 20], `second rate ${step}`);
      expectSame(first!.momentum ?? first!.betas![0], expected.momenta[step / 20], `momentum ${step}`);
    }
    expectSame(scheduler.state_dict(), expected.state, 'state');
    expectSame(
      scheduler.get_last_lr(),
      optimizer.param_groups.map((group) => group.lr),
      'last',
    );
  });

  it.each(cases)('goes on from saved state: %s', (_, expected) => {
    const spec = expected as unknown as Spec;
    const optimizer = makeOptimizer(spec.optimizer);
    const scheduler = makeScheduler(spec, optimizer);
    optimizer.step();
    for (let step = 1; step <= 77; step++) go(scheduler, step);
    const [optimizerState, state] = structuredClone([optimizer.state_dict(), scheduler.state_dict()] as const);
    const other = makeOptimizer(spec.optimizer);
    const next = makeScheduler(spec, other);
    next.load_state_dict(state);
    other.load_state_dict(optimizerState);
    for (let step = 78; step <= STEPS; step++) {
      go(next, step);
      expectSame(other.param_groups[0]!.lr, expected.rates[step], `rate ${step}`);
    }
  });
});

describe('what schedulers refuse', () => {
  const optimizer = () => makeOptimizer('SGD');
  it.each([
    ['an optimizer that is none', () => new lr_scheduler.StepLR({} as never, 3), TypeError, ''],
    [
      'a list that does not fit',
      () => new lr_scheduler.LambdaLR(optimizer(), [() => 1]),
      RangeError,
      'Expected 2 lr_lambdas, but got 1',
    ],
    ['a factor above one', () => new lr_scheduler.ConstantLR(optimizer(), 2), RangeError, 'between 0 and 1'],
    [
      'a missing argument',
      () => new lr_scheduler.StepLR(optimizer() as never),
      TypeError,
      "missing 1 required positional argument: 'step_size'",
    ],
    [
      'an unknown option',
      () => new lr_scheduler.StepLR(optimizer(), 3, { size: 1 } as never),
      TypeError,
      "unexpected keyword argument 'size'",
    ],
    [
      'a cycle of no length',
      () => new lr_scheduler.OneCycleLR(optimizer(), 0.1),
      RangeError,
      'You must define either total_steps OR (epochs AND steps_per_epoch)',
    ],
    [
      'restarts after no epochs',
      () => new lr_scheduler.CosineAnnealingWarmRestarts(optimizer(), 0),
      RangeError,
      'Expected positive integer T_0, but got 0',
    ],
    ['no scheduler', () => new lr_scheduler.SequentialLR(optimizer(), [], []), RangeError, 'at least one scheduler'],
    [
      'a plateau without a metric',
      () => new lr_scheduler.ReduceLROnPlateau(optimizer()).step(),
      TypeError,
      "required positional argument: 'metrics'",
    ],
    [
      'a mode that is none',
      () => new lr_scheduler.ReduceLROnPlateau(optimizer(), 'up' as never),
      RangeError,
      'mode up is unknown!',
    ],
    [
      'resuming from nothing',
      () => new lr_scheduler.StepLR(optimizer(), { step_size: 3, last_epoch: 4 }),
      RangeError,
      "param 'initial_lr' is not specified in param_groups[0]",
    ],
  ])('%s', (_, make, kind, message) => {
    expect(make).toThrow(kind);
    expect(make).toThrow(message);
  }); // prettier-ignore

  it('schedulers of another optimizer', () => {
    const mine = optimizer();
    const other = new lr_scheduler.ExponentialLR(optimizer(), 0.9);
    expect(() => new lr_scheduler.ChainedScheduler([other], { optimizer: mine })).toThrow(
      'ChainedScheduler expects all schedulers to belong to the same optimizer',
    );
  });
});

describe('schedulers and their optimizers', () => {
  it('fill a learning rate that is a tensor', () => {
    const lr = torch.tensor(0.5);
    const optimizer = new optim.SGD([torch.ones(1)], { lr });
    const scheduler = new lr_scheduler.ExponentialLR(optimizer, 0.5);
    optimizer.step();
    scheduler.step();
    expect(optimizer.param_groups[0]!.lr).toBe(lr);
    expect(lr.item()).toBeCloseTo(0.25);
    expect((scheduler.get_last_lr()[0] as typeof lr).item()).toBeCloseTo(0.25);
  });

  it('take a class of yours', () => {
    class Halving extends lr_scheduler.LRScheduler {
      declare every: number;
      constructor(optimizer: Optimizer, every: number) {
        super(optimizer, -1, { every });
      }
      override get_lr() {
        return this.bases.map((base) => base / 2 ** Math.floor(this.last_epoch / this.every));
      }
    }
    const optimizer = makeOptimizer('SGD');
    const scheduler = new Halving(optimizer, 2);
    optimizer.step();
    for (let i = 0; i < 5; i++) scheduler.step();
    expect(scheduler.get_last_lr()).toEqual([0.025, 0.005]);
    expect(scheduler.state_dict()).toMatchObject({ every: 2, last_epoch: 5 });
  });

  it('warn when they step first', () => {
    new lr_scheduler.ExponentialLR(makeOptimizer('SGD'), 0.5).step();
    const texts = warnings.mock.calls.map(([text]) => String(text)); // each text is shown once a process
    expect(texts.join()).toContain('Detected call of `lr_scheduler.step()` before `optimizer.step()`');
  });

  it('step at an epoch in closed form', () => {
    const optimizer = makeOptimizer('SGD');
    const scheduler = new lr_scheduler.StepLR(optimizer, 10, { gamma: 0.5 });
    scheduler.step(35);
    expect(scheduler.get_last_lr()[0]).toBeCloseTo(0.1 * 0.5 ** 3);
  });
});

describe('learning rates that are tensors', () => {
  const sgd = (lr: number | Tensor, momentum = 0) => new optim.SGD([torch.ones(1)], { lr, momentum });

  it('stay tensors, and round as such', () => {
    const optimizer = sgd(torch.tensor(0.5));
    const chained = new lr_scheduler.ChainedScheduler([new lr_scheduler.ExponentialLR(optimizer, 0.9)]);
    optimizer.step();
    chained.step();
    expect(String(chained.get_last_lr())).toBe('tensor(0.4500)');
    expect((chained.get_last_lr()[0] as Tensor).item()).toBe(Math.fround(0.5 * Math.fround(0.9)));
  });

  it('leave the schedule alone when the caller changes them', () => {
    const rate = torch.tensor(0.05);
    const averaged = sgd(0.1);
    new swa_utils.SWALR(averaged, { swa_lr: rate });
    const momentum = torch.tensor(0.9);
    const cyclic = sgd(0.1, 0.9);
    new lr_scheduler.CyclicLR(cyclic, torch.tensor(0.1), rate, { max_momentum: momentum });
    rate.mul_(0.5);
    momentum.mul_(0.5);
    expect(String((averaged.param_groups[0] as { swa_lr?: Tensor }).swa_lr)).toBe('tensor(0.0500)');
    expect(String((cyclic.param_groups[0] as { max_momentum?: Tensor }).max_momentum)).toBe('tensor(0.9000)');
  });

  it('and momenta go through one cycle', () => {
    const optimizer = sgd(torch.tensor(0.1), 0.9);
    const options = { max_lr: torch.tensor(0.1), total_steps: 10 };
    const momenta = { base_momentum: torch.tensor(0.85), max_momentum: torch.tensor(0.95) };
    const scheduler = new lr_scheduler.OneCycleLR(optimizer, { ...options, ...momenta });
    expect(String(optimizer.param_groups[0]!.lr)).toBe('tensor(0.0040)');
    optimizer.step();
    scheduler.step();
    expect(String(optimizer.param_groups[0]!.lr)).toBe('tensor(0.0520)');
    expect(String(optimizer.param_groups[0]!.momentum)).toBe('tensor(0.9000)');
  });

  it('keep the properties of functions in their state', () => {
    const make = (v: number) => {
      const factor = Object.assign((epoch: number) => epoch * factor.v, { v });
      return { factor, scheduler: new lr_scheduler.LambdaLR(sgd(0.1), factor) };
    };
    const state = make(10).scheduler.state_dict();
    expect(state.lr_lambdas).toEqual([{ v: 10 }]);
    const { factor, scheduler } = make(3);
    scheduler.load_state_dict(state);
    expect(factor.v).toBe(10);
  });
});

describe('arguments', () => {
  const parameters = () => [torch.ones(2, { requires_grad: true })];
  const sgd = () => new optim.SGD(parameters(), { lr: 0.1 });

  it('come by name', () => {
    const plateau = new lr_scheduler.ReduceLROnPlateau(sgd(), { patience: 0 });
    for (const metrics of [1, 2]) plateau.step({ metrics });
    expect(plateau.get_last_lr()[0]).toBeCloseTo(0.01);
    const [byName, byPosition] = [0, 1].map(() => new lr_scheduler.CosineAnnealingWarmRestarts(sgd(), 5));
    byName!.step({ epoch: 2 });
    byPosition!.step(2);
    expect(byName!.get_last_lr()).toEqual(byPosition!.get_last_lr());
    const optimizer = sgd();
    expect(optimizer.step({ closure: () => 7 })).toBe(7);
    expect(new optim.LBFGS(parameters()).step({ closure: () => torch.tensor(0) }).item()).toBe(0);
  });

  it.each<[() => unknown, string]>([
    [() => new lr_scheduler.StepLR(sgd(), 2, 'a' as never), "StepLR(): argument 'gamma' must be a number, not string"],
    [() => new lr_scheduler.StepLR([] as never, 2), 'Array is not an Optimizer'],
    [() => new lr_scheduler.MultiStepLR(sgd(), 2 as never), "argument 'milestones' must be iterable, not number"],
    [() => new lr_scheduler.ChainedScheduler([3 as never]), 'at index 0 should have `optimizer` as its attribute'],
    [() => new lr_scheduler.SequentialLR(sgd(), 3 as never, []), "argument 'schedulers' must be a list, not number"],
    [() => new lr_scheduler.ReduceLROnPlateau(sgd()).step(), "missing 1 required positional argument: 'metrics'"],
    [() => new optim.Adam(parameters(), { betas: [0.9] as never }), "argument 'betas' must have 2 values, not 1"],
    [() => new optim.AdamW(parameters(), { weight_decay: null as never }), "'weight_decay' must be a number, not null"],
    [() => sgd().step(3 as never), "step(): argument 'closure' must be a function, not number"],
    [() => sgd().load_state_dict({} as never), "'state_dict' must be the state_dict of an optimizer, not Object"],
  ])('%s is refused', (call, message) => {
    expect(call).toThrow(message);
  });
});
