/** torch.autograd.function. https://docs.pytorch.org/docs/2.13/autograd.html#function */
export { Function, once_differentiable } from '../function';
export { FunctionCtx } from '../function_ctx';
