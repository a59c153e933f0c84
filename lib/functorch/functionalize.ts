/** Functions without changes in place. https://docs.pytorch.org/docs/2.13/generated/torch.func.functionalize.html */

import { isTensor, requireFunction } from '../arguments/checks';
import { TorchError } from '../base/errors';
import { native } from '../native/addon';
import { call } from '../native/frame';
import type { Tensor } from '../tensor/tensor';
import * as signatures from './generated/func';
import type { AnyFunction } from './grad';
import { withFunctionalizeLayer } from './layers';
import { mapLeaves } from './tree';

export type { FunctionalizeOptions } from './generated/func';

/**
 * The same function, computed without changes in place: libtorch replaces each by an operation that makes a new tensor.
 * What the function changes of its arguments is written to them at the end.
 * @throws TorchError when `remove` is none of its values
 */
export function functionalize<Args extends unknown[], Result>(
  func: (...args: Args) => Result,
  options?: signatures.FunctionalizeOptions,
): (...args: Args) => Result;
export function functionalize<Args extends unknown[], Result>(
  args: signatures.FunctionalizeOptions & { func: (...args: Args) => Result },
): (...args: Args) => Result;
export function functionalize(...given: unknown[]): AnyFunction {
  const [func, remove] = signatures.functionalize.list(given);
  requireFunction('functionalize', 'func', func);
  if (remove !== 'mutations' && remove !== 'mutations_and_views') {
    throw new TorchError(
      `functionalize(f, remove='mutations'): received invalid argument for remove=${remove}. Valid options are:\n     remove='mutations': all inplace and out= operators will be removed from the program, but view operators will remain.\n     remove='mutations_and_views': all inplace, out= and view operators will be removed`,
    );
  }
  const keepViews = remove === 'mutations';
  return (...args: unknown[]) =>
    withFunctionalizeLayer(keepViews, (level) => {
      const pairs: [Tensor, Tensor][] = [];
      const wrap = (leaf: unknown) => {
        if (!isTensor(leaf)) return leaf;
        const wrapped = call(native.func_wrap_functional, leaf, level);
        pairs.push([leaf, wrapped]);
        return wrapped;
      };
      const result = func(...(mapLeaves(args, wrap) as never[]));
      const unwrap = (leaf: unknown) => (isTensor(leaf) ? call(native.func_unwrap_functional, leaf, keepViews) : leaf);
      const plain = mapLeaves(result, unwrap);
      for (const [argument, wrapped] of pairs) call(native.func_write_back, argument, wrapped);
      return plain;
    });
}
