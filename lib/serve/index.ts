/**
 * Models on worker threads, for servers: batches, deadlines, health, metrics. Beside PyTorch; options are named as in TorchServe
 * and Triton.
 */
export { DeadlineExceeded, QueueFull, ServiceError, ServiceUnavailable, WorkerLost } from './errors';
export type { ModelServiceOptions } from './options';
export type { PredictOptions } from './request';
export { type DrainOptions, type Health, ModelService, type Replacement } from './service';
export type { Closable } from './shutdown';
