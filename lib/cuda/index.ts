/** torch.cuda. Without CUDA it says so, in PyTorch's words. https://docs.pytorch.org/docs/2.13/cuda.html */
export { OutOfMemoryError } from '../base/errors';
export * as amp from './amp';
export * from './device';
export * from './memory';
export * as memory from './memory';
export * from './random';
export * as random from './random';
export * from './streams';
