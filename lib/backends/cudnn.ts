/** https://docs.pytorch.org/docs/2.13/backends.html#module-torch.backends.cudnn */
import { hasFeature } from '../context/flags';
import { type Flags, flagsOf, switches } from './switches';

const properties = switches({
  /** Whether functions that ask may use cuDNN. */
  enabled: 'cudnn',
  /** Tries several algorithms for a convolution and keeps the fastest. */
  benchmark: 'cudnn_benchmark',
  deterministic: 'cudnn_deterministic',
  allow_tf32: 'cudnn_tf32',
});

type Switch = keyof typeof properties;

export const cudnn = Object.defineProperties(
  {
    is_available: (): boolean => hasFeature('cudnn'),
    flags: flagsOf<Switch>(properties, { enabled: false, benchmark: false, deterministic: false, allow_tf32: true }),
  },
  Object.getOwnPropertyDescriptors(properties),
) as typeof properties & {
  /** Whether libtorch was built with cuDNN. */
  is_available(): boolean;
  flags: Flags<Switch>;
};
