/** torch.autograd.profiler. https://docs.pytorch.org/docs/2.13/autograd.html#profiler */
import { explainLeftOut } from '../../base/left_out';

export { type ExperimentalConfig as _ExperimentalConfig, ProfilerState } from './config';
export { EventList } from './event_list';
export {
  DeviceType,
  FunctionEvent,
  FunctionEventAvg,
  Interval,
  type Kernel,
} from './function_event';
export { profile } from './profile';
export { type Range, record_function } from './record_function';

explainLeftOut('torch.autograd.profiler', exports as object);
