export { AsyncQueue, async_queue, QueueFullError } from './queue';
export { type RunAsyncOptions, run_async } from './run';
