/** torch.utils. */
import { explainLeftOut } from '../base/left_out';

export { swap_tensors } from '../tensor/swap_tensors';
export * as benchmark from './benchmark';
export * as checkpoint from './checkpoint';
export * as data from './data';
export { deterministic } from './deterministic';
export * as flop_counter from './flop_counter';
export * as tensorboard from './tensorboard';

explainLeftOut('torch.utils', exports as object);
