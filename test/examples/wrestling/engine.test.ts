import { Wrestling } from '../../../examples/wrestling/engine';
import { Color } from '../../../examples/wrestling/scenario';
import { SIZE } from '../../../examples/wrestling/view';
import type { Side } from '../../../examples/wrestling/wrestler';
import { type Step, type Trajectory, trajectories } from './golden';

const TOLERANCE = 1e-9;
const SIDES: Side[] = [0, 1];

function state({ wrestlers }: Wrestling): number[] {
  return wrestlers.flatMap(({ position, velocity, angle, energy }) => [
    position.x,
    position.y,
    velocity.x,
    velocity.y,
    angle,
    energy,
  ]);
}

function expectedState({ pos, vel, theta, energy }: Step): number[] {
  return SIDES.flatMap((side) => [...pos[side], ...vel[side], theta[side], energy[side]]);
}

function greatestDifference(a: number[], b: number[]): number {
  expect(a).toHaveLength(b.length);
  return Math.max(...a.map((value, i) => Math.abs(value - b[i]!)));
}

/** Calls `look` at the start and after every step. */
function replay({ steps }: Trajectory, look: (bout: Wrestling, taken: number, step?: Step) => void): void {
  const bout = new Wrestling();
  look(bout, 0);
  steps.forEach((step, i) => {
    const outcome = bout.step(step.action);
    expect(outcome).toEqual({ rewards: step.reward, done: step.done });
    look(bout, i + 1, step);
  });
}

/** Pixels in which an observation differs from rows of the golden file: of the cross's lines, and others. */
function differences(observation: Uint8Array, rows: string[]): { lines: number; others: number } {
  const result = { lines: 0, others: 0 };
  const expected = [...rows.join('')].map((char) => (char === '.' ? 0 : Number.parseInt(char, 16)));
  expect(expected).toHaveLength(SIZE * SIZE);
  observation.forEach((color, i) => {
    if (color === expected[i]) return;
    if (color === Color.grey || expected[i] === Color.grey) result.lines += 1;
    else result.others += 1;
  });
  return result;
}

describe.each(trajectories().map((trajectory) => [trajectory.name, trajectory] as const))('%s', (_, trajectory) => {
  test('positions, velocities, angles, energies, rewards and who is out', () => {
    replay(trajectory, (bout, _, step) => {
      if (!step) return;
      expect(greatestDifference(state(bout), expectedState(step))).toBeLessThan(TOLERANCE);
      expect(bout.wrestlers.map(({ out }) => out)).toEqual(step.finished);
    });
  });

  // Which end of a line is drawn first hangs on the last bit of its coordinates. Node's sine and cosine are the same on
  // every machine, and for these observations all bits agree with those that the engine computed.
  test('observations, the lines included', () => {
    let seen = 0;
    replay(trajectory, (bout, taken) => {
      const expected = trajectory.obs[taken];
      if (!expected) return;
      for (const side of SIDES) {
        expect(differences(bout.observation(side), expected[side])).toEqual({ lines: 0, others: 0 });
        seen += 1;
      }
    });
    expect(seen).toBe(2 * Object.keys(trajectory.obs).length);
  });
});

describe('rules', () => {
  test('a reset brings back the start', () => {
    const bout = new Wrestling();
    const [start, view] = [state(bout), bout.observation(0)];
    for (let i = 0; i < 10; i++)
      bout.step([
        [200, 5],
        [150, -7],
      ]);
    expect(state(bout)).not.toEqual(start);
    bout.reset();
    expect(bout.steps).toBe(0);
    expect(state(bout)).toEqual(start);
    expect(bout.observation(0)).toEqual(view);
  });

  test.each([
    [[201, 0], /force 201 is not between -100 and 200/],
    [[-101, 0], /force -101/],
    [[0, 31], /turn 31 is not between -30 and 30/],
    [[0, Number.NaN], /turn NaN/],
  ] as const)('an action outside its range: %j', (action, message) => {
    expect(() => new Wrestling().step([[0, 0], action])).toThrow(message);
  });

  test('both out at once is a draw', () => {
    const bout = new Wrestling();
    const backwards = [-100, 0] as const;
    let outcome = bout.step([backwards, backwards]);
    while (!outcome.done) outcome = bout.step([backwards, backwards]);
    expect(bout.wrestlers.map(({ out }) => out)).toEqual([true, true]);
    expect(outcome.rewards).toEqual([0, 0]);
  });

  test('the stage looks the same from both sides', () => {
    const bout = new Wrestling();
    const swapped = bout
      .observation(1)
      .map((color) => (color === Color.blue ? Color.red : color === Color.red ? Color.blue : color));
    const others = [...bout.observation(0)].filter(
      (color, i) => color !== swapped[i] && color !== Color.grey && swapped[i] !== Color.grey,
    );
    expect(others).toEqual([]);
  });
});
