/** torch.nn.modules.batchnorm. */
export {
  _BatchNorm,
  _NormBase,
  BatchNorm1d,
  BatchNorm2d,
  BatchNorm3d,
  LazyBatchNorm1d,
  LazyBatchNorm2d,
  LazyBatchNorm3d,
} from '../batchnorm';
export { SyncBatchNorm } from '../sync_batchnorm';
