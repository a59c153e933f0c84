/** The errors and the warning of torch.jit. */
import { JitError, TorchError } from '../base/errors';

/** What a program raises itself, with the traceback of its text. */
export { JitError as Error };

/** What is traced here depends on values that a graph does not have: the category of warnings. */
export class TracerWarning extends globalThis.Error {
  override name = 'TracerWarning';
}

/**
 * A trace does not compute what its function does, or differs from a second one.
 * https://docs.pytorch.org/docs/2.13/jit.html#tracer
 */
export class TracingCheckError extends TorchError {
  override name = 'TracingCheckError';
}
