/**
 * Orders of contraction for einsum, which PyTorch has of a Python package. As in Python without it, operands are
 * contracted from left to right. https://docs.pytorch.org/docs/2.13/backends.html#module-torch.backends.opt_einsum
 */

import { Signature } from '../arguments/signature';
import { type Mode, withMode } from '../context/mode';

interface OptEinsumFlags {
  enabled?: boolean | null;
  strategy?: string | null;
}

const ofFlags = new Signature<OptEinsumFlags>('flags', { enabled: null, strategy: null });

const FALLBACK = 'from left to right.';

function check({ enabled = null, strategy = null }: OptEinsumFlags): void {
  if (enabled === true) {
    throw new RangeError(
      'opt_einsum is not available, so setting `enabled` to True will not reap the benefits of calculating an optimal path ' +
        `for einsum. torch.einsum will fall back to contracting ${FALLBACK} To enable this optimal path calculation, ` +
        'please install opt-einsum.',
    );
  }
  if (strategy !== null) {
    throw new RangeError(
      `opt_einsum is not available, so setting \`strategy\` to ${strategy} will not be meaningful. torch.einsum will ` +
        `bypass path calculation and simply contract ${FALLBACK} Please install opt_einsum or unset \`strategy\`.`,
    );
  }
}

/** Sets what can be set, while a callback runs or until the mode is disposed. @throws RangeError for what cannot */
function flags(given?: OptEinsumFlags): Mode;
function flags<Result>(given: OptEinsumFlags, callback: () => Result): Result;
function flags<Result>(given: OptEinsumFlags = {}, callback?: () => Result): Result | Mode {
  check(ofFlags.read([given]));
  return withMode('flags', () => () => undefined, callback);
}

/** `enabled` is false and `strategy` null, since the package is not there. */
export const opt_einsum = {
  /** Whether Python's package opt_einsum is there: never. */
  is_available(): boolean {
    return false;
  },
  /** The package opt_einsum, which is not there. */
  get_opt_einsum(): null {
    return null;
  },
  get enabled(): boolean {
    return false;
  },
  set enabled(enabled: boolean) {
    check({ enabled });
  },
  strategy: null as string | null,
  flags,
};
