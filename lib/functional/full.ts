/** https://docs.pytorch.org/docs/2.13/generated/torch.full.html */

import type { TorchFunctions } from '../generated/functions';
import { isOptions } from '../native/kinds';
import { get_default_dtype } from '../tensor/creation';
import { _torch } from '../tensor/namespaces';
import type { Tensor } from '../tensor/tensor';

const operator = _torch.full as (...args: unknown[]) => Tensor;

function fillWith(...args: unknown[]): Tensor {
  const last = args.at(-1);
  const options = isOptions(last) ? last : {};
  const positional = isOptions(last) ? args.slice(0, -1) : args;
  const value = positional.length > 1 ? positional[1] : options.fill_value;
  if (!Number.isInteger(value) || options.out || options.dtype) return operator(...args);
  return operator(...positional, { ...options, dtype: get_default_dtype() });
}

/**
 * A tensor of one number everywhere. A JavaScript number makes the default dtype, since nothing tells 2 from 2.0; a
 * bigint makes int64, a boolean bool. https://docs.pytorch.org/docs/2.13/generated/torch.full.html
 */
export const full = fillWith as TorchFunctions['full'];
