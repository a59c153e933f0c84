/** Shapes, and how error messages write them and lists: as Python does. */
export { listText, sizeText, tupleText } from './python_text';

/** Whether two shapes are the same. */
export function sameShape(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((size, i) => size === b[i]);
}
