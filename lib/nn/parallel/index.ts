/** torch.nn.parallel. https://docs.pytorch.org/docs/2.13/nn.html#dataparallel-layers-multi-gpu-distributed */
import { explainLeftOut } from '../../base/left_out';

export { DataParallel, data_parallel } from './data_parallel';
export { parallel_apply, replicate } from './replicate';
export { gather, scatter } from './scatter_gather';

explainLeftOut('torch.nn.parallel', exports as object);
