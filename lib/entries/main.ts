/**
 * What runs when the package is loaded. index.ts has the same names for TypeScript, which has no way to say that a
 * module is loaded when it is first used; a test compares the two.
 */
import '../base/bundled';
import '../base/errors';
import { withLazy } from '../base/lazy';
import { torch } from '../torch';

// `const torch = require('tsorch')` has everything of `torch`, and `default` for those who import it.
Object.defineProperties(exports, Object.getOwnPropertyDescriptors(torch));
withLazy(exports as object, { copy: () => require('../torch/copy') as typeof import('../torch/copy') });
Object.defineProperty(exports, 'default', { value: torch, enumerable: true });
