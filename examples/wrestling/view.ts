/**
 * The square that a wrestler sees, in coordinates of its own: x is how far ahead, y how far to the right.
 * Row 0 of an observation is the farthest ahead, column 0 the farthest to the left.
 */
import { type Vector, vector } from './geometry';

/** Pixels of an observation along each side. */
export const SIZE = 40;
/** What a pixel covers. */
export const PIXEL = 5;
export const VIEW = SIZE * PIXEL;
/** How far the view reaches behind the wrestler. */
export const BACK = 40;

export const AHEAD: readonly number[] = Array.from({ length: SIZE }, (_, row) => VIEW - BACK - PIXEL * (row + 0.5));
export const RIGHT: readonly number[] = Array.from({ length: SIZE }, (_, column) => PIXEL * (column + 0.5) - VIEW / 2);

const corners = [
  vector(-BACK, -VIEW / 2),
  vector(-BACK, VIEW / 2),
  vector(VIEW - BACK, VIEW / 2),
  vector(VIEW - BACK, -VIEW / 2),
] as const;

/** The four sides, around. */
export const EDGES: readonly (readonly [Vector, Vector])[] = [
  [corners[0], corners[1]],
  [corners[1], corners[2]],
  [corners[2], corners[3]],
  [corners[3], corners[0]],
];

export function inside({ x, y }: Vector): boolean {
  return x > -BACK && x < VIEW - BACK && Math.abs(y) < VIEW / 2;
}
