/** Deprecated: `torch.func.functional_call`. */
import { warn } from '../../base/errors';
import * as current from './functional_call';

/** https://docs.pytorch.org/docs/2.13/generated/torch.nn.utils.stateless.functional_call.html */
export const functional_call = ((...args: Parameters<typeof current.functional_call>) => {
  warn(
    '`torch.nn.utils.stateless.functional_call` is deprecated as of PyTorch 2.0 and will be removed in a future version of PyTorch. Please use `torch.func.functional_call` instead which is a drop-in replacement.',
    'FutureWarning',
  );
  return current.functional_call(...args);
}) as typeof current.functional_call;
