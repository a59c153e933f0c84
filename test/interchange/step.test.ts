/** One training step from Python's weights, seed and batch gives Python's weights; weights go both ways. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import torch, { nn, optim, type Tensor } from 'tsorch';
import { CNN, Encoder, type Reconstruction, Tagger, trainedExactly, VAE, vae_loss } from './models';

type State = Record<string, Tensor>;

interface Fixture {
  x: Tensor;
  target: Tensor;
  before: State;
  after: State;
  optimizer: optim.OptimizerStateDict;
  loss: Tensor;
}

interface Case {
  make(): nn.Module;
  loss(output: never, target: Tensor): Tensor;
  optimizer(params: Tensor[]): optim.Optimizer;
}

const cross_entropy = new nn.CrossEntropyLoss();

const cases: Record<string, Case> = {
  cnn: {
    make: () => new CNN(),
    loss: (y: Tensor, target) => cross_entropy(y, target),
    optimizer: (p) => new optim.SGD(p, { lr: 0.1, momentum: 0.9, weight_decay: 1e-3 }),
  },
  lstm: {
    make: () => new Tagger(),
    loss: (y: Tensor, target) => cross_entropy(y.transpose(1, 2), target),
    optimizer: (p) => new optim.Adam(p, { lr: 0.01 }),
  },
  transformer: {
    make: () => new Encoder(),
    loss: (y: Tensor, target) => cross_entropy(y, target),
    optimizer: (p) => new optim.AdamW(p, { lr: 0.01 }),
  },
  vae: {
    make: () => new VAE(),
    loss: (y: Reconstruction, target) => vae_loss(y, target),
    optimizer: (p) => new optim.RMSprop(p, { lr: 0.01 }),
  },
};

const path = (name: string) => join(__dirname, '../../../test/interchange/fixtures', name);
const fixture = (name: string) => torch.load<Fixture>(path(`${name}.pt`));

function expectSame(got: State, want: State): void {
  expect(Object.keys(got)).toEqual(Object.keys(want));
  for (const [name, expected] of Object.entries(want)) {
    const close = got[name]!.allclose(expected, { rtol: 1.3e-6, atol: 1e-5 });
    if (!close) throw new Error(`${name} is ${got[name]}, Python has ${expected}`);
  }
}

let folder: string;
beforeAll(() => {
  torch.set_num_threads(1); // as the script of the fixtures
  folder = mkdtempSync(join(tmpdir(), 'tsorch-interchange-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe.each(Object.entries(cases))('%s', (name, { make, loss, optimizer: makeOptimizer }) => {
  function train() {
    const saved = fixture(name);
    const model = make();
    model.load_state_dict(saved.before);
    const optimizer = makeOptimizer(model.parameters());
    torch.manual_seed(4);
    const value = loss(model(saved.x) as never, saved.target);
    value.backward();
    optimizer.step();
    return { saved, model, optimizer, value };
  }

  test('the same seed makes the same weights', () => {
    torch.manual_seed(3);
    const state = make().state_dict();
    for (const [key, expected] of Object.entries(fixture(name).before)) {
      expect((state[key] as Tensor).equal(expected)).toBe(true);
    }
  });

  test('a step from Python’s weights ends at Python’s weights', () => {
    const { saved, model, value } = train();
    expect(value.item()).toBeCloseTo(saved.loss.item(), 4);
    expectSame(model.state_dict() as State, saved.after);
  });

  test('the optimizer remembers what Python’s does, and goes on from its state_dict', () => {
    const { saved, model, optimizer } = train();
    const mine = optimizer.state_dict();
    expect(mine.param_groups).toEqual(saved.optimizer.param_groups);
    for (const [number, state] of Object.entries(saved.optimizer.state)) {
      expectSame(tensorsOf(mine.state[number]!), tensorsOf(state));
    }
    const other = makeOptimizer(model.parameters());
    other.load_state_dict(saved.optimizer);
    expect(Object.keys(other.state_dict().state)).toEqual(Object.keys(saved.optimizer.state));
  });

  test('its weights come back from a file', () => {
    const { saved, model } = train();
    const file = join(folder, `${name}.pt`);
    torch.save(model.state_dict(), file);
    expectSame(torch.load<State>(file), saved.after);
  });
});

test('what is written here is, byte for byte, the file that fixtures/check.py loaded in Python', () => {
  const { model, optimizer } = trainedExactly();
  const file = join(folder, 'written_here.pt');
  torch.save({ model: model.state_dict(), optimizer: optimizer.state_dict() }, file);
  expect(readFileSync(file).equals(readFileSync(path('written_here.pt')))).toBe(true);
});

function tensorsOf(state: Record<string, unknown>): State {
  return Object.fromEntries(Object.entries(state).filter(([, value]) => torch.is_tensor(value))) as State;
}
