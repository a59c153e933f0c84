/** The line search of LBFGS: a step that meets the strong Wolfe conditions. */
import type { Tensor } from '../tensor/tensor';
import type { NumberLike } from './checks';
import { absolute, larger, less, lessOrEqual, minus, over, plus, power, root, smaller, times } from './number';

/** The function along the line: the step, the value there, the gradient, and its slope along the line. */
export interface LinePoint {
  t: NumberLike;
  value: number;
  grad: Tensor;
  slope: NumberLike;
}

/** Where the cubic through two points has its minimum, within bounds; their middle when it has none. */
export function cubicMinimum(a: LinePoint, b: LinePoint, bounds?: readonly [NumberLike, NumberLike]): NumberLike {
  const inOrder = lessOrEqual(a.t, b.t);
  const [lowest, highest] = bounds ?? (inOrder ? [a.t, b.t] : [b.t, a.t]);
  const d1 = minus(plus(a.slope, b.slope), over(3 * (a.value - b.value), minus(a.t, b.t)));
  const square = minus(power(d1, 2), times(a.slope, b.slope));
  if (!lessOrEqual(0, square)) return over(plus(lowest, highest), 2);
  const d2 = root(square);
  const [left, right] = inOrder ? [a, b] : [b, a];
  const part = over(minus(plus(right.slope, d2), d1), plus(minus(right.slope, left.slope), times(2, d2)));
  const t = minus(right.t, times(minus(right.t, left.t), part));
  return smaller(larger(t, lowest), highest);
}

interface Search {
  /** Computes the function at a step. */
  evaluate: (t: NumberLike) => LinePoint;
  /** The function at step zero. */
  start: LinePoint;
  /** The largest element of the direction. */
  size: NumberLike;
  tolerance: number;
  most: number;
}

/** How much of the slope a step must gain, and how flat the function must be after it. */
const C1 = 1e-4;
const C2 = 0.9;

const isFlat = (point: LinePoint, { start }: Search): boolean =>
  lessOrEqual(absolute(point.slope), times(-C2, start.slope));
const isTooHigh = (point: LinePoint, { start }: Search): boolean =>
  less(plus(start.value, times(times(C1, point.t), start.slope)), point.value);

/** One point that meets the conditions, or two with such a point between them. */
type Bracket = [LinePoint] | [LinePoint, LinePoint];

const byValue = ([left, right]: [LinePoint, LinePoint]): [LinePoint, LinePoint] =>
  left.value <= right.value ? [left, right] : [right, left];

/** Walks outwards until the conditions are met or a minimum is passed. */
function findBracket(search: Search, t: NumberLike): { bracket: Bracket; evaluations: number; rounds: number } {
  let before = search.start;
  let point = search.evaluate(t);
  let rounds = 0;
  while (rounds < search.most) {
    const evaluations = rounds + 1;
    if (isTooHigh(point, search) || (rounds > 1 && point.value >= before.value)) {
      return { bracket: [before, point], evaluations, rounds };
    }
    if (isFlat(point, search)) return { bracket: [point], evaluations, rounds };
    if (lessOrEqual(0, point.slope)) return { bracket: [before, point], evaluations, rounds };
    const shortest = plus(point.t, times(0.01, minus(point.t, before.t)));
    const next = cubicMinimum(before, point, [shortest, times(point.t, 10)]);
    before = point;
    point = search.evaluate(next);
    rounds++;
  }
  return { bracket: [search.start, point], evaluations: rounds + 1, rounds };
}

/** Keeps a step away from the ends of the bracket when the last one made too little progress as well. */
function insideStep(
  low: NumberLike,
  high: NumberLike,
  t: NumberLike,
  stalled: boolean,
): { t: NumberLike; stalled: boolean } {
  const margin = times(0.1, minus(high, low));
  if (!less(smaller(minus(high, t), minus(t, low)), margin)) return { t, stalled: false };
  if (!stalled && less(t, high) && less(low, t)) return { t, stalled: true };
  const nearHigh = less(absolute(minus(t, high)), absolute(minus(t, low)));
  return { t: nearHigh ? minus(high, margin) : plus(low, margin), stalled: false };
}

/**
 * Finds a step that meets the strong Wolfe conditions, from a first guess.
 * Returns the best point found and how often the function was computed.
 */
export function strongWolfe(search: Search, guess: NumberLike): { point: LinePoint; evaluations: number } {
  const found = findBracket(search, guess);
  if (found.bracket.length === 1) return { point: found.bracket[0], evaluations: found.evaluations };
  let bracket: [LinePoint, LinePoint] = found.bracket;
  let { evaluations, rounds } = found;
  let stalled = false;
  let [low, high] = byValue(bracket);
  while (rounds < search.most) {
    const [left, right] = bracket;
    if (less(times(absolute(minus(right.t, left.t)), search.size), search.tolerance)) break;
    const lowIsLeft: boolean = low === left;
    const inside = insideStep(smaller(left.t, right.t), larger(left.t, right.t), cubicMinimum(left, right), stalled);
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
    if (lessOrEqual(0, times(point.slope, minus(high.t, low.t)))) high = low;
    low = point;
    bracket = lowIsLeft ? [low, high] : [high, low];
  }
  return { point: low, evaluations };
}
