/** torch.autograd. https://docs.pytorch.org/docs/2.13/autograd.html */
import { explainLeftOut } from '../base/left_out';

export { detect_anomaly, set_detect_anomaly } from './anomaly';
export {
  type BackwardCallOptions,
  backward,
  type GradOptions,
  grad,
  lendPasses as _lend_passes,
} from './engine';
export * as forward_ad from './forward_ad';
export { Function } from './function';
export type { FunctionCtx } from './function_ctx';
export * as functional from './functional';
export {
  enable_grad,
  inference_mode,
  is_multithreading_enabled,
  is_view_replay_enabled,
  no_grad,
  set_grad_enabled,
  set_multithreading_enabled,
} from './grad_mode';
export { GradcheckError, type GradcheckOptions, gradcheck, gradgradcheck } from './gradcheck';
export * as graph from './graph';
export type { RemovableHandle } from './hooks';
export * as anomaly_mode from './namespace/anomaly_mode';
export * as function from './namespace/function';
export * as grad_mode from './namespace/grad_mode';
export * as profiler from './profiler';
export { ProfilerActivity, ProfilerState } from './profiler/config';
export * as profiler_util from './profiler/util';

/** Whether this libtorch has kineto, which records for profiles: always. */
export function kineto_available(): boolean {
  return true;
}

explainLeftOut('torch.autograd', exports as object);
