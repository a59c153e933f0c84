/** torch.autograd.functional. https://docs.pytorch.org/docs/2.13/autograd.html#functional-higher-level-api */
export { type HessianOptions, hessian, type JacobianOptions, jacobian } from './jacobian';
export { type FunctionalOptions, hvp, jvp, vhp, vjp } from './products';
