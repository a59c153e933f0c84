/** Deprecated: `torch.func.functional_call`. */
import { warn } from '../../base/errors';
import * as signatures from '../generated/nn_utils_stateless';
import type { Module } from '../modules/module';
import { callWith } from './functional_call';

/**
 * Calls a module with other parameters and buffers in the place of its own.
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.utils.stateless.functional_call.html
 */
export function functional_call<M extends Module>(...args: signatures.FunctionalCallArgs<M>): ReturnType<M['forward']> {
  warn(
    '`torch.nn.utils.stateless.functional_call` is deprecated as of PyTorch 2.0 and will be removed in a future version of PyTorch. Please use `torch.func.functional_call` instead which is a drop-in replacement.',
    'FutureWarning',
  );
  return callWith<M>(...signatures.functional_call.list(args));
}
