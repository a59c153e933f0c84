/** The errors of the library, and its warnings. */
import { isNativeError } from 'node:util/types';

/** Whether a value is an error, of whatever realm: to a test file of jest, those of Node.js are another's. */
export function isError(value: unknown): value is Error {
  return value instanceof Error || isNativeError(value);
}

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

/** Something went wrong among processes. https://docs.pytorch.org/docs/2.13/distributed.html#debugging-torch-distributed-applications */
export class DistError extends TorchError {
  override name = 'DistError';
}

/** Ranks did not agree on a collective, did not answer, or are gone. */
export class DistBackendError extends DistError {
  override name = 'DistBackendError';
}

/** A port is taken, or nobody answers there. */
export class DistNetworkError extends DistError {
  override name = 'DistNetworkError';
}

/** A store has no such key in time, or is gone. */
export class DistStoreError extends DistError {
  override name = 'DistStoreError';
}

/** A queue of a store is empty. */
export class QueueEmptyError extends DistStoreError {
  override name = 'QueueEmptyError';
}

/** What a program of TorchScript raises itself, with its traceback: `torch.jit.Error`. */
export class JitError extends TorchError {
  override name = 'JitError';
}

/** An operation that this dtype, layout or device does not have. */
export class NotImplementedError extends TorchError {
  override name = 'NotImplementedError';
}

/** A condition that a function counts on does not hold (Python's `AssertionError`). */
export class AssertionError extends Error {
  override name = 'AssertionError';
}

const warned = new Set<string>();
let always = false;

/** Whether `warn` shows every warning each time, not once. */
export function showEachTime(enabled: boolean): void {
  always = enabled;
}

/** Shows a warning once, as Python does by default. */
export function warn(message: string, category = 'UserWarning'): void {
  if (!always && warned.has(message)) return;
  warned.add(message);
  process.emitWarning(message, category);
}
