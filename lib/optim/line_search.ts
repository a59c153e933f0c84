/** The line search of LBFGS: a step that meets the strong Wolfe conditions. */
import type { Tensor } from '../tensor';

/** The function along the line: the step, the value there, the gradient, and its slope along the line. */
export interface LinePoint {
  t: number;
  value: number;
  grad: Tensor;
  slope: number;
}

/** Where the cubic through two points has its minimum, within bounds; their middle when it has none. */
export function cubicMinimum(a: LinePoint, b: LinePoint, bounds?: readonly [number, number]): number {
  const [lowest, highest] = bounds ?? (a.t <= b.t ? [a.t, b.t] : [b.t, a.t]);
  const d1 = a.slope + b.slope - (3 * (a.value - b.value)) / (a.t - b.t);
  const square = d1 ** 2 - a.slope * b.slope;
  if (!(square >= 0)) return (lowest + highest) / 2;
  const d2 = Math.sqrt(square);
  const [left, right] = a.t <= b.t ? [a, b] : [b, a];
  const t = right.t - (right.t - left.t) * ((right.slope + d2 - d1) / (right.slope - left.slope + 2 * d2));
  return Math.min(Math.max(t, lowest), highest);
}

interface Search {
  /** Computes the function at a step. */
  evaluate: (t: number) => LinePoint;
  /** The function at step zero. */
  start: LinePoint;
  /** The largest element of the direction. */
  size: number;
  tolerance: number;
  most: number;
}

/** How much of the slope a step must gain, and how flat the function must be after it. */
const C1 = 1e-4;
const C2 = 0.9;

const isFlat = (point: LinePoint, { start }: Search): boolean => Math.abs(point.slope) <= -C2 * start.slope;
const isTooHigh = (point: LinePoint, { start }: Search): boolean =>
  point.value > start.value + C1 * point.t * start.slope;

/** One point that meets the conditions, or two with such a point between them. */
type Bracket = [LinePoint] | [LinePoint, LinePoint];

const byValue = ([left, right]: [LinePoint, LinePoint]): [LinePoint, LinePoint] =>
  left.value <= right.value ? [left, right] : [right, left];

/** Walks outwards until the conditions are met or a minimum is passed. */
function findBracket(search: Search, t: number): { bracket: Bracket; evaluations: number; rounds: number } {
  let before = search.start;
  let point = search.evaluate(t);
  let rounds = 0;
  while (rounds < search.most) {
    const evaluations = rounds + 1;
    if (isTooHigh(point, search) || (rounds > 1 && point.value >= before.value)) {
      return { bracket: [before, point], evaluations, rounds };
    }
    if (isFlat(point, search)) return { bracket: [point], evaluations, rounds };
    if (point.slope >= 0) return { bracket: [before, point], evaluations, rounds };
    const next = cubicMinimum(before, point, [point.t + 0.01 * (point.t - before.t), point.t * 10]);
    before = point;
    point = search.evaluate(next);
    rounds++;
  }
  return { bracket: [search.start, point], evaluations: rounds + 1, rounds };
}

/** Keeps a step away from the ends of the bracket when the last one made too little progress as well. */
function insideStep(low: number, high: number, t: number, stalled: boolean): { t: number; stalled: boolean } {
  const margin = 0.1 * (high - low);
  if (Math.min(high - t, t - low) >= margin) return { t, stalled: false };
  if (!stalled && t < high && t > low) return { t, stalled: true };
  return { t: Math.abs(t - high) < Math.abs(t - low) ? high - margin : low + margin, stalled: false };
}

/**
 * Finds a step that meets the strong Wolfe conditions, from a first guess.
 * Returns the best point found and how often the function was computed.
 */
export function strongWolfe(search: Search, guess: number): { point: LinePoint; evaluations: number } {
  const found = findBracket(search, guess);
  if (found.bracket.length === 1) return { point: found.bracket[0], evaluations: found.evaluations };
  let bracket: [LinePoint, LinePoint] = found.bracket;
  let { evaluations, rounds } = found;
  let stalled = false;
  let [low, high] = byValue(bracket);
  while (rounds < search.most && Math.abs(high.t - low.t) * search.size >= search.tolerance) {
    const [left, right] = bracket;
    const lowIsLeft: boolean = low === left;
    const inside = insideStep(Math.min(left.t, right.t), Math.max(left.t, right.t), cubicMinimum(left, right), stalled);
    stalled = inside.stalled;
    const point = search.evaluate(inside.t);
    evaluations++;
    rounds++;
    if (isTooHigh(point, search) || point.value >= low.value) {
      bracket = lowIsLeft ? [left, point] : [point, right];
      [low, high] = byValue(bracket);
      continue;
    }
    if (isFlat(point, search)) return { point, evaluations };
    if (point.slope * (high.t - low.t) >= 0) high = low;
    low = point;
    bracket = lowIsLeft ? [low, high] : [high, low];
  }
  return { point: low, evaluations };
}
