/** A model that computes on worker threads, for servers. */
import { setTimeout as pause } from 'node:timers/promises';
import { isOptions, refuse } from '../face/arguments';
import type { StateDict } from '../face/tensors';
import type { Tensor } from '../tensor/tensor';
import { Deployment, type Phase } from './deployment';
import { ServiceUnavailable } from './errors';
import { Metrics } from './metrics';
import { type ModelServiceOptions, moduleUrl, readSettings, requireState, requireTime, type Settings } from './options';
import type { PredictOptions } from './request';
import { type Closable, closed } from './shutdown';
import { checkFits, overwrite } from './state';

/** How a service does. */
export interface Health {
  /**
   * `'starting'` until the workers are ready; `'serving'`; `'degraded'` while some worker is being replaced; `'unavailable'`
   * while none takes batches; `'draining'`, and `'stopped'` when drained or when the workers could not be started.
   */
  status: Phase | 'degraded' | 'unavailable';
  /** Whether it takes requests: what a readiness probe asks for. */
  ready: boolean;
  workers: { ready: number; started: number };
  /** Requests that wait. */
  queue: number;
  /** Requests that are being computed. */
  running: number;
  /** How many workers were started in the place of lost ones. */
  restarts: number;
  /** How often the model was swapped. */
  version: number;
}

/** What comes in the place of a service's model; what is not given stays. */
export interface Replacement {
  state?: StateDict | null;
  /** The path or URL of the module that makes the model. */
  module?: string | URL;
}

export interface DrainOptions {
  /** After so many milliseconds the requests that are left are rejected; null for as long as they take. */
  timeout?: number | null;
}

/**
 * A model on worker threads. Samples of concurrent calls are computed together, in batches; the threads share the weights.
 *
 * `module` is the path or URL of a module whose default export (or `module.exports`) is a function that is given the state
 * dict and gives the model: a Module, which is put into evaluation mode, or a function of a batch. It runs once in each
 * worker, where gradients are off. `load_state_dict(state, { assign: true })` takes the shared weights without a copy.
 */
export class ModelService<Input = Tensor, Output = Tensor> {
  private readonly settings: Settings<Input>;
  private readonly counted: Metrics | undefined;
  private current: Deployment<Input, Output>;
  private version = 0;
  /** Workers that models before the current one have lost. */
  private earlierRestarts = 0;
  private draining: Promise<void> | undefined;
  /** Whether a signal has asked for the end, while its server still closes. */
  private leaving = false;
  /** Updates and swaps, one after the other. */
  private change: Promise<unknown> = Promise.resolve();

  /** @throws TypeError or RangeError for options that are none; Error when metrics lack the package prom-client */
  constructor(module: string | URL, options?: ModelServiceOptions<Input>);
  constructor(...args: unknown[]) {
    this.settings = readSettings<Input>(args);
    const { metrics, name, max_batch_size } = this.settings;
    const read = () => ({ queue: this.current.queue, workers: this.current.counts });
    this.counted = metrics ? new Metrics(name, max_batch_size, read) : undefined;
    this.current = new Deployment(this.settings, this.counted);
  }

  /** Fulfilled when the workers have their models and are warm. @throws ServiceUnavailable with what kept a worker from it */
  ready(): Promise<void> {
    return this.current.ready;
  }

  /**
   * The model's result for one sample, which waits for a free worker and goes there together with others. Results are the
   * parts of the batch's along dimension 0, in lists, Maps and plain objects too.
   *
   * @throws QueueFull at once when `max_queue` requests wait; DeadlineExceeded after `timeout`; the signal's reason;
   * WorkerLost when the worker ends that computes it; ServiceUnavailable when the service is drained or has no workers;
   * else what `collate_fn` or the model threw. When a batch of several throws, each of its samples is tried alone.
   */
  async predict(sample: Input, { signal, timeout = this.settings.timeout }: PredictOptions = {}): Promise<Output> {
    requireTime('ModelService.predict', 'timeout', timeout);
    signal?.throwIfAborted();
    return this.current.predict(sample, { signal: signal ?? null, timeout });
  }

