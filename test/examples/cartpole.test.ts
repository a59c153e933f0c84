import torch from 'tsorch';
import { accelerations, CartPole, type Push, type State } from '../../examples/support/cartpole';
import golden from './golden/cartpole.json';

test("episodes of Gymnasium's CartPole-v1, from the same starts", () => {
  expect(golden.episodes.some(({ terminated }) => !terminated)).toBe(true);
  expect(CartPole.MAX_STEPS).toBe(golden.max_episode_steps);
  expect(CartPole.SOLVED).toBe(golden.reward_threshold);
  for (const { start, actions, states, terminated } of golden.episodes) {
    const env = new CartPole();
    expect(env.reset(start as State)).toEqual(start);
    const results = actions.map((action) => env.step(action as Push));
    expect(results.map(([, reward]) => reward)).toEqual(actions.map(() => 1));
    expect(results.map(([, , ended]) => ended)).toEqual(actions.map((_, i) => terminated && i === actions.length - 1));
    // The file has the first 40 states and the last.
    const seen = [...results.slice(0, 40), results.at(-1)!].map(([state]) => state);
    expect(seen).toHaveLength(states.length);
    seen.forEach((state, i) => {
      for (const [j, value] of state.entries()) expect(Math.abs(value - states[i]![j]!)).toBeLessThan(1e-9);
    });
  }
});

// Newton's and Euler's equations for the cart with the pole, and for the pole about its hinge (M 1, m 0.1, l 0.5).
test('the accelerations satisfy the equations of motion', () => {
  const states: State[] = [
    [0, 0, 0.1, 0],
    [1, -2, -0.2, 1.5],
    [-2, 0.3, 1.2, -4],
  ];
  for (const state of states) {
    for (const force of [-10, 0, 10]) {
      const [, , angle, w] = state;
      const [linear, angular] = accelerations(state, force);
      const onCart = 1.1 * linear + 0.05 * (angular * Math.cos(angle) - w * w * Math.sin(angle));
      expect(onCart).toBeCloseTo(force, 12);
      const aboutHinge = (4 / 3) * 0.5 * angular + linear * Math.cos(angle);
      expect(aboutHinge).toBeCloseTo(9.8 * Math.sin(angle), 12);
    }
  }
});

test('starts are random and near rest, the same for the same seed', () => {
  const env = new CartPole();
  const starts = () => {
    torch.manual_seed(3);
    return Array.from({ length: 200 }, () => env.reset());
  };
  const values = starts().flat();
  expect(starts().flat()).toEqual(values);
  expect(Math.max(...values)).toBeLessThanOrEqual(0.05);
  expect(Math.max(...values)).toBeGreaterThan(0.045);
  expect(Math.min(...values)).toBeGreaterThanOrEqual(-0.05);
  expect(Math.min(...values)).toBeLessThan(-0.045);
});

test('an episode is truncated after 500 steps, not terminated', () => {
  const env = new CartPole();
  let [state, steps] = [env.reset([0.01, 0, 0.01, 0]), 0];
  for (let done = false; !done; steps++) {
    const [x, v, angle, w] = state;
    const [next, , terminated, truncated] = env.step(angle + 0.5 * w + 0.02 * x + 0.05 * v > 0 ? 1 : 0);
    expect(terminated).toBe(false);
    [state, done] = [next, truncated];
  }
  expect(steps).toBe(500);
});
