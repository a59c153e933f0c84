/** torch.utils. */
import { explainLeftOut } from '../left_out';

export * as benchmark from './benchmark';
export * as checkpoint from './checkpoint';
export * as data from './data';
export { deterministic } from './deterministic';
export { swap_tensors } from './swap_tensors';
export * as tensorboard from './tensorboard';

explainLeftOut('torch.utils', exports as object);