  /**
   * Writes other weights into those that the workers share, between two batches.
   * @throws TorchError, before anything is written, when names or shapes differ
   */
  update(state: StateDict): Promise<void> {
    if (!isOptions(state)) refuse('ModelService.update', 'state', 'a state dict', state);
    return this.changing(async () => {
      const { state: target } = this.current;
      if (target === null) throw new TypeError('ModelService.update(): the service was made without a state');
      checkFits(target, state);
      await this.current.between(() => overwrite(target, state));
    });
  }

  /**
   * Puts another state, another module or both in the place of the present ones. New workers start beside those that serve;
   * once they are ready, requests go to them, and the old ones finish what they have. When it fails, all stays as it was.
   * @throws ServiceUnavailable with what kept a worker from starting
   */
  swap({ state, module }: Replacement): Promise<void> {
    if (state !== undefined) requireState('ModelService.swap', state);
    const changes = {
      ...(state === undefined ? {} : { state }),
      ...(module === undefined ? {} : { module: moduleUrl('ModelService.swap', module) }),
    };
    return this.changing(async () => {
      const old = this.current;
      const next = new Deployment<Input, Output>(
        { ...this.settings, state: old.state, module: old.module, ...changes },
        this.counted,
      );
      await next.ready;
      this.current = next;
      this.version++;
      this.earlierRestarts += old.restarts;
      await old.drain();
    });
  }

  private changing(change: () => Promise<void>): Promise<void> {
    const changed = this.change.then(() => {
      if (this.draining !== undefined) throw new ServiceUnavailable('the service is drained');
      return change();
    });
    this.change = changed.catch(() => undefined);
    return changed;
  }

  /** How it does, for a health check. */
  health(): Health {
    const { queue, running, restarts, counts } = this.current;
    const status = this.status();
    return {
      status,
      ready: status === 'serving' || status === 'degraded',
      workers: counts,
      queue,
      running,
      restarts: this.earlierRestarts + restarts,
      version: this.version,
    };
  }

  private status(): Health['status'] {
    const { phase, counts } = this.current;
    if (phase !== 'stopped' && (this.leaving || this.draining !== undefined)) return 'draining';
    if (phase !== 'serving' || counts.ready >= this.settings.workers) return phase;
    return counts.ready === 0 ? 'unavailable' : 'degraded';
  }

  /**
   * What the service has counted, and the process's own figures, in Prometheus' text format; serve it as
   * `text/plain; version=0.0.4`.
   * @throws Error for a service that was made without `metrics: true`
   */
  async metrics(): Promise<string> {
    if (this.counted === undefined)
      throw new Error('ModelService.metrics(): the service was made without { metrics: true }');
    return this.counted.text();
  }

  /** Takes no more requests, waits for those that it has, and ends the workers. */
  drain({ timeout = null }: DrainOptions = {}): Promise<void> {
    requireTime('ModelService.drain', 'timeout', timeout);
    this.draining ??= this.drainAll();
    return timeout === null ? this.draining : this.drainWithin(timeout);
  }

  private async drainAll(): Promise<void> {
    const drained = this.current.drain();
    await this.change; // a swap under way ends first
    await Promise.all([drained, this.current.drain()]);
  }

  private async drainWithin(timeout: number): Promise<void> {
    const late = new AbortController();
    const stopping = pause(timeout, undefined, { signal: late.signal }).then(
      () =>
        this.current.stop(new ServiceUnavailable(`the service was drained, and had no result within ${timeout} ms`)),
      () => undefined,
    );
    await Promise.race([this.draining, stopping]);
    late.abort();
    await this.draining;
  }

  /**
   * Drains the service when the process gets a signal. A `server` takes no more connections from then on, and the service
   * is drained when those that are open have ended, so that none of their requests is refused.
   * @returns a function that takes the listener off again
   */
  drain_on(signal: NodeJS.Signals, server?: Closable): () => void {
    const shutDown = async () => {
      this.leaving = true;
      if (server !== undefined) await closed(server);
      await this.drain();
    };
    const listener = () => void shutDown();
    process.once(signal, listener);
    return () => process.off(signal, listener);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.drain();
  }
}
