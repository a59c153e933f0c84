/** https://docs.pytorch.org/docs/2.13/utils.html */

import { requireTensor } from '../arguments/checks';
import { python } from '../arguments/python';
import { TorchError } from '../base/errors';
import type { Tensor } from './tensor';

/** Everything that makes a leaf, taken off it. */
interface Contents {
  readonly data: Tensor;
  readonly requires_grad: boolean;
  readonly grad: Tensor | null;
  readonly prototype: object | null;
  readonly properties: PropertyDescriptorMap;
}

const ownKeys = (x: Tensor): string[] => Object.keys(x).filter((key) => key !== '_handle');

function takeContents(x: Tensor): Contents {
  const { data, requires_grad, grad } = x;
  const descriptors = Object.getOwnPropertyDescriptors(x) as PropertyDescriptorMap;
  const properties = Object.fromEntries(ownKeys(x).map((key) => [key, descriptors[key]!]));
  for (const key of ownKeys(x)) delete (x as unknown as Record<string, unknown>)[key];
  x.grad = null;
  x.requires_grad = false;
  return { data, requires_grad, grad, prototype: Object.getPrototypeOf(x), properties };
}

function putContents(x: Tensor, { data, requires_grad, grad, prototype, properties }: Contents): void {
  x.data = data;
  x.requires_grad = requires_grad;
  x.grad = grad;
  Object.setPrototypeOf(x, prototype);
  Object.defineProperties(x, properties);
}

/**
 * Exchanges what two leaves are: their elements, dtypes, shapes, gradients, classes and properties. Who holds one of
 * them sees the other from then on.
 * @throws TorchError for tensors that a graph made
 */
export const swap_tensors = python('swap_tensors', ['t1', 't2'], (t1: Tensor, t2: Tensor): void => {
  requireTensor('swap_tensors', 't1', t1);
  requireTensor('swap_tensors', 't2', t2);
  if (!t1.is_leaf || !t2.is_leaf) throw new TorchError('swap_tensors(): expected leaves of the autograd graph');
  if (t1 === t2) return;
  const [first, second] = [takeContents(t1), takeContents(t2)];
  putContents(t1, second);
  putContents(t2, first);
});
