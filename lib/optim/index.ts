/** torch.optim. https://docs.pytorch.org/docs/2.13/optim.html */
export { Adam, type AdamOptions, type AdamState, type AdamWOptions } from './adam';
export { AdamW } from './adamw';
export type { GroupSpec, ParamGroup, Params } from './arguments';
export { RemovableHandle } from './hooks';
export {
  type Closure,
  Optimizer,
  type OptimizerStateDict,
  register_optimizer_step_post_hook,
  register_optimizer_step_pre_hook,
} from './optimizer';
export { SGD, type SGDOptions, type SGDState } from './sgd';
