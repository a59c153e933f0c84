/** Records what an expert sees and does. */
import torch, { type Tensor } from 'tsorch';
import { Wrestling } from './engine';
import { type Policy, random } from './policies';
import { SIZE } from './view';
import type { Side } from './wrestler';

export interface Demonstrations {
  /** uint8 [n, 40, 40] */
  observations: Tensor;
  /** float32 [n, 2]: force and turn */
  actions: Tensor;
}

/**
 * Bouts of the expert, on either side in turn, against random opponents. In a share of the steps (`noise`) a random action
 * is done in place of the expert's, which is recorded all the same: so it is also seen how to get out of odd situations.
 */
export function record(expert: Policy, count: number, noise: number): Demonstrations {
  const observations = new Uint8Array(count * SIZE * SIZE);
  const actions = new Float32Array(count * 2);
  const bout = new Wrestling();
  let side: Side = 0;
  for (let i = 0; i < count; i++) {
    const action = expert(bout, side);
    observations.set(bout.observation(side), i * SIZE * SIZE);
    actions.set(action, 2 * i);
    const own = torch.rand(1).item() < noise ? random(bout, side) : action;
    const other = random(bout, side);
    if (bout.step(side === 0 ? [own, other] : [other, own]).done) {
      bout.reset();
      side = side === 0 ? 1 : 0;
    }
  }
  return {
    observations: torch.from_numpy(observations).reshape(count, SIZE, SIZE),
    actions: torch.from_numpy(actions).reshape(count, 2),
  };
}
