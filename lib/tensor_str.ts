/** Printing tensors as Python does. */
import type { Tensor } from './tensor';

/** What Python's `repr` shows. */
export function tensorToString(x: Tensor): string {
  return `tensor(${JSON.stringify(x.tolist())})`;
}
