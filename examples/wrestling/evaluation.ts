/** Bouts between two policies, and what their outcomes say. */
import { Wrestling } from './engine';
import type { Policy } from './policies';
import { winner } from './scoring';
import type { Side } from './wrestler';

export interface Score {
  wins: number;
  losses: number;
  draws: number;
  /** Of all bouts together. */
  steps: number;
}

/** One bout to its end; `watch` is shown every state, the first and the last included. */
export function play(
  bout: Wrestling,
  policies: readonly [Policy, Policy],
  watch: (bout: Wrestling) => void = () => {},
): Side | undefined {
  const [red, blue] = policies;
  bout.reset();
  watch(bout);
  for (let done = false; !done; watch(bout)) done = bout.step([red(bout, 0), blue(bout, 1)]).done;
  return winner(bout.wrestlers);
}

/** What `policy` reaches against `opponent`, on either side in turn. */
export function evaluate(policy: Policy, opponent: Policy, bouts: number): Score {
  const bout = new Wrestling();
  const score = { wins: 0, losses: 0, draws: 0, steps: 0 };
  for (let i = 0; i < bouts; i++) {
    const side: Side = i % 2 === 0 ? 0 : 1;
    const victor = play(bout, side === 0 ? [policy, opponent] : [opponent, policy]);
    score[victor === undefined ? 'draws' : victor === side ? 'wins' : 'losses'] += 1;
    score.steps += bout.steps;
  }
  return score;
}

/** Wilson's interval for a probability of which `successes` of `trials` were seen; z = 1.96 covers it 95 times in 100. */
export function wilson(successes: number, trials: number, z = 1.96): [low: number, high: number] {
  const share = successes / trials;
  const spread = (z * z) / trials;
  const middle = share + spread / 2;
  const half = z * Math.sqrt((share * (1 - share)) / trials + spread / (4 * trials));
  return [(middle - half) / (1 + spread), (middle + half) / (1 + spread)];
}
