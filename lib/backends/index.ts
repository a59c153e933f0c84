/** torch.backends. https://docs.pytorch.org/docs/2.13/backends.html */

import { current_accelerator } from '../accelerator/device';
import { hasFeature } from '../context';
import { switches } from './switches';

export * as cuda from './cuda';
export { cudnn } from './cudnn';

export const mkl = { is_available: (): boolean => hasFeature('mkl') };
export const openmp = { is_available: (): boolean => hasFeature('openmp') };
export const mkldnn = Object.defineProperties(
  { is_available: (): boolean => hasFeature('mkldnn') },
  Object.getOwnPropertyDescriptors(switches({ enabled: 'mkldnn', deterministic: 'mkldnn_deterministic' })),
) as { enabled: boolean; deterministic: boolean; is_available(): boolean };

/** Apple's graphics processor. */
export const mps = {
  is_built: (): boolean => hasFeature('mps'),
  is_available: (): boolean => current_accelerator({ check_available: true })?.type === 'mps',
};

/** Orders of contraction for einsum, from a Python package; here operands are contracted from left to right. */
export const opt_einsum = { is_available: (): boolean => false };
