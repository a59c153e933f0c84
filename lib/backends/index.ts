/** torch.backends. https://docs.pytorch.org/docs/2.13/backends.html */

import { current_accelerator } from '../context/accelerator';
import { hasFeature } from '../context/flags';
import { flagsOf, switches } from './switches';

export * as cuda from './cuda';
export { cudnn } from './cudnn';
export { opt_einsum } from './opt_einsum';

/** Intel's math library. */
export const mkl = {
  /** Whether libtorch was built with it. */
  is_available(): boolean {
    return hasFeature('mkl');
  },
};

/** Threads of kernels. */
export const openmp = {
  /** Whether libtorch was built with it. */
  is_available(): boolean {
    return hasFeature('openmp');
  },
};

const mkldnnSwitches = switches({ enabled: 'mkldnn', deterministic: 'mkldnn_deterministic' });

const mkldnnFunctions = {
  /** Whether libtorch was built with oneDNN. */
  is_available(): boolean {
    return hasFeature('mkldnn');
  },
  flags: flagsOf(mkldnnSwitches, { enabled: false, deterministic: false }),
};

export const mkldnn = Object.defineProperties(
  mkldnnFunctions,
  Object.getOwnPropertyDescriptors(mkldnnSwitches),
) as typeof mkldnnSwitches & typeof mkldnnFunctions;

const nnpackSwitches = switches({ enabled: 'nnpack' });

export const nnpack = { flags: flagsOf(nnpackSwitches, { enabled: false }) };

/** Apple's graphics processor. */
export const mps = {
  /** Whether libtorch was built for it. */
  is_built(): boolean {
    return hasFeature('mps');
  },
  /** Whether it is there and can be used. */
  is_available(): boolean {
    return current_accelerator({ check_available: true })?.type === 'mps';
  },
};

const miopenSwitches = switches({ immediate: 'miopen_immediate' });

const miopenFunctions = { flags: flagsOf(miopenSwitches, { immediate: false }) };

/** AMD's convolutions: `immediate` takes the first algorithm that MIOpen names, without measuring. */
export const miopen = Object.defineProperties(
  miopenFunctions,
  Object.getOwnPropertyDescriptors(miopenSwitches),
) as typeof miopenSwitches & typeof miopenFunctions;
