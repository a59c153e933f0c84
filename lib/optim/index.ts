/** torch.optim. https://docs.pytorch.org/docs/2.13/optim.html */
import { explainLeftOut } from '../base/left_out';

export { Adadelta, type AdadeltaOptions, type AdadeltaState } from './adadelta';
export { Adafactor, type AdafactorOptions, type AdafactorState } from './adafactor';
export { Adagrad, type AdagradOptions, type AdagradState } from './adagrad';
export { Adam, type AdamOptions, type AdamState, type AdamWOptions } from './adam';
export { Adamax, type AdamaxOptions, type AdamaxState } from './adamax';
export { AdamW } from './adamw';
export type { GroupSpec, ParamGroup, Params } from './arguments';
export { ASGD, type ASGDOptions, type ASGDState } from './asgd';
export { LBFGS, type LBFGSOptions, type LBFGSState } from './lbfgs';
export * as lr_scheduler from './lr_scheduler';
export { Muon, type MuonOptions, type MuonState } from './muon';
export { NAdam, type NAdamOptions, type NAdamState } from './nadam';
export * as optimizer from './namespace/optimizer';
export {
  type Closure,
  Optimizer,
  type OptimizerStateDict,
  register_optimizer_step_post_hook,
  register_optimizer_step_pre_hook,
} from './optimizer';
export { RAdam, type RAdamOptions, type RAdamState } from './radam';
export { RMSprop, type RMSpropOptions, type RMSpropState } from './rmsprop';
export { Rprop, type RpropOptions, type RpropState } from './rprop';
export { SGD, type SGDOptions, type SGDState } from './sgd';
export { SparseAdam, type SparseAdamOptions, type SparseAdamState } from './sparse_adam';
export * as swa_utils from './swa_utils';

explainLeftOut('torch.optim', exports as object);
