/** Factorizations of matrices that PyTorch writes in Python. */
import { requireTensors } from '../arguments/checks';
import { callOperator } from '../operators/operator';
import type { Tensor } from '../tensor/tensor';
import * as signatures from './generated/torch';

/** Copies results into the tensors given for them. */
function into(out: readonly Tensor[] | null, results: Tensor[]): Tensor[] {
  if (out === null) return results;
  if (out.length !== results.length) {
    throw new TypeError(`expected tuple of ${results.length} elements but got ${out.length}`);
  }
  requireTensors('lu', 'out', out);
  out.forEach((tensor, i) => {
    tensor.resize_as_(results[i]!).copy_(results[i]!);
  });
  return out as Tensor[];
}

/** The factors, compact, and the pivots; with `get_infos` what became of each matrix. */
export type LuResult<Infos extends boolean> = Infos extends true
  ? [LU: Tensor, pivots: Tensor, infos: Tensor]
  : [LU: Tensor, pivots: Tensor];

/**
 * The LU factorization of A (*, m, n) in compact form and its pivots; with `get_infos` also an int32 of each that is 0
 * when it succeeded. New programs use `linalg.lu_factor`. https://docs.pytorch.org/docs/2.13/generated/torch.lu.html
 */
export function lu<Flag extends boolean = false>(...args: signatures.LuArgs<Flag>): LuResult<Flag> {
  const [A, pivot, get_infos, out] = signatures.lu.list(args);
  const results = callOperator<Tensor[]>('_lu_with_info', A, pivot, !get_infos);
  return into(out, get_infos ? [...results] : results.slice(0, 2)) as LuResult<Flag>;
}
