/** The functions of `torch` that PyTorch writes in Python, by subject. https://docs.pytorch.org/docs/2.13/torch.html */
export * from './factorization';
export * from './full';
export { lobpcg } from './lobpcg';
export { pca_lowrank, svd_lowrank } from './lowrank';
export * from './nonzero';
export * from './norm';
export * from './products';
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
} from './shapes';
export * from './spectral';
export * from './unique';
