/** torch.autograd. https://docs.pytorch.org/docs/2.13/autograd.html */
export { detect_anomaly, set_detect_anomaly } from './anomaly';
export {
  type BackwardCallOptions,
  type BackwardOptions,
  backward,
  type GradOptions,
  grad,
  lendPasses as _lend_passes,
} from './engine';
export * as forward_ad from './forward_ad';
export { Function } from './function';
export type { FunctionCtx } from './function_ctx';
export * as function from './function_module';
export * as functional from './functional';
export { enable_grad, inference_mode, no_grad, set_grad_enabled } from './grad_mode';
export { GradcheckError, type GradcheckOptions, gradcheck, gradgradcheck } from './gradcheck';
export * as graph from './graph';
export type { RemovableHandle } from './hooks';
