/** torch.nn.parallel. https://docs.pytorch.org/docs/2.13/nn.html#dataparallel-layers-multi-gpu-distributed */
export { DataParallel, data_parallel } from './data_parallel';
export { DistributedDataParallel } from './distributed';
export { parallel_apply, replicate } from './replicate';
export { gather, scatter } from './scatter_gather';
