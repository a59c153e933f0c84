/** torch.autograd. https://docs.pytorch.org/docs/2.13/autograd.html */
export { type BackwardOptions, backward, type GradOptions, grad } from './engine';
export { enable_grad, inference_mode, no_grad, set_grad_enabled } from './grad_mode';
export { Node } from './graph';
