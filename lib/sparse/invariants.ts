/** https://docs.pytorch.org/docs/2.13/generated/torch.sparse.check_sparse_tensor_invariants.html */
import { requireBoolean } from '../arguments/checks';
import { Signature } from '../arguments/signature';
import { getFlag, setFlag } from '../context/flags';

const signature = new Signature<{ enable?: boolean }>('check_sparse_tensor_invariants.__init__', { enable: true });
const flag = 'sparse_invariants';

/**
 * Whether the making of sparse tensors checks their indices: `check_sparse_tensor_invariants.enable()`, or for a while
 * `using _ = new check_sparse_tensor_invariants()`.
 */
export class check_sparse_tensor_invariants {
  private readonly before = getFlag(flag);

  constructor(...args: [enable?: boolean] | [args: { enable?: boolean }]) {
    const { enable } = signature.read(args);
    requireBoolean('check_sparse_tensor_invariants', 'enable', enable);
    setFlag(flag, enable);
  }

  /** Whether new sparse tensors are checked. */
  static is_enabled(): boolean {
    return getFlag(flag);
  }

  /** Checks new sparse tensors from now on. */
  static enable(): void {
    setFlag(flag, true);
  }

  /** Checks them no more. */
  static disable(): void {
    setFlag(flag, false);
  }

  [Symbol.dispose](): void {
    setFlag(flag, this.before);
  }
}
