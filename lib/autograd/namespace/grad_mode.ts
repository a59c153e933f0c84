/** torch.autograd.grad_mode. https://docs.pytorch.org/docs/2.13/autograd.html#locally-disabling-gradient-computation */
export { enable_grad, inference_mode, no_grad, set_grad_enabled, set_multithreading_enabled } from '../grad_mode';
