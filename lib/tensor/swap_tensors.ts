/** https://docs.pytorch.org/docs/2.13/utils.html */

import { requireTensor } from '../arguments/checks';
import { native } from '../native/addon';
import { call } from '../native/frame';
import { nativeFields } from '../native/object';
import * as signatures from './generated/utils';
import type { Tensor } from './tensor';

/** What the object of a tensor has besides the tensor. */
interface Shell {
  readonly prototype: object | null;
  readonly properties: PropertyDescriptorMap;
}

const ownKeys = (x: Tensor): string[] => Object.keys(x).filter((key) => !nativeFields.has(key));

function takeShell(x: Tensor): Shell {
  const descriptors = Object.getOwnPropertyDescriptors(x) as PropertyDescriptorMap;
  const properties = Object.fromEntries(ownKeys(x).map((key) => [key, descriptors[key]!]));
  for (const key of ownKeys(x)) delete (x as unknown as Record<string, unknown>)[key];
  return { prototype: Object.getPrototypeOf(x), properties };
}

function putShell(x: Tensor, { prototype, properties }: Shell): void {
  Object.setPrototypeOf(x, prototype);
  Object.defineProperties(x, properties);
}

/**
 * Exchanges what two tensors are: their elements, dtypes, shapes, gradients, places in the graph, classes and properties.
 * Who holds one of the objects sees the other tensor from then on.
 * @throws TorchError for a tensor that something else than its object holds, such as a graph that has saved it. A graph
 * that has only to gather its gradient is an error when it runs backward.
 */
export function swap_tensors(...args: signatures.SwapTensorsArgs): void {
  const [t1, t2] = signatures.swap_tensors.list(args);
  requireTensor('swap_tensors', 't1', t1);
  requireTensor('swap_tensors', 't2', t2);
  if (t1 === t2) return;
  call(native.swap_tensors, t1, t2);
  const [first, second] = [takeShell(t1), takeShell(t2)];
  putShell(t1, second);
  putShell(t2, first);
}
