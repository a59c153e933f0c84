/** torch.profiler. https://docs.pytorch.org/docs/2.13/profiler.html */
import { explainLeftOut } from '../base/left_out';

export { type ExperimentalConfig as _ExperimentalConfig, ProfilerActivity } from '../autograd/profiler/config';
export { DeviceType } from '../autograd/profiler/function_event';
export { record_function } from '../autograd/profiler/record_function';
export { type Activities, supported_activities } from './activities';
export { type TraceHandler, tensorboard_trace_handler } from './handler';
export { profile } from './profile';
export { ProfilerAction, schedule } from './schedule';

/** Whether this libtorch has kineto: always. */
export function kineto_available(): boolean {
  return true;
}

explainLeftOut('torch.profiler', exports as object);
