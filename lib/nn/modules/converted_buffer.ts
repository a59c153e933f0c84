/** Buffers that a module moves or casts. */
import type { Tensor } from '../../tensor/tensor';
import { UninitializedBuffer } from '../parameter';

/** The buffer that a function makes of one; without a shape it stays so. */
export function convertedBuffer(buffer: Tensor, convert: (x: Tensor) => Tensor): Tensor {
  const converted = convert(buffer);
  if (!(buffer instanceof UninitializedBuffer)) return converted;
  const { device, dtype, requires_grad } = converted;
  return new UninitializedBuffer({ requires_grad, device, dtype, persistent: buffer.persistent });
}
