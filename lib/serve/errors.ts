/**
 * Why a request has no result. `statusCode` is what Express and Fastify answer with when a handler throws one of these: both
 * read this name.
 */

/** How a request ended, as the metrics count it. */
export type Outcome = 'ok' | 'error' | 'aborted' | 'queue_full' | 'deadline_exceeded' | 'worker_lost' | 'unavailable';

/** What all of them have in common. */
export abstract class ServiceError extends Error {
  abstract readonly statusCode: number;
  /** @internal */
  abstract readonly outcome: Outcome;
}

/** As many requests wait as may: come back later. */
export class QueueFull extends ServiceError {
  override name = 'QueueFull';
  readonly statusCode = 503;
  readonly outcome = 'queue_full';
}

/** The request's time passed, in the queue or while it was computed. */
export class DeadlineExceeded extends ServiceError {
  override name = 'DeadlineExceeded';
  readonly statusCode = 504;
  readonly outcome = 'deadline_exceeded';
}

/** The worker ended that computed the request. */
export class WorkerLost extends ServiceError {
  override name = 'WorkerLost';
  readonly statusCode = 500;
  readonly outcome = 'worker_lost';
}

/** The service takes no requests: it is drained, or no worker can be started. */
export class ServiceUnavailable extends ServiceError {
  override name = 'ServiceUnavailable';
  readonly statusCode = 503;
  readonly outcome = 'unavailable';
}
