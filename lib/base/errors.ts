/** The errors of the library, and the one place that makes them from what native code reports. */
import { native } from '../native/addon';
import { serve } from '../native/frame';

/** What libtorch refuses (Python's `RuntimeError`): its message, with the JavaScript stack. */
export class TorchError extends Error {
  override name = 'TorchError';
}

/** Memory ran out, on the CPU or on a device, after a collection and a second try. */
export class OutOfMemoryError extends TorchError {
  override name = 'OutOfMemoryError';
}

/** A device failed: CUDA's own errors. https://docs.pytorch.org/docs/2.13/generated/torch.AcceleratorError.html */
export class AcceleratorError extends TorchError {
  override name = 'AcceleratorError';
}

/** A linear algebra routine had no answer: a singular matrix, no convergence. */
export class LinAlgError extends TorchError {
  override name = 'LinAlgError';
}

/** An operation that this dtype, layout or device does not have. */
export class NotImplementedError extends TorchError {
  override name = 'NotImplementedError';
}

/** A condition that a function counts on does not hold (Python's `AssertionError`). */
export class AssertionError extends Error {
  override name = 'AssertionError';
}

/** The class for each kind that native/errors.cpp names. */
const classes: Record<string, new (message: string) => Error> = {
  AssertionError,
  TypeError,
  IndexError: RangeError,
  ValueError: RangeError,
  NotImplementedError,
  LinAlgError,
  OutOfMemoryError,
  AcceleratorError,
  RuntimeError: TorchError,
};

/** libtorch's names of tensor types become Python's: CPUFloatType is torch.FloatTensor. */
function withPythonNames(message: string): string {
  // PyTorch leaves CPUBoolType and CPUBFloat16Type as they are.
  return message.replace(
    /\b(Sparse)?(CPU|CUDA)(Byte|Char|Short|Int|Long|Half|Float|Double)Type\b/g,
    (_, sparse, device, type) => `torch.${device === 'CUDA' ? 'cuda.' : ''}${sparse ? 'sparse.' : ''}${type}Tensor`,
  );
}

/** An operator that was sent to CUDA in a libtorch without it: Python finds out before it calls. */
export function withoutCuda(error: unknown): unknown {
  const { message } = error as Error;
  const sent =
    message === 'PyTorch is not linked with support for cuda devices' ||
    (message.startsWith("Could not run 'aten::") && message.includes("with arguments from the 'CUDA' backend"));
  if (!sent || !(error instanceof TorchError)) return error;
  const other = new AssertionError('Torch not compiled with CUDA enabled');
  other.stack = error.stack?.replace(`${error.name}: ${message}`, String(other));
  return other;
}

/** Kernels for the random streams of worker threads (native/random/thread_stream.cpp), in lists of all kernels. */
function withoutOwnKernels(message: string): string {
  if (!message.includes('tsorch: streams of threads')) return message;
  return message.replace(', TESTING_ONLY_GenericMode', '').replace(/^TESTING_ONLY_GenericMode: .*\n/m, '');
}

function makeError(kind: string, message: string): Error {
  const error = new (classes[kind] ?? TorchError)(withPythonNames(withoutOwnKernels(message)));
  Error.captureStackTrace(error, makeError); // the stack begins at the caller
  return error;
}

const warned = new Set<string>();
let always = false;

/** Whether every warning is shown each time, not once. */
export function is_warn_always_enabled(): boolean {
  return always;
}

/** https://docs.pytorch.org/docs/2.13/generated/torch.set_warn_always.html */
export function set_warn_always(enabled: boolean): void {
  always = enabled;
}

/** Shows a warning once, as Python does by default. */
export function warn(message: string, category = 'UserWarning'): void {
  if (!always && warned.has(message)) return;
  warned.add(message);
  process.emitWarning(message, category);
}

native.set_callbacks(makeError, warn, serve);
