/** The different elements of a tensor. */

import { python } from '../arguments/python';
import { callOperator } from '../operators/operator';
import type { Tensor } from '../tensor/tensor';

type Flag = boolean | undefined;

/** The values, then what was asked for. */
export type UniqueResult<Inverse extends Flag, Counts extends Flag> = Inverse extends true
  ? Counts extends true
    ? [output: Tensor, inverse_indices: Tensor, counts: Tensor]
    : [output: Tensor, inverse_indices: Tensor]
  : Counts extends true
    ? [output: Tensor, counts: Tensor]
    : Tensor;

interface Returned<Inverse extends Flag, Counts extends Flag> {
  return_inverse?: Inverse;
  return_counts?: Counts;
  dim?: number | null;
}

export interface Unique {
  <Inverse extends Flag = false, Counts extends Flag = false>(
    input: Tensor,
    options?: { sorted?: boolean } & Returned<Inverse, Counts>,
  ): UniqueResult<Inverse, Counts>;
  <Inverse extends Flag = false, Counts extends Flag = false>(
    input: Tensor,
    sorted: boolean,
    options?: Returned<Inverse, Counts>,
  ): UniqueResult<Inverse, Counts>;
  <Inverse extends Flag = false, Counts extends Flag = false>(
    input: Tensor,
    sorted: boolean,
    return_inverse: Inverse,
    return_counts?: Counts,
    dim?: number | null,
  ): UniqueResult<Inverse, Counts>;
}

export interface UniqueConsecutive {
  <Inverse extends Flag = false, Counts extends Flag = false>(
    input: Tensor,
    options?: Returned<Inverse, Counts>,
  ): UniqueResult<Inverse, Counts>;
  <Inverse extends Flag = false, Counts extends Flag = false>(
    input: Tensor,
    return_inverse: Inverse,
    return_counts?: Counts,
    dim?: number | null,
  ): UniqueResult<Inverse, Counts>;
}

function chosen([output, inverse, counts]: [Tensor, Tensor, Tensor], return_inverse: boolean, return_counts: boolean) {
  if (!return_inverse && !return_counts) return output;
  return [output, ...(return_inverse ? [inverse] : []), ...(return_counts ? [counts] : [])];
}

/**
 * The different elements, or slices along `dim`; with `return_inverse` where each went, with `return_counts` how often
 * each occurs. https://docs.pytorch.org/docs/2.13/generated/torch.unique.html
 */
export const unique = python(
  'unique',
  ['input', 'sorted', 'return_inverse', 'return_counts', 'dim'],
  (
    input: Tensor,
    sorted: boolean = true,
    return_inverse: boolean = false,
    return_counts: boolean = false,
    dim: number | null = null,
  ) => {
    const results =
      dim === null
        ? callOperator<[Tensor, Tensor, Tensor]>('_unique2', input, sorted, return_inverse, return_counts)
        : callOperator<[Tensor, Tensor, Tensor]>('unique_dim', input, dim, sorted, return_inverse, return_counts);
    return chosen(results, return_inverse, return_counts);
  },
) as Unique;

/**
 * The first of each run of equal elements, or of equal slices along `dim`.
 * https://docs.pytorch.org/docs/2.13/generated/torch.unique_consecutive.html
 */
export const unique_consecutive = python(
  'unique_consecutive',
  ['input', 'return_inverse', 'return_counts', 'dim'],
  (input: Tensor, return_inverse: boolean = false, return_counts: boolean = false, dim: number | null = null) => {
    const results = callOperator<[Tensor, Tensor, Tensor]>(
      'unique_consecutive',
      input,
      return_inverse,
      return_counts,
      dim,
    );
    return chosen(results, return_inverse, return_counts);
  },
) as UniqueConsecutive;
