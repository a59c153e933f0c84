import torch, { nn, optim } from 'tsorch';
import golden from './golden/averages.json';

const { AveragedModel, get_ema_avg_fn, get_ema_multi_avg_fn, get_swa_avg_fn, get_swa_multi_avg_fn, update_bn } =
  optim.swa_utils;
type Model = ReturnType<typeof makeModel>;

const options = {
  mean: {},
  'mean of buffers': { use_buffers: true },
  ema: { multi_avg_fn: get_ema_multi_avg_fn(0.9) },
  'ema one by one': { avg_fn: get_ema_avg_fn({ decay: 0.9 }) },
  swa: { multi_avg_fn: get_swa_multi_avg_fn() },
  'swa one by one': { avg_fn: get_swa_avg_fn() },
};

const makeModel = () => new nn.Sequential(new nn.Linear(2, 3), new nn.BatchNorm1d(3));

/** The values of golden/averages.py. */
function setValues(model: Model, step: number): void {
  [...model.parameters(), ...model.buffers().slice(0, 2)].forEach((p, k) => {
    const values = Array.from({ length: p.numel() }, (_, i) => ((3 * i + 5 * step + k) % 7) - 3);
    p.data.copy_(torch.tensor(values).reshape(p.shape));
  });
}

function expectState(module: InstanceType<typeof nn.Module>, want: Record<string, unknown>): void {
  const state = module.state_dict();
  expect(Object.keys(state)).toEqual(Object.keys(want));
  for (const [name, values] of Object.entries(want)) {
    const expected = torch.tensor(values as number[]).to(state[name]!.dtype);
    expect([name, torch.allclose(state[name]!, expected, { rtol: 1e-6, atol: 1e-6 })]).toEqual([name, true]);
  }
}

describe('AveragedModel', () => {
  it.each(Object.keys(options) as (keyof typeof options)[])('averages as PyTorch does: %s', (name) => {
    const model = makeModel();
    const averaged = new AveragedModel(model, options[name]);
    for (let step = 0; step < 5; step++) {
      setValues(model, step);
      averaged.update_parameters(model);
    }
    expectState(averaged, golden.averages[name]);
  });

  it('is a model of its own', () => {
    const model = makeModel();
    const averaged = new AveragedModel(model);
    const x = torch.randn(4, 2);
    expect(averaged.module).not.toBe(model);
    model.eval();
    averaged.eval();
    expect(torch.equal(averaged(x) as typeof x, model(x))).toBe(true);
    const [first] = model.parameters();
    torch.no_grad(() => first!.add_(1));
    expect(torch.equal(averaged(x) as typeof x, model(x))).toBe(false);
    averaged.update_parameters(model);
    expect(torch.equal(averaged(x) as typeof x, model(x))).toBe(true);
    expect(averaged.n_averaged.item()).toBe(1);
  });

  it('takes one function only, and a decay between zero and one', () => {
    const both = { avg_fn: get_swa_avg_fn(), multi_avg_fn: get_swa_multi_avg_fn() };
    expect(() => new AveragedModel(makeModel(), both)).toThrow(
      'Only one of avg_fn and multi_avg_fn should be provided',
    );
    expect(() => get_ema_avg_fn(1.5)).toThrow('Invalid decay value 1.5 provided');
  });
});

it('update_bn computes running statistics anew', () => {
  const model = makeModel();
  setValues(model, 1);
  const batches = [0, 1, 2].map((i) =>
    torch.tensor(Array.from({ length: 8 }, (_, k) => ((3 * k + i) % 5) - 2)).reshape(4, 2),
  );
  model.eval();
  update_bn(
    batches.map((batch) => [batch, 0]),
    model,
  );
  expect(model.training).toBe(false);
  expectState(model, golden.statistics);
});
