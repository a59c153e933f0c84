/** Who is out, who has won. */
import { distance, type Vector } from './geometry';
import { CENTER, RADIUS, STAGE_RADIUS } from './scenario';
import type { Side, Wrestler } from './wrestler';

/** Whether a wrestler there touches the circle around the stage. */
export function touchesBoundary(position: Vector): boolean {
  return Math.abs(distance(position, CENTER) - STAGE_RADIUS) <= RADIUS;
}

/** The side whose opponent alone is out; undefined while nobody is, and in a draw. */
export function winner([red, blue]: readonly [Wrestler, Wrestler]): Side | undefined {
  if (red.out === blue.out) return undefined;
  return red.out ? 1 : 0;
}

/** 1 for the winner. */
export function rewards(wrestlers: readonly [Wrestler, Wrestler]): [number, number] {
  const side = winner(wrestlers);
  return [side === 0 ? 1 : 0, side === 1 ? 1 : 0];
}
