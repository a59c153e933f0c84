/** How error messages write shapes and lists: as Python does. */

/** `(2, 3)`, `(2,)`, `()`. */
export function tupleText(values: readonly unknown[]): string {
  return values.length === 1 ? `(${values[0]},)` : `(${values.join(', ')})`;
}

/** `[2, 3]`. */
export function listText(values: readonly unknown[]): string {
  return `[${values.join(', ')}]`;
}

/** `torch.Size([2, 3])`. */
export function sizeText(shape: readonly number[]): string {
  return `torch.Size(${listText(shape)})`;
}

/** Whether two shapes are the same. */
export function sameShape(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((size, i) => size === b[i]);
}
