/** The functions of `torch` that PyTorch writes in Python, by subject. https://docs.pytorch.org/docs/2.13/torch.html */
export * from './functional/factorization';
export * from './functional/full';
export { lobpcg } from './functional/lobpcg';
export { pca_lowrank, svd_lowrank } from './functional/lowrank';
export * from './functional/nonzero';
export * from './functional/norm';
export * from './functional/products';
export {
  atleast_1d,
  atleast_2d,
  atleast_3d,
  block_diag,
  broadcast_shapes,
  broadcast_tensors,
  cartesian_prod,
  meshgrid,
  split,
  unravel_index,
} from './functional/shapes';
export * from './functional/spectral';
export * from './functional/unique';
