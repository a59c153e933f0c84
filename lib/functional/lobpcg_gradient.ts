/** The gradient of lobpcg. */
import { Function } from '../autograd/function';
import type { FunctionCtx } from '../autograd/function_ctx';
import { _linalg, _torch } from '../tensor/namespaces';
import { Tensor } from '../tensor/tensor';

/** 1 over the differences of eigenvalues, each column's less each row's; 0 where they are the same one. */
function inverseGaps(columns: Tensor, rows: Tensor): Tensor {
  const gaps = columns.unsqueeze(-2).sub(rows.unsqueeze(-1));
  return gaps.reciprocal().masked_fill(gaps.eq(0), 0);
}

/**
 * The gradient with respect to A from those of k eigenvalues D and eigenvectors U. A vector moves towards the others, by
 * the inverse of the gap between their values; those that were not computed come from a whole decomposition.
 */
function gradientOf(A: Tensor, D: Tensor, U: Tensor, gD: Tensor, gU: Tensor, largest: boolean): Tensor {
  const k = D.shape.at(-1)!;
  const others = A.shape.at(-1)! - k;
  const among = _torch.diag_embed(gD).add(inverseGaps(D, D).mul(U.mT.matmul(gU)));
  const within = U.matmul(among).matmul(U.mT);
  if (others === 0) return within;
  const [E, Z] = _linalg.eigh(A);
  const from = largest ? 0 : k;
  const values = E.narrow(-1, from, others);
  const vectors = Z.narrow(-1, from, others);
  const towards = inverseGaps(D, values).mul(vectors.mT.matmul(gU));
  return within.add(vectors.matmul(towards).matmul(U.mT));
}

function refuse(what: string): RangeError {
  return new RangeError(`lobpcg.backward does not support ${what}`);
}

/** Named as PyTorch's, since `grad_fn` shows it. */
class LOBPCGAutogradFunction extends Function {
  static override forward(
    ctx: FunctionCtx & { largest: boolean },
    A: Tensor,
    B: Tensor | null,
    largest: boolean,
    compute: (A: Tensor, B: Tensor | null) => [Tensor, Tensor],
  ): [Tensor, Tensor] {
    const [D, U] = compute(A, B);
    ctx.save_for_backward(A, B, D, U);
    ctx.largest = largest;
    return [D, U];
  }

  static override backward(ctx: FunctionCtx & { largest: boolean }, gD: Tensor, gU: Tensor): (Tensor | null)[] {
    const [A, B, D, U] = ctx.saved_tensors as [Tensor, Tensor | null, Tensor, Tensor];
    if (A.is_sparse || (B?.is_sparse && ctx.needs_input_grad[1])) {
      throw refuse('sparse input yet. Note that lobpcg.forward does though.');
    }
    if (A.is_complex() || B?.is_complex()) throw refuse('complex input yet. Note that lobpcg.forward does though.');
    if (B instanceof Tensor) throw refuse('backward with B != I yet.');
    return [gradientOf(A, D, U, gD, gU, ctx.largest), null, null, null];
  }
}

/** Runs lobpcg on symmetric matrices so that their gradient is symmetric too. */
export function differentiable(
  A: Tensor,
  B: Tensor | null,
  largest: boolean,
  compute: (A: Tensor, B: Tensor | null) => [Tensor, Tensor],
): [Tensor, Tensor] {
  const symmetric = (x: Tensor) => x.add(x.mT).div(2);
  return LOBPCGAutogradFunction.apply(symmetric(A), B === null ? null : symmetric(B), largest, compute);
}
