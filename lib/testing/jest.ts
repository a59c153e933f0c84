/**
 * For jest's `setupFilesAfterEnv: ['tsorch/jest']`: `expect` knows tensors and modules from then on. With
 * `injectGlobals: false` a file of one's own calls `register(expect)`.
 */
import type {} from 'expect';
import { registerGlobal, type TensorMatchers } from './expect';

export { type Expect, register, type TensorMatchers } from './expect';

declare global {
  namespace jest {
    interface Matchers<R, T> extends TensorMatchers<R> {}
  }
}

declare module 'expect' {
  interface Matchers<R extends void | Promise<void>, T = unknown> extends TensorMatchers<R> {}
}

registerGlobal();
