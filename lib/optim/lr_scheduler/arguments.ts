/** What schedulers share beside their base. */

/** What a function remembers in properties of its own, which Python's callable objects have; null without any. */
export function propertiesOf(fn: object): object | null {
  return Object.keys(fn).length > 0 ? { ...fn } : null;
}

/** How many of the sorted `values` are at most `x`. */
export function countUpTo(values: readonly number[], x: number): number {
  return values.filter((value) => value <= x).length;
}
