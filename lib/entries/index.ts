/** `torch` with everything on it, the default export, and its modules, as TypeScript sees them; main.ts is what runs. */
import { torch } from '../torch';

export * as amp from '../amp';
export { Complex } from '../base/types';
export * as distributions from '../distributions';
export * as nn from '../nn';
export * as optim from '../optim';
export { Tensor } from '../tensor/tensor';
export * as copy from '../torch/copy';
export { torch as default };
