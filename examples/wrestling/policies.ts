/** Ways to choose actions. */
import torch from 'tsorch';
import type { Wrestling } from './engine';
import { FORCE, TURN } from './scenario';
import type { Action, Side } from './wrestler';

/** Chooses the action of one side, as the bout stands. */
export type Policy = (bout: Wrestling, side: Side) => Action;

export const idle: Policy = () => [0, 0];

/** Any force and any turn, as likely as any other: the platform's baseline. */
export const random: Policy = () => {
  const [a, b] = torch.rand(2).tolist() as [number, number];
  return [FORCE.low + a * (FORCE.high - FORCE.low), TURN.low + b * (TURN.high - TURN.low)];
};
