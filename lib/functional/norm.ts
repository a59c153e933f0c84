/** https://docs.pytorch.org/docs/2.13/generated/torch.norm.html */

import { TorchError } from '../base/errors';
import { type DType, layouts } from '../base/types';
import { typeName } from '../native/kinds';
import { callOperator } from '../operators/operator';
import { _linalg, _torch } from '../tensor/namespaces';
import type { Tensor } from '../tensor/tensor';
import * as signatures from './generated/torch';

export type NormOrder = number | 'fro' | 'nuc' | null;
type Dims = readonly number[] | null;

interface Request {
  dims: Dims;
  keepdim: boolean;
  out: Tensor | null;
  dtype: DType | null;
}

const denseDevices: readonly string[] = ['cpu', 'cuda', 'xpu', 'meta'];

function allDims(input: Tensor): number[] {
  return Array.from({ length: input.dim() }, (_, i) => i);
}

function denseNorm(input: Tensor, p: NormOrder, { dims, keepdim, out, dtype }: Request): Tensor {
  if (typeof p !== 'string' || (p === 'fro' && (dims === null || dims.length <= 2))) {
    if (typeof p !== 'string' && p !== null && typeof p !== 'number' && typeof p !== 'boolean') {
      throw new TypeError(`linalg_vector_norm(): argument 'ord' (position 2) must be Number, not ${typeName(p)}`);
    }
    const order = typeof p === 'number' || typeof p === 'boolean' ? Number(p) : 2;
    if (out === null) return callOperator('linalg_vector_norm', input, order, dims, keepdim, dtype);
    return callOperator('linalg_vector_norm.out', input, order, dims, keepdim, dtype, out);
  }
  const over = dims ?? allDims(input);
  if (out === null) return _linalg.matrix_norm(input, p, over, keepdim, { dtype });
  return _linalg.matrix_norm(input, p, over, keepdim, { dtype, out });
}

/** The norms that sparse and quantized tensors have. */
function otherNorm(input: Tensor, p: NormOrder, { dims, keepdim, out, dtype }: Request): Tensor {
  if (typeof p === 'string') return matrixNorm(input, p, { dims, keepdim, out, dtype });
  const over = dims ?? allDims(input);
  if (out === null) {
    return dtype === null
      ? callOperator('norm.ScalarOpt_dim', input, p, over, keepdim)
      : callOperator('norm.ScalarOpt_dim_dtype', input, p, over, keepdim, dtype);
  }
  return dtype === null
    ? callOperator('norm.out', input, p, over, keepdim, out)
    : callOperator('norm.dtype_out', input, p, over, keepdim, dtype, out);
}

function matrixNorm(input: Tensor, p: string, { dims, keepdim, out, dtype }: Request): Tensor {
  if (p !== 'fro' && p !== 'nuc') throw new TorchError(`only valid string values are 'fro' and 'nuc', found ${p}`);
  if (dtype !== null) {
    throw new RangeError(`dtype argument is not supported in ${p === 'fro' ? 'frobenius' : 'nuclear'} norm`);
  }
  if (p === 'fro') {
    const over = dims ?? (out === null ? [] : allDims(input));
    return out === null
      ? _torch.frobenius_norm(input, over, keepdim)
      : _torch.frobenius_norm(input, over, keepdim, { out });
  }
  if (dims === null)
    return out === null ? _torch.nuclear_norm(input, keepdim) : _torch.nuclear_norm(input, keepdim, { out });
  return out === null ? _torch.nuclear_norm(input, dims, keepdim) : _torch.nuclear_norm(input, dims, keepdim, { out });
}

/**
 * The p-norm of all elements or along dimensions; 'nuc' is the nuclear norm of matrices. New programs use
 * `linalg.vector_norm` and `linalg.matrix_norm`. https://docs.pytorch.org/docs/2.13/generated/torch.norm.html
 */
export function norm(...args: signatures.NormArgs): Tensor {
  const [input, p, dim, keepdim, out, dtype] = signatures.norm.list(args);
  const dims = typeof dim === 'number' ? [dim] : dim;
  const dense = input.layout === layouts.strided && denseDevices.includes(input.device.type);
  return (dense ? denseNorm : otherNorm)(input, p, { dims, keepdim, out, dtype });
}
