/** Products of tensors. */

import { refuseNames } from '../arguments/checks';
import { Signature } from '../arguments/signature';
import { AssertionError, TorchError } from '../base/errors';
import { isList, isOptions, typeName } from '../native/kinds';
import { callOperator } from '../operators/operator';
import { _torch } from '../tensor/namespaces';
import { Tensor } from '../tensor/tensor';
import * as signatures from './generated/torch';

type Subscripts = readonly (number | '...')[];

/** The letter of a subscript given as a number. */
function letterOf(subscript: number | string): string {
  if (subscript === '...') return '...';
  const n = Array.isArray(subscript) ? Number.NaN : Number(subscript); // a list would be written out
  if (n >= 0 && n < 26) return String.fromCharCode(65 + n);
  if (n >= 26 && n < 52) return String.fromCharCode(97 + n - 26);
  throw new RangeError('einsum(): subscript in subscript list is not within the valid range [0, 52)');
}

function lettersOf(subscripts: Subscripts): string {
  if (!isList(subscripts)) {
    throw new TypeError(`einsum(): subscripts must be a list of numbers and '...', not ${typeName(subscripts)}`);
  }
  return subscripts.map(letterOf).join('');
}

/** `einsum(a, [0, 1], b, [1, 2], [0, 2])` as an equation and its operands. */
function fromSubscripts(args: readonly unknown[]): [string, Tensor[]] {
  const pairs = Math.floor(args.length / 2);
  const operands = Array.from({ length: pairs }, (_, i) => args[2 * i] as Tensor);
  const inputs = Array.from({ length: pairs }, (_, i) => lettersOf(args[2 * i + 1] as Subscripts)).join(',');
  const output = args.length % 2 === 1 ? `->${lettersOf(args.at(-1) as Subscripts)}` : '';
  return [inputs + output, operands];
}

/**
 * Sums of products by the Einstein convention: `einsum('ij,jk->ik', a, b)`, a list of operands, or operands followed by
 * their subscripts as numbers. https://docs.pytorch.org/docs/2.13/generated/torch.einsum.html
 */
export function einsum(equation: string, ...operands: Tensor[] | [operands: readonly Tensor[]]): Tensor;
export function einsum(operand: Tensor, subscripts: Subscripts, ...more: (Tensor | Subscripts)[]): Tensor;
export function einsum(...args: unknown[]): Tensor {
  refuseNames('einsum', args);
  const [, first] = args;
  if (args.length < 2 || (args.length === 2 && typeof args[0] === 'string' && isList(first) && first.length === 0)) {
    throw new RangeError(
      'einsum(): must specify the equation string and at least one operand, or at least one operand and its subscripts list',
    );
  }
  const [equation, operands] = args[0] instanceof Tensor ? fromSubscripts(args) : [args[0] as string, args.slice(1)];
  const list = operands.length === 1 && isList(operands[0]) ? operands[0] : operands;
  return _torch.einsum(equation, list);
}

/** How many dimensions are summed over, or which of both operands. */
export type TensordotDims = number | Tensor | readonly [readonly number[], readonly number[]];

/** The dimensions of both operands that are summed over. */
function summedDims(a: Tensor, b: Tensor, dims: TensordotDims): readonly [readonly number[], readonly number[]] {
  if (isList(dims)) return dims as [number[], number[]];
  if (dims instanceof Tensor && dims.numel() > 1) {
    const pairs = dims.size(0);
    if (pairs !== 2) throw new AssertionError(`dims tensor must have size 2 in first dimension, got ${pairs}`);
    return dims.tolist() as [number[], number[]];
  }
  const count = dims instanceof Tensor ? dims.item() : dims;
  if (typeof count !== 'number') {
    throw new TorchError(
      'tensordot expects dims to be int or tuple[list[int], list[int]] or list[list[int]] containing two lists, ' +
        `but got dims=${String(dims)}`,
    );
  }
  if (count < 0) throw new TorchError(`tensordot expects dims >= 0, but got dims=${count}`);
  if (count > Math.min(a.dim(), b.dim())) {
    throw new TorchError(`tensordot expects dims < ndim_a or ndim_b, but got dims=${count}`);
  }
  const first = Array.from({ length: count }, (_, i) => i);
  return [first.map((i) => i - count), first];
}

/**
 * Sums products over the last `dims` dimensions of `a` and the first of `b`, or over the pairs given.
 * https://docs.pytorch.org/docs/2.13/generated/torch.tensordot.html
 */
export function tensordot(...args: signatures.TensordotArgs): Tensor {
  const [a, b, dims, out] = signatures.tensordot.list(args);
  const [inA, inB] = summedDims(a, b, dims);
  return out === null ? _torch.tensordot(a, b, inA, inB) : _torch.tensordot(a, b, inA, inB, { out });
}

const ofChain = new Signature<{ out?: Tensor | null }>('chain_matmul', { out: null }, 1);

/** Deprecated: `linalg.multi_dot`. https://docs.pytorch.org/docs/2.13/generated/torch.chain_matmul.html */
export function chain_matmul(...args: Tensor[] | [...Tensor[], options: { out?: Tensor | null }]): Tensor {
  const last = args.at(-1);
  const { out } = isOptions(last) ? ofChain.read([last]) : { out: null };
  const matrices = (isOptions(last) ? args.slice(0, -1) : args) as Tensor[];
  return out === null ? _torch.chain_matmul(matrices) : callOperator('chain_matmul.out', matrices, out);
}

const cdistModes: readonly string[] = [
  'use_mm_for_euclid_dist_if_necessary',
  'use_mm_for_euclid_dist',
  'donot_use_mm_for_euclid_dist',
];

export type CdistMode =
  | 'use_mm_for_euclid_dist_if_necessary'
  | 'use_mm_for_euclid_dist'
  | 'donot_use_mm_for_euclid_dist';

/**
 * The p-norm distance between every row of x1 (B, P, M) and of x2 (B, R, M): (B, P, R).
 * https://docs.pytorch.org/docs/2.13/generated/torch.cdist.html
 */
export function cdist(...args: signatures.CdistArgs): Tensor {
  const [x1, x2, p, compute_mode] = signatures.cdist.list(args);
  const mode = cdistModes.indexOf(compute_mode);
  if (mode < 0) throw new RangeError(`${compute_mode} is not a valid value for compute_mode`);
  return _torch.cdist(x1, x2, p, mode === 0 ? null : mode);
}
