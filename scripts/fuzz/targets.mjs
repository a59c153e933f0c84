// The functions the fuzzer calls: every public one.

/** Not called, each for a reason. */
const leftOut = new Map([
  ['set_num_threads', 'a huge number starts as many threads'],
  ['set_num_interop_threads', 'likewise'],
  ['set_default_dtype', 'changes what later calls mean'],
  ['set_default_device', 'likewise'],
  ['set_default_tensor_type', 'likewise'],
  ['device_scope', 'likewise, until disposed'],
  ['use_deterministic_algorithms', 'likewise'],
  ['set_deterministic_debug_mode', 'likewise'],
  ['set_warn_always', 'likewise'],
  ['set_printoptions', 'likewise'],
  ['set_grad_enabled', 'likewise, until disposed'],
  ['no_grad', 'likewise'],
  ['enable_grad', 'likewise'],
  ['inference_mode', 'likewise'],
  ['_stack', 'an empty list crashes libtorch, in Python too'],
  ['gc', 'slow, and takes no arguments'],
  ['save', 'writes files'],
  ['load', 'reads files; has a fuzzer of its own'],
]);

/** @typedef {{ name: string, owner: any, key: string, method: boolean }} Target */

/**
 * @param {any} torch
 * @returns {Target[]}
 */
export function targets(torch) {
  const spaces = ['', 'nn.functional', 'linalg', 'fft', 'special', 'signal.windows', 'masked', 'sparse', 'autograd'];
  const found = spaces.flatMap((space) => functionsOf(torch, space));
  const methods = Object.getOwnPropertyNames(torch.Tensor.prototype)
    .filter((key) => key !== 'constructor' && key !== 'dispose' && isMethod(torch.Tensor.prototype, key))
    .map((key) => ({ name: `Tensor.${key}`, owner: null, key, method: true }));
  return [...found, ...methods];
}

/** @param {any} torch @param {string} space @returns {Target[]} */
function functionsOf(torch, space) {
  const owner = space === '' ? torch : space.split('.').reduce((o, key) => o?.[key], torch);
  return Object.keys(owner ?? {})
    .filter((key) => typeof owner[key] === 'function' && !isClass(owner[key]) && !leftOut.has(key))
    .map((key) => ({ name: space ? `${space}.${key}` : key, owner, key, method: false }));
}

/** @param {object} prototype @param {string} key */
function isMethod(prototype, key) {
  return typeof Object.getOwnPropertyDescriptor(prototype, key)?.value === 'function';
}

/** @param {Function} value */
function isClass(value) {
  return /^class\b/.test(Function.prototype.toString.call(value));
}
