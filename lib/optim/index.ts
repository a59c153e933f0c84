/** torch.optim. https://docs.pytorch.org/docs/2.13/optim.html */
import { explainLeftOut } from '../base/left_out';

export { Adadelta, type AdadeltaState } from './adadelta';
export { Adafactor, type AdafactorState } from './adafactor';
export { Adagrad, type AdagradState } from './adagrad';
export { Adam, type AdamState } from './adam';
export { Adamax, type AdamaxState } from './adamax';
export { AdamW } from './adamw';
export type { GroupSpec, ParamGroup, Params } from './arguments';
export { ASGD, type ASGDState } from './asgd';
export type {
  AdadeltaOptions,
  AdafactorOptions,
  AdagradOptions,
  AdamaxOptions,
  AdamOptions,
  AdamWOptions,
  ASGDOptions,
  LBFGSOptions,
  MuonOptions,
  NAdamOptions,
  RAdamOptions,
  RMSpropOptions,
  RpropOptions,
  SGDOptions,
  SparseAdamOptions,
} from './generated/optim';
export { LBFGS, type LBFGSState } from './lbfgs';
export * as lr_scheduler from './lr_scheduler';
export { Muon, type MuonState } from './muon';
export { NAdam, type NAdamState } from './nadam';
export * as optimizer from './namespace/optimizer';
export {
  type Closure,
  Optimizer,
  type OptimizerStateDict,
  register_optimizer_step_post_hook,
  register_optimizer_step_pre_hook,
} from './optimizer';
export { RAdam, type RAdamState } from './radam';
export { RMSprop, type RMSpropState } from './rmsprop';
export { Rprop, type RpropState } from './rprop';
export { SGD, type SGDState } from './sgd';
export { SparseAdam, type SparseAdamState } from './sparse_adam';
export * as swa_utils from './swa_utils';

explainLeftOut('torch.optim', exports as object);
