/** The masks of attention. */
import { AssertionError, warn } from '../../base/errors';
import { type Device, type DType, dtypes } from '../../base/types';
import { chosenDevice } from '../../context/default_device';
import { callOperator } from '../../operators/operator';
import type { Tensor } from '../../tensor/tensor';

/** A mask to add: booleans become 0 and −∞. `other` is a second mask, which should be of the same dtype. */
export function canonicalMask(
  mask: Tensor | null,
  name: string,
  dtype: DType,
  other: Tensor | null = null,
  otherName = '',
): Tensor | null {
  if (mask === null) return null;
  const isFloat = mask.is_floating_point();
  if (!isFloat && mask.dtype !== dtypes.bool) {
    throw new AssertionError(`only bool and floating types of ${name} are supported`);
  }
  if (other !== null && other.dtype !== mask.dtype) {
    warn(`Support for mismatched ${name} and ${otherName} is deprecated. Use same type for both instead.`);
  }
  if (isFloat) return mask;
  return callOperator<Tensor>('zeros_like', mask, dtype).masked_fill_(mask, Number.NEGATIVE_INFINITY);
}

/** −∞ where a position is later than the one that looks: (size, size). */
export function causalMask(size: number, device: Device | null = null, dtype: DType | null = null): Tensor {
  const full = callOperator<Tensor>('full', [size, size], Number.NEGATIVE_INFINITY, dtype, null, chosenDevice(device));
  return full.triu(1);
}

/** Whether a mask is the causal one, when nobody said. */
export function isCausal(mask: Tensor | null, said: boolean | null, size: number | null): boolean {
  if (said !== null || mask === null) return said === true;
  const causal = causalMask(size ?? mask.size(-2), mask.device, mask.dtype);
  return String(mask.shape) === String(causal.shape) && mask.eq(causal).all().is_nonzero();
}
