/** torch.optim.optimizer. */
export {
  Optimizer,
  register_optimizer_step_post_hook,
  register_optimizer_step_pre_hook,
  required,
} from '../optimizer';
