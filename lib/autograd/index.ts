/** torch.autograd. https://docs.pytorch.org/docs/2.13/autograd.html */
export { backward, type BackwardOptions, grad, type GradOptions } from './engine';
export { Node } from './graph';
export { enable_grad, inference_mode, no_grad, set_grad_enabled } from './grad_mode';
