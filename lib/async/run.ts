/** torch.run_async: work on native threads while the event loop turns. */
import { requireFunction } from '../arguments/checks';
import { REQUIRED, Signature } from '../arguments/signature';
import { async_queue } from './queue';
import { record } from './recording';

/** How a job is run. */
export interface RunAsyncOptions {
  /** Ends it: a job that waits is dropped, one that runs ends after the operator that it is at. */
  signal?: AbortSignal | undefined;
}

const signature = new Signature<{ fn: () => unknown; signal: AbortSignal | undefined }>(
  'run_async',
  { fn: REQUIRED, signal: undefined },
  1,
);

/**
 * Runs on a native thread what `fn` calls, while the event loop turns. The operators and programs (TorchScript, compiled
 * packages) that `fn` calls are written down, not run; their tensors have no shape and no values before the promise is
 * fulfilled, so other calls in `fn` may take them, but JavaScript cannot look at them. What does look at them is traced
 * first (`torch.jit.trace`), or run in a worker.
 *
 * Several jobs run at a time, as many as `torch.get_num_interop_threads()`, and share the threads of
 * `torch.get_num_threads()`. Until the promise is fulfilled nothing else may change the tensors that the job reads.
 *
 * PyTorch has no such function: Python would use a thread.
 * @example
 * const [a, b] = [torch.randn(500, 500), torch.randn(500, 500)];
 * const product = await torch.run_async(() => a.matmul(b).relu());
 * console.log(product.shape); // [ 500, 500 ]
 * @throws QueueFullError when more jobs wait than `torch.async_queue.limit`
 * @throws the signal's reason when that aborts, and what an operator throws
 */
export function run_async<Result>(fn: () => Result, options?: RunAsyncOptions): Promise<Result>;
export async function run_async(...args: [() => unknown, RunAsyncOptions?]): Promise<unknown> {
  const { fn, signal } = signature.read(args);
  requireFunction('run_async', 'fn', fn);
  signal?.throwIfAborted();
  async_queue.requireRoom();
  return async_queue.add(record(fn), signal);
}
