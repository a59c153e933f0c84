/** The package's entry: `torch` with everything on it, and its modules by name. */
import './errors';
import { torch } from './torch';

export * as nn from './nn';
export * as optim from './optim';
export { Tensor } from './tensor';
export { Complex } from './types';
export { torch as default };
