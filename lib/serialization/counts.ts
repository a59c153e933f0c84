/** Numbers that a file gives: integers of any size, floats, or no numbers at all. */

/** Whether it can be a number of elements or bytes. */
export function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
