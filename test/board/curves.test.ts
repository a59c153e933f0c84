/** What the page computes of the values: smoothing, buckets of one width, percentiles. */
import { type Bucket, percentiles, range, rebinned, smoothed } from './inside';

test('smoothing is the average with weights that fall, by their sum', () => {
  // By hand: (0.5·1 + 2)/1.5 and (0.25·1 + 0.5·2 + 3)/1.75.
  const [first, second, third] = smoothed([1, 2, 3], 0.5);
  expect(first).toBe(1);
  expect(second).toBeCloseTo(2.5 / 1.5, 12);
  expect(third).toBeCloseTo(4.25 / 1.75, 12);
});

test('without smoothing, and constant, curves are themselves', () => {
  expect(smoothed([1, 5, 2], 0)).toEqual([1, 5, 2]);
  expect(smoothed([0.1, 0.1, 0.1], 0.9)).toEqual([0.1, 0.1, 0.1]);
  expect(smoothed([], 0.9)).toEqual([]);
});

test('what is not finite is passed on and does not count', () => {
  const [first, gap, infinite, last] = smoothed([1, Number.NaN, Number.POSITIVE_INFINITY, 2], 0.5);
  expect([first, gap, infinite]).toEqual([1, Number.NaN, Number.POSITIVE_INFINITY]);
  expect(last).toBeCloseTo(2.5 / 1.5, 12);
});

const buckets: Bucket[] = [
  [0, 1, 10],
  [1, 3, 20],
];

test('buckets of one width share what lies across their limits', () => {
  expect(range([buckets, [[5, 6, 0]]])).toEqual([0, 3]);
  expect(range([[]])).toBeUndefined();
  expect(rebinned(buckets, [0, 3], 3)).toEqual([10, 10, 10]);
  expect(rebinned(buckets, [0, 6], 2)).toEqual([30, 0]);
  expect(rebinned([[2, 2, 7]], [0, 4], 4)).toEqual([0, 0, 7, 0]);
  expect(rebinned([[2, 2, 7]], [2, 2], 2)).toEqual([7, 0]);
});

test('percentiles lie on straight lines between the limits', () => {
  const found = percentiles(buckets);
  expect(found[0]).toBe(0);
  expect(found[4]).toBeCloseTo(1.5);
  expect(found[8]).toBe(3);
  expect(percentiles([])[4]).toBeNaN();
});
