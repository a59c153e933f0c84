/** Calls whose results have PyTorch's dtypes and sizes on meta, but other strides. */
export const elsewhere: ReadonlySet<string> = new Set([
  // libtorch's own kernels for meta, which PyTorch replaces from Python: they follow the CPU, Python's follow CUDA.
  'linalg.svd',
  'svd',
]);
