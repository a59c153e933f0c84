/** torch.autograd.profiler_util: what profiles are made of. */
export { EventList } from './event_list';
export { FunctionEvent, FunctionEventAvg, Interval, type Kernel } from './function_event';
