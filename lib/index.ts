/** The package's entry: `torch` with everything on it, and its modules by name. */
import './errors';
import { torch } from './torch';

export * as amp from './amp';
export * as copy from './copy';
export * as distributions from './distributions';
export * as nn from './nn';
export * as optim from './optim';
export { Tensor } from './tensor';
export { Complex } from './types';
export { torch as default };

// `const torch = require('tsorch')` has everything of `torch` too.
for (const [name, value] of Object.entries(torch)) if (!Object.hasOwn(exports, name)) exports[name] = value;
