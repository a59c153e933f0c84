/** Gradient checks of functions of sparse tensors. https://docs.pytorch.org/docs/2.13/generated/torch.sparse.as_sparse_gradcheck.html */

import { filled, isSparse } from '../autograd/gradcheck/sparse';
import { layouts } from '../base/types';
import { isOptions } from '../native/kinds';
import type { Tensor } from '../tensor/tensor';
import { sparse_compressed_tensor, sparse_coo_tensor } from './creation';

/** A function that checks gradients: `torch.autograd.gradcheck`, or one that calls it with options of its own. */
type Check = (func: (...inputs: never[]) => unknown, inputs: readonly unknown[], options?: object) => boolean;

/** Makes a sparse tensor of its values, the same as it was in all else. */
type Restore = (values: Tensor) => Tensor;

/** The values of a sparse tensor as a leaf, and the way back. */
function taken(x: Tensor): [values: Tensor, restore: Restore] {
  const { layout, shape } = x;
  if (layout === layouts.sparse_coo) {
    const [indices, is_coalesced] = [x._indices(), x.is_coalesced()];
    return [x._values(), (values) => sparse_coo_tensor(indices, values, shape, { is_coalesced })];
  }
  const rows = layout === layouts.sparse_csr || layout === layouts.sparse_bsr;
  const compressed = rows ? x.crow_indices() : x.ccol_indices();
  const plain = rows ? x.col_indices() : x.row_indices();
  return [x.values(), (values) => sparse_compressed_tensor(compressed, plain, values, shape, { layout })];
}

/**
 * Makes `torch.autograd.gradcheck` take functions of sparse tensors, and functions that give them. With
 * `masked: true` only the elements that are stored count.
 * https://docs.pytorch.org/docs/2.13/generated/torch.sparse.as_sparse_gradcheck.html
 *
 * @example
 * const gradcheck = torch.sparse.as_sparse_gradcheck(torch.autograd.gradcheck);
 * const x = torch.tensor([[0, 1], [2, 3]], { dtype: torch.float64 }).to_sparse_coo().requires_grad_(true);
 * console.log(gradcheck((x) => x.to_sparse_csr(), [x])); // true
 */
export function as_sparse_gradcheck(gradcheck: Check) {
  return (
    func: (...inputs: Tensor[]) => unknown,
    inputs: Tensor | readonly unknown[],
    options: { masked?: boolean; [option: string]: unknown } = {},
  ): boolean => {
    const { masked = false, ...rest } = isOptions(options) ? options : {};
    const restores: (Restore | undefined)[] = [];
    const leaves = (Array.isArray(inputs) ? inputs : [inputs]).map((input: unknown, i) => {
      if (!isSparse(input) || !input.requires_grad) return input;
      const [values, restore] = taken(masked ? input.detach() : filled(input.detach()));
      restores[i] = restore;
      return values.detach().requires_grad_(true);
    });
    const dense = (output: unknown) =>
      isSparse(output) && output.requires_grad ? output.to_dense({ masked_grad: masked }) : output;
    const ofValues = (...values: Tensor[]): unknown => {
      const outputs = func(...values.map((value, i) => restores[i]?.(value) ?? value));
      return Array.isArray(outputs) ? outputs.map(dense) : dense(outputs);
    };
    return gradcheck(ofValues as (...inputs: never[]) => unknown, leaves, rest);
  };
}
