/** https://docs.pytorch.org/docs/2.13/backends.html#module-torch.backends.cudnn */
import { hasFeature } from '../context';
import { switches } from './switches';

const properties = switches({
  /** Whether functions that ask may use cuDNN. */
  enabled: 'cudnn',
  /** Tries several algorithms for a convolution and keeps the fastest. */
  benchmark: 'cudnn_benchmark',
  deterministic: 'cudnn_deterministic',
  allow_tf32: 'cudnn_tf32',
});

export const cudnn = Object.defineProperties(
  { is_available: (): boolean => hasFeature('cudnn') },
  Object.getOwnPropertyDescriptors(properties),
) as typeof properties & { is_available(): boolean };
