import torch from 'tsorch';
import { Wrestling } from '../../../examples/wrestling/engine';
import { evaluate, play, wilson } from '../../../examples/wrestling/evaluation';
import { expert } from '../../../examples/wrestling/expert';
import { readDemonstrations, readDoubles } from '../../../examples/wrestling/expert_data';
import { cloned, normalized, PolicyNet } from '../../../examples/wrestling/network';
import { idle, random } from '../../../examples/wrestling/policies';
import { record } from '../../../examples/wrestling/recorder';
import { Color, FORCE, TURN } from '../../../examples/wrestling/scenario';
import { goldenPath } from './golden';

const bout = new Wrestling();

test('random actions fill their ranges', () => {
  torch.manual_seed(1);
  const actions = Array.from({ length: 500 }, () => random(bout, 0));
  const [forces, turns] = [actions.map(([force]) => force), actions.map(([, turn]) => turn)];
  for (const [values, { low, high }] of [
    [forces, FORCE],
    [turns, TURN],
  ] as const) {
    const margin = (high - low) / 50;
    expect(Math.min(...values)).toBeGreaterThanOrEqual(low);
    expect(Math.min(...values)).toBeLessThan(low + margin);
    expect(Math.max(...values)).toBeLessThanOrEqual(high);
    expect(Math.max(...values)).toBeGreaterThan(high - margin);
  }
});

test('the expert stays on the stage and beats random and idle opponents from both sides', () => {
  torch.manual_seed(2);
  expect(evaluate(expert, random, 100)).toMatchObject({ wins: 100, losses: 0, draws: 0 });
  expect(evaluate(expert, idle, 2)).toMatchObject({ wins: 2 });
  expect(play(bout, [expert, expert])).toBeUndefined();
  expect(bout.steps).toBe(500);
});

test('evaluation counts the wins of either side', () => {
  expect(evaluate(idle, idle, 3)).toEqual({ wins: 0, losses: 0, draws: 3, steps: 1500 });
  const leaver = () => [-100, 0] as const;
  expect(evaluate(leaver, idle, 4)).toMatchObject({ wins: 0, losses: 4, draws: 0 });
  expect(evaluate(idle, leaver, 4)).toMatchObject({ wins: 4, losses: 0, draws: 0 });
});

// Expected: scipy.stats.binomtest(k, n).proportion_ci(method='wilson')
test.each([
  [95, 100, 0.8882495307680809, 0.978456320845632],
  [200, 200, 0.9811546736227335, 1],
  [0, 10, 0, 0.27753279986288926],
])("Wilson's interval of %d in %d", (wins, bouts, low, high) => {
  const interval = wilson(wins, bouts, 1.959963984540054);
  expect(interval[0]).toBeCloseTo(low, 12);
  expect(interval[1]).toBeCloseTo(high, 12);
});

test('the recorder keeps what the expert sees and would do', () => {
  torch.manual_seed(3);
  const { observations, actions } = record(expert, 300, 0.2);
  expect(observations.shape).toEqual([300, 40, 40]);
  expect(observations.dtype).toBe(torch.uint8);
  expect(actions.shape).toEqual([300, 2]);
  bout.reset();
  expect(observations.index(0).flatten().tolist()).toEqual([...bout.observation(0)]);
  expect(torch.allclose(actions.index(0), torch.tensor([...expert(bout, 0)]))).toBe(true);
  const own = observations.index(':', 31, 19);
  expect(own.eq(Color.red).logical_or(own.eq(Color.blue)).all().item()).toBe(true);
  expect(own.eq(Color.blue).any().item()).toBe(true);
  expect(normalized(actions).abs().max().item()).toBeLessThanOrEqual(1);
});

test('the course file of demonstrations', async () => {
  const { observations, actions } = await readDemonstrations(goldenPath('demonstrations.zip'));
  expect(observations.shape).toEqual([3, 40, 40]);
  expect(observations.dtype).toBe(torch.uint8);
  expect(observations.nonzero().tolist()).toEqual([
    [1, 2, 3],
    [2, 39, 39],
  ]);
  expect(observations.sum().item()).toBe(18);
  expect(actions.tolist()).toEqual([
    [50, -30],
    [173.25, 0.5],
    [-100, 30],
  ]);
  expect(() => readDoubles(Buffer.from('PK and more than ten bytes'))).toThrow('not a numpy array');
});

test('the network sees blue bouts as red ones', () => {
  torch.manual_seed(4);
  const model = new PolicyNet();
  bout.reset();
  const red = torch.tensor(bout.observation(0)).reshape(1, 40, 40);
  const blue = torch.where(red.eq(Color.red), Color.blue, torch.where(red.eq(Color.blue), Color.red, red));
  expect(blue.eq(red).all().item()).toBe(false);
  expect(model(blue).tolist()).toEqual(model(red).tolist());
  const [force, turn] = cloned(model)(bout, 0);
  expect(force).toBeGreaterThan(FORCE.low);
  expect(force).toBeLessThan(FORCE.high);
  expect(Math.abs(turn)).toBeLessThan(30);
});
