/** Smoothing of curves, as TensorBoard does it. */

/**
 * Exponential moving averages with the weight `smoothing` (0 to 1) on what was before, divided by the sum of the weights so
 * far: so the first values are not drawn towards zero. A constant curve stays as it is, to the last bit; values that are not
 * finite are passed on and do not count.
 */
export function smoothed(values: readonly number[], smoothing: number): number[] {
  if (smoothing <= 0 || values.every((value) => value === values[0])) return [...values];
  let [last, count] = [0, 0];
  return values.map((value) => {
    if (!Number.isFinite(value)) return value;
    last = last * smoothing + (1 - smoothing) * value;
    count++;
    return last / (smoothing === 1 ? 1 : 1 - smoothing ** count);
  });
}
