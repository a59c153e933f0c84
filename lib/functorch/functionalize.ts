/** Functions without changes in place. https://docs.pytorch.org/docs/2.13/generated/torch.func.functionalize.html */

import { isTensor, requireFunction } from '../arguments/checks';
import { named } from '../arguments/keywords';
import { TorchError } from '../base/errors';
import { native } from '../native/addon';
import { call } from '../native/frame';
import type { Tensor } from '../tensor/tensor';
import type { AnyFunction } from './grad';
import { withFunctionalizeLayer } from './layers';
import { mapLeaves } from './tree';

export interface FunctionalizeOptions {
  /** `mutations_and_views` replaces views by copies, too. */
  remove?: 'mutations' | 'mutations_and_views';
}

/**
 * The same function, computed without changes in place: libtorch replaces each by an operation that makes a new tensor.
 * What the function changes of its arguments is written to them at the end.
 * @throws TorchError when `remove` is none of its values
 */
export function functionalize<Args extends unknown[], Result>(
  func: (...args: Args) => Result,
  ...options: [options?: FunctionalizeOptions]
): (...args: Args) => Result {
  requireFunction('functionalize', 'func', func);
  const { remove } = named<Required<FunctionalizeOptions>>('functionalize', { remove: 'mutations' }, options, 1);
  if (remove !== 'mutations' && remove !== 'mutations_and_views') {
    throw new TorchError(
      `functionalize(f, remove='mutations'): received invalid argument for remove=${remove}. Valid options are:\n     remove='mutations': all inplace and out= operators will be removed from the program, but view operators will remain.\n     remove='mutations_and_views': all inplace, out= and view operators will be removed`,
    );
  }
  const keepViews = remove === 'mutations';
  return (...args) =>
    withFunctionalizeLayer(keepViews, (level) => {
      const pairs: [Tensor, Tensor][] = [];
      const wrap = (leaf: unknown) => {
        if (!isTensor(leaf)) return leaf;
        const wrapped = call(native.func_wrap_functional, leaf, level);
        pairs.push([leaf, wrapped]);
        return wrapped;
      };
      const result = (func as AnyFunction)(...(mapLeaves(args, wrap) as never[]));
      const unwrap = (leaf: unknown) => (isTensor(leaf) ? call(native.func_unwrap_functional, leaf, keepViews) : leaf);
      const plain = mapLeaves(result, unwrap) as Result;
      for (const [argument, wrapped] of pairs) call(native.func_write_back, argument, wrapped);
      return plain;
    });
}
