/** Products of groups of matrices, and of scaled low-precision ones. */

import { _torch } from '../../tensor/namespaces';
import type { Tensor } from '../../tensor/tensor';
import * as signatures from '../generated/nn_functional';

/** What one scale holds for: https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.ScalingType.html */
export const ScalingType = {
  TensorWise: 0,
  RowWise: 1,
  BlockWise1x16: 2,
  BlockWise1x32: 3,
  BlockWise1x128: 4,
  BlockWise128x128: 5,
} as const;
export type ScalingType = (typeof ScalingType)[keyof typeof ScalingType];

/** How scales are laid out: https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.SwizzleType.html */
export const SwizzleType = { NO_SWIZZLE: 0, SWIZZLE_32_4_4: 1 } as const;
export type SwizzleType = (typeof SwizzleType)[keyof typeof SwizzleType];

type OneOrMore<Value> = Value | readonly Value[];

function listOf<Value>(value: OneOrMore<Value> | null): readonly Value[] {
  if (value === null) return [];
  return Array.isArray(value) ? (value as readonly Value[]) : [value as Value];
}

/**
 * One product for each group of rows or columns, whose ends are in `offs`.
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.grouped_mm.html
 */
export function grouped_mm(...args: signatures.GroupedMmArgs): Tensor {
  const [mat_a, mat_b, offs, bias, out_dtype] = signatures.grouped_mm.list(args);
  return _torch._grouped_mm(mat_a, mat_b, offs, bias, out_dtype);
}

/**
 * The product of two matrices stored in low precision with scales.
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.scaled_mm.html
 */
export function scaled_mm(...args: signatures.ScaledMmArgs): Tensor {
  const [
    mat_a,
    mat_b,
    scale_a,
    scale_recipe_a,
    scale_b,
    scale_recipe_b,
    swizzle_a,
    swizzle_b,
    bias,
    output_dtype,
    contraction_dim,
    use_fast_accum,
  ] = signatures.scaled_mm.list(args);
  return _torch._scaled_mm_v2(
    mat_a,
    mat_b,
    listOf(scale_a),
    listOf(scale_recipe_a),
    listOf(swizzle_a),
    listOf(scale_b),
    listOf(scale_recipe_b),
    listOf(swizzle_b),
    bias,
    output_dtype,
    contraction_dim,
    use_fast_accum,
  );
}

/**
 * Grouped products of scaled low-precision matrices.
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.scaled_grouped_mm.html
 */
export function scaled_grouped_mm(...args: signatures.ScaledGroupedMmArgs): Tensor {
  const [
    mat_a,
    mat_b,
    scale_a,
    scale_recipe_a,
    scale_b,
    scale_recipe_b,
    swizzle_a,
    swizzle_b,
    bias,
    offs,
    output_dtype,
    contraction_dim,
    use_fast_accum,
  ] = signatures.scaled_grouped_mm.list(args);
  return _torch._scaled_grouped_mm_v2(
    mat_a,
    mat_b,
    listOf(scale_a),
    listOf(scale_recipe_a),
    listOf(swizzle_a),
    listOf(scale_b),
    listOf(scale_recipe_b),
    listOf(swizzle_b),
    offs,
    bias,
    output_dtype,
    contraction_dim,
    use_fast_accum,
  );
}
