// Which operators Python shows by generated bindings, and under which name and namespace.

import { outArguments } from './schema.mjs';

/** @typedef {import('./native-functions.mjs').NativeFunction} NativeFunction */

/** Names of operators Python binds by hand (see manual.mjs) or keeps to itself. */
const HIDDEN_NAMES = new Set(
  `alias contiguous dim get_device is_contiguous is_cuda is_sparse is_sparse_csr numel size storage_offset stride
  sym_is_contiguous sym_size sym_stride sym_storage_offset sym_numel sym_is_contiguous
  _unsafe_view tensor _sparse_add_out _sparse_dense_add_out index index_out unique_dim_consecutive
  slice item _local_scalar_dense to _to_copy _to_copy_out _reshape_copy _reshape_copy_out copy_sparse_to_sparse_
  copy copy_ _foreach_copy numpy_T matrix_H mT mH nonzero nonzero_out nonzero_numpy
  set_data data is_leaf output_nr _version requires_grad_ retains_grad set_ _fw_primal
  fake_quantize_per_tensor_affine_cachemask fake_quantize_per_channel_affine_cachemask
  _new_zeros_with_same_feature_meta _has_same_storage_numel _reshape_alias replace_ normal_functional nbytes itemsize
  _batch_norm_with_update _batch_norm_with_update_out _batch_norm_no_update`.split(/\s+/),
);

/** Derivative formulas, helpers of sparse kernels and of other families that no user calls. */
const HIDDEN_FAMILIES = [
  /_backward(_(out|input|weight|bias))?$/,
  /_forward(_out)?$/,
  /_jvp$/,
  /_overrideable$/,
  /^_?sparse_(coo|compressed|csr|csc|bsr|bsc)_tensor/,
  /^_sparse_(div|mul|sub)/,
  /^_(range|cumsum|cumprod|sum|prod|solve|inverse|cholesky|triangular_solve|qr|svd)/,
  /^_th(nn)?_/,
  /^range/,
  /^lift/,
];

/** Tensor with a number goes through the Tensor overload, which wraps the number. */
const HIDDEN_OVERLOADS = /^(add|sub|mul|div)_?\.Scalar$/;

/** @param {NativeFunction} fn */
export function isExposed({ schema }) {
  const name = outArguments(schema).length ? `${schema.name}_out` : schema.name;
  if (HIDDEN_NAMES.has(name) || HIDDEN_FAMILIES.some((family) => family.test(name))) return false;
  return !HIDDEN_OVERLOADS.test(`${schema.name}.${schema.overload}`);
}

/** @param {NativeFunction} fn */
export function isMethod(fn) {
  return fn.module === null && fn.variants.has('method');
}

/** @param {NativeFunction} fn */
export function isFunction(fn) {
  return fn.module !== null || fn.variants.has('function');
}

/** torch.sparse renames these when it re-exports them. */
const SPARSE_NAMES = new Map([
  ['_sparse_addmm', 'addmm'],
  ['_sparse_mm', 'mm'],
  ['_sparse_softmax', 'softmax'],
  ['_sparse_log_softmax', 'log_softmax'],
  ['_spsolve', 'spsolve'],
  ['_spdiags', 'spdiags'],
]);

/**
 * The name inside its Python module: `linalg_norm` is `torch.linalg.norm`.
 * @param {string} name
 * @param {string} module
 */
export function publicName(name, module) {
  if (module === 'sparse' && SPARSE_NAMES.has(name)) return /** @type {string} */ (SPARSE_NAMES.get(name));
  return name.startsWith(`${module}_`) ? name.slice(module.length + 1) : name;
}
