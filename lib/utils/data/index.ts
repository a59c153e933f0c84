/** torch.utils.data. https://docs.pytorch.org/docs/2.13/data.html */
import { explainLeftOut } from '../../base/left_out';

export type { DataLoaderOptions } from '../generated/utils_data';
export * as _utils from './_utils';
export { type Collated, type Converted, default_collate, default_convert } from './_utils/collate';
export { get_worker_info, type WorkerInfo } from './_utils/worker_info';
export * as dataloader from './dataloader';
export { DataLoader } from './dataloader';
export {
  ChainDataset,
  ConcatDataset,
  Dataset,
  IterableDataset,
  type MapDataset,
  random_split,
  StackDataset,
  Subset,
  TensorDataset,
} from './dataset';
export * as distributed from './distributed';
export { DistributedSampler } from './distributed';
export * as dataset from './namespace/dataset';
export * as sampler from './namespace/sampler';
export {
  BatchSampler,
  RandomSampler,
  Sampler,
  SequentialSampler,
  SubsetRandomSampler,
  WeightedRandomSampler,
} from './sampler';

explainLeftOut('torch.utils.data', exports as object);
