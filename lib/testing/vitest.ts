/**
 * For vitest's `setupFiles: ['tsorch/vitest']`: `expect` knows tensors and modules from then on. That is in the entry for
 * `import` (scripts/build/esm.mjs), which takes vitest's own `expect`: vitest cannot be loaded by `require`.
 */
export { type Expect, register, type TensorMatchers } from './expect';
