/** The environment: two wrestlers on a round stage. Nothing in it is random. */
import { move } from './collision';
import { observe } from './observation';
import { MAX_STEPS } from './scenario';
import { rewards, touchesBoundary } from './scoring';
import { type Action, atStart, limitSpeed, type Side, spendEnergy, turnAndPush, type Wrestler } from './wrestler';

export interface Outcome {
  rewards: [number, number];
  done: boolean;
}

export class Wrestling {
  wrestlers: [Wrestler, Wrestler] = [atStart(0), atStart(1)];
  steps = 0;

  reset(): void {
    this.wrestlers = [atStart(0), atStart(1)];
    this.steps = 0;
  }

  /** One step of both. An action outside its range is a RangeError. */
  step(actions: readonly [Action, Action]): Outcome {
    const [red, blue] = this.wrestlers;
    const accelerations = [turnAndPush(red, actions[0]), turnAndPush(blue, actions[1])] as const;
    move(this.wrestlers, accelerations);
    this.wrestlers.forEach((wrestler, i) => {
      limitSpeed(wrestler);
      wrestler.out ||= touchesBoundary(wrestler.position);
      spendEnergy(wrestler, accelerations[i]!);
    });
    this.steps += 1;
    return { rewards: rewards(this.wrestlers), done: this.steps >= MAX_STEPS || red.out || blue.out };
  }

  /** What one of them sees: 40 rows of 40 colors, the farthest row ahead first. */
  observation(side: Side): Uint8Array {
    return observe(this.wrestlers[side], this.wrestlers[side === 0 ? 1 : 0]);
  }
}
