/** What native code reports, as the errors of the library. */
import {
  AcceleratorError,
  AssertionError,
  DistBackendError,
  DistError,
  DistNetworkError,
  DistStoreError,
  JitError,
  LinAlgError,
  NotImplementedError,
  OutOfMemoryError,
  QueueEmptyError,
  TorchError,
} from '../base/errors';

/** The class for each kind that native/errors.cpp names. */
const classes: Record<string, new (message: string) => Error> = {
  AssertionError,
  TypeError,
  IndexError: RangeError,
  ValueError: RangeError,
  NotImplementedError,
  LinAlgError,
  JitError,
  OutOfMemoryError,
  AcceleratorError,
  DistError,
  DistBackendError,
  DistNetworkError,
  DistStoreError,
  QueueEmptyError,
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

/** The error of a kind, with the stack of the caller. */
export function makeError(kind: string, message: string): Error {
  const error = new (classes[kind] ?? TorchError)(withPythonNames(withoutOwnKernels(message)));
  Error.captureStackTrace(error, makeError); // the stack begins at the caller
  return error;
}
