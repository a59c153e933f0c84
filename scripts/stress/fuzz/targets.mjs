// The functions the fuzzer calls: every public one.
import { createRequire } from 'node:module';

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
  ['blackman_window', '2³¹ elements are right, and take longer than the limit'],
  ['hamming_window', 'likewise'],
  ['hann_window', 'likewise'],
  ['bartlett_window', 'likewise'],
  ['kaiser_window', 'likewise'],
  ['signal.windows.exponential', 'likewise'],
  ['signal.windows.cosine', 'likewise'],
  ['signal.windows.gaussian', 'likewise'],
  ['signal.windows.kaiser', 'likewise'],
  ['signal.windows.general_cosine', 'likewise'],
  ['signal.windows.general_hamming', 'likewise'],
  ['signal.windows.hamming', 'likewise'],
  ['signal.windows.hann', 'likewise'],
  ['signal.windows.blackman', 'likewise'],
  ['signal.windows.nuttall', 'likewise'],
  ['signal.windows.bartlett', 'likewise'],
  ['rand', 'likewise'],
  ['randn', 'likewise'],
  ['randperm', 'likewise'],
  ['linspace', 'likewise'],
  ['logspace', 'likewise'],
  ['gc', 'slow, and takes no arguments'],
  ['save', 'writes files'],
  ['load', 'reads files; has a fuzzer of its own'],
  ['numpy.savez', 'writes files'],
  ['numpy.savez_compressed', 'writes files'],
  ['numpy.load', 'reads files; has a fuzzer of its own'],
  ['safetensors.load_file', 'likewise'],
  ['safetensors.save_file', 'writes files'],
  ['safetensors.save_model', 'writes files'],
  ['safetensors.save_torch_state_dict', 'writes files'],
  ['huggingface_hub.hf_hub_download', 'asks the network'],
  ['huggingface_hub.snapshot_download', 'likewise'],
  ['huggingface_hub.load_state_dict_from_file', 'reads files, as safetensors.load_file does'],
  ['huggingface_hub.load_torch_model', 'likewise'],
  ['pyplot.savefig', 'writes files'],
  ['vision.io.write_file', 'writes files'],
  ['vision.io.write_jpeg', 'writes files'],
  ['vision.io.write_png', 'writes files'],
  ['multiprocessing.load_modules', 'loads files'],
  ['set_num_interop_threads', 'starts threads'],
  ['_lend_passes', 'a switch for tests'],
  ['set_anomaly_enabled', 'changes what later calls mean'],
  ['set_multithreading_enabled', 'likewise, until disposed'],
  ['enter_dual_level', 'likewise, until left'],
  ['dual_level', 'likewise, until disposed'],
  ['set_autocast_enabled', 'likewise'],
  ['disable_saved_tensors_hooks', 'likewise, until disposed'],
  ['saved_tensors_hooks', 'likewise, until disposed'],
  ['save_on_cpu', 'likewise, until disposed'],
  ['fork_rng', 'likewise'],
  ['safe_globals', 'likewise'],
  ['sdpa_kernel', 'likewise, until disposed'],
]);

const require = createRequire(import.meta.url);

/** Namespaces of torch. */
const spaces = [
  '',
  'nn.functional',
  'linalg',
  'fft',
  'special',
  'signal.windows',
  'masked',
  'sparse',
  'autograd',
  'autograd.forward_ad',
  'autograd.functional',
  'autograd.graph',
  'accelerator',
  'amp',
  'cpu',
  'cuda',
  'cuda.memory',
  'func',
  'multiprocessing',
  'nested',
  'nn.attention',
  'nn.init',
  'nn.utils',
  'nn.utils.parametrizations',
  'nn.utils.parametrize',
  'nn.utils.prune',
  'nn.utils.rnn',
  'nn.utils.stateless',
  'optim.swa_utils',
  'random',
  'serialization',
  'testing',
  'utils.checkpoint',
  'utils.data',
];

/** Modules of the package beside torch. */
const packages = [
  'huggingface_hub',
  'numpy',
  'pyplot',
  'safetensors',
  'torchviz',
  'tqdm',
  'vision',
  'vision/io',
  'vision/transforms',
  'vision/transforms/functional',
  'vision/utils',
];

/** @typedef {{ name: string, owner: any, key: string, method: boolean }} Target */

/**
 * @param {any} torch
 * @returns {Target[]}
 */
export function targets(torch) {
  const found = [
    ...spaces.flatMap((space) => functionsOf(torch, space)),
    ...functionsOf(require('../../../dist/torch/copy'), '', 'copy'),
    ...packages.flatMap((name) => functionsOf(require(`../../../dist/entries/${name}`), '', name.replaceAll('/', '.'))),
  ];
  const methods = Object.getOwnPropertyNames(torch.Tensor.prototype)
    .filter((key) => key !== 'constructor' && key !== 'dispose' && isMethod(torch.Tensor.prototype, key))
    .map((key) => ({ name: `Tensor.${key}`, owner: null, key, method: true }));
  return [...found, ...methods];
}

/** @param {any} torch @param {string} space @param {string} [prefix] @returns {Target[]} */
function functionsOf(torch, space, prefix = space) {
  const owner = space === '' ? torch : space.split('.').reduce((o, key) => o?.[key], torch);
  const named = (/** @type {string} */ key) => (prefix ? `${prefix}.${key}` : key);
  return Object.keys(owner ?? {})
    .filter((key) => !leftOut.has(key) && !leftOut.has(named(key)))
    .filter((key) => typeof owner[key] === 'function' && !isClass(owner[key]))
    .map((key) => ({ name: named(key), owner, key, method: false }));
}

/** @param {object} prototype @param {string} key */
function isMethod(prototype, key) {
  return typeof Object.getOwnPropertyDescriptor(prototype, key)?.value === 'function';
}

/** @param {Function} value */
function isClass(value) {
  return /^class\b/.test(Function.prototype.toString.call(value));
}
