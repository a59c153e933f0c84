/** Tensors in JSON fixtures. */
import torch, { type Tensor } from 'tsorch';

export interface Packed {
  dtype: string;
  shape: number[];
  data: string;
}

export function unpacked({ dtype, shape, data }: Packed): Tensor {
  const bytes = Uint8Array.from(Buffer.from(data, 'base64')); // memory of its own, so that any dtype may begin there
  return torch.frombuffer(bytes, { dtype: torch[dtype as 'uint8'] }).reshape(shape);
}
