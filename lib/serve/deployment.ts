/** One model with its weights, its workers and the requests for it. A swap puts another one in its place. */
import { setTimeout as pause } from 'node:timers/promises';
import type { StateDict } from '../face/tensors';
import { Batcher } from './batcher';
import { QueueFull, type ServiceError, ServiceUnavailable, WorkerLost } from './errors';
import type { Metrics } from './metrics';
import { ModelWorker, type WorkerSettings } from './model_worker';
import type { Settings } from './options';
import { type PredictOptions, Request } from './request';
import { split } from './split';

/** How long to wait before another try when a worker could not be started: twice as long each time. */
const FIRST_PAUSE = 100;
const LONGEST_PAUSE = 10_000;

export type Phase = 'starting' | 'serving' | 'draining' | 'stopped';

export class Deployment<Input, Output> {
  private readonly workers = new Set<ModelWorker>();
  private readonly idle: ModelWorker[] = [];
  private readonly batcher: Batcher<Input, Output>;
  /** Requests that have neither a result nor an error. */
  private outstanding = 0;
  /** Batches that are being computed. */
  private computing = 0;
  /** Whether no batch may begin, since the weights are about to change. */
  private held = false;
  private turn: NodeJS.Immediate | undefined;
  private timer: NodeJS.Timeout | undefined;
  private started = 0;
  /** Why the last worker could not be started, until one could. */
  private failure: ServiceUnavailable | undefined;
  private readonly watchers = new Set<() => void>();
  private readonly workerSettings: WorkerSettings;
  readonly ready: Promise<void>;
  phase: Phase = 'starting';
  restarts = 0;

  constructor(
    private readonly settings: Settings<Input>,
    private readonly metrics: Metrics | undefined,
  ) {
    this.batcher = new Batcher(settings);
    this.workerSettings = { ...settings, warm_up: this.warmUp() };
    this.ready = this.start();
    this.ready.catch(() => undefined); // whoever awaits it is told, and every request
  }

  get state(): StateDict | null {
    return this.settings.state;
  }

  get module(): string {
    return this.settings.module;
  }

  get queue(): number {
    return this.batcher.length;
  }

  get running(): number {
    return this.outstanding - this.batcher.length;
  }

  /** Workers that are ready, and all that there are. */
  get counts(): { ready: number; started: number } {
    return { ready: [...this.workers].filter(({ isReady }) => isReady).length, started: this.workers.size };
  }

  /** Batches of the sample that workers are warmed up with. */
  private warmUp(): unknown[] {
    const { warm_up, max_batch_size } = this.settings;
    if (warm_up === undefined) return [];
    return [...new Set([1, max_batch_size])].map((size) => this.collate(Array<Input>(size).fill(warm_up)));
  }

  private collate(samples: Input[]): unknown {
    const { collate_fn } = this.settings;
    return collate_fn === null ? samples : collate_fn(samples);
  }

  private async start(): Promise<void> {
    try {
      await Promise.all(Array.from({ length: this.settings.workers }, () => this.launch()));
      if (this.phase === 'starting') this.phase = 'serving';
    } catch (error) {
      await this.stop(error as ServiceUnavailable);
      throw error;
    }
  }

  /** Starts a worker, which takes batches once it is ready. @throws ServiceUnavailable */
  private async launch(): Promise<void> {
    const worker = new ModelWorker(this.started++, this.workerSettings);
    this.workers.add(worker);
    try {
      await worker.ready;
    } catch (error) {
      this.workers.delete(worker);
      throw error;
    }
    this.failure = undefined;
    void worker.exit.then(() => this.replace(worker));
    this.free(worker);
  }

  private async replace(worker: ModelWorker): Promise<void> {
    this.workers.delete(worker);
    const at = this.idle.indexOf(worker);
    if (at >= 0) this.idle.splice(at, 1);
    for (let wait = FIRST_PAUSE; !this.isStopped(); wait = Math.min(2 * wait, LONGEST_PAUSE)) {
      this.restarts++;
      this.metrics?.restarted();
      try {
        return await this.launch();
      } catch (error) {
        if (this.isStopped()) return;
        this.failure = error as ServiceUnavailable;
        if (this.workers.size === 0) this.rejectAll(this.failure);
        await pause(wait, undefined, { ref: false });
      }
    }
  }

  /** A method, since it changes while others wait. */
  private isStopped(): boolean {
    return this.phase === 'stopped';
  }

  private rejectAll(error: Error): void {
    for (const request of this.batcher) request.reject(error);
  }

  /** @throws QueueFull or ServiceUnavailable; what goes wrong later rejects the promise */
  predict(input: Input, options: PredictOptions): Promise<Output> {
    const refusal = this.refusal();
    if (refusal !== undefined) {
      this.metrics?.refused(refusal);
      throw refusal;
    }
    const request = new Request<Input, Output>(input, options, (left, error) => {
      this.batcher.delete(left);
      this.outstanding--;
      this.metrics?.settled(left, error, options.signal);
      this.look();
    });
    this.outstanding++;
    this.batcher.add(request);
    this.schedule();
    return request.result;
  }

  /** Why it takes no request now, if so. */
  private refusal(): ServiceError | undefined {
    if (this.phase === 'draining' || this.phase === 'stopped') {
      return this.failure ?? new ServiceUnavailable('the service is drained, and takes no more requests');
    }
    if (this.workers.size === 0 && this.failure !== undefined) return this.failure;
    const { max_queue } = this.settings;
    return this.queue < max_queue ? undefined : new QueueFull(`${max_queue} requests wait already, which is max_queue`);
  }

  /** Gives waiting requests to free workers when this turn of the event loop is over, so that its requests go together. */
  private schedule(): void {
    this.turn ??= setImmediate(() => {
      this.turn = undefined;
      this.dispatch();
    });
  }

  private dispatch(): void {
    clearTimeout(this.timer);
    while (this.idle.length > 0 && !this.held) {
      const delay = this.phase === 'draining' && this.queue > 0 ? 0 : this.batcher.delay(performance.now());
      if (delay > 0) {
        if (delay !== Number.POSITIVE_INFINITY) this.timer = setTimeout(() => this.dispatch(), delay);
        return;
      }
      this.begin(this.batcher.take());
    }
  }

  private begin(requests: Request<Input, Output>[]): void {
    try {
      const batch = this.collate(requests.map(({ input }) => input));
      const worker = this.idle[0]!;
      const begun = worker.run(batch);
      this.idle.shift();
      void this.compute(worker, requests, begun);
    } catch (error) {
      this.refuse(requests, error);
    }
  }

  private async compute(
    worker: ModelWorker,
    requests: Request<Input, Output>[],
    begun: Promise<unknown>,
  ): Promise<void> {
    const start = performance.now();
    this.computing++;
    try {
      const result = await begun;
      this.metrics?.computed(requests, start);
      this.free(worker); // before the results are dealt with: it goes on meanwhile
      this.deal(requests, result);
    } catch (error) {
      this.refuse(requests, error);
    } finally {
      this.computing--;
      this.free(worker);
      this.look();
    }
  }

  /** Gives a worker its next batch, if it is neither gone nor at work. */
  private free(worker: ModelWorker): void {
    if (!worker.isReady || worker.isBusy || this.idle.includes(worker)) return;
    this.idle.push(worker);
    this.dispatch();
  }

  private deal(requests: Request<Input, Output>[], result: unknown): void {
    const results = this.settings.collate_fn === null ? result : split(result, requests.length);
    if (!Array.isArray(results) || results.length !== requests.length) {
      throw new RangeError(`the model must give a list of ${requests.length} results for a list of as many samples`);
    }
    requests.forEach((request, i) => {
      request.resolve(results[i] as Output);
    });
  }

  /** A sample must not spoil the others' results: those that fail together are tried once more, each alone. */
  private refuse(requests: Request<Input, Output>[], error: unknown): void {
    const isFinal = requests.length === 1 || error instanceof WorkerLost || this.phase === 'stopped';
    for (const request of requests) {
      if (isFinal) request.reject(error);
      else if (!request.settled) this.batcher.add(Object.assign(request, { alone: true }));
    }
    if (!isFinal) this.schedule();
  }

  /**
   * Runs `write` while no batch is computed, so that none sees weights of which a part is new.
   */
  async between(write: () => void): Promise<void> {
    this.held = true;
    try {
      await this.until(() => this.computing === 0);
      write();
    } finally {
      this.held = false;
      this.dispatch();
    }
  }

  /** Takes no more requests, and ends when those that it has are done. */
  async drain(): Promise<void> {
    if (this.phase === 'stopped') return;
    this.phase = 'draining';
    this.dispatch();
    await this.until(() => this.outstanding === 0);
    await this.stop(new ServiceUnavailable('the service has been drained'));
  }

  /** Ends at once: requests without a result are rejected. */
  async stop(error: ServiceUnavailable): Promise<void> {
    this.phase = 'stopped';
    this.failure = error;
    clearTimeout(this.timer);
    this.rejectAll(error);
    await Promise.all([...this.workers].map((worker) => worker.terminate()));
  }

  private until(condition: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const watch = () => {
        if (!condition()) return;
        this.watchers.delete(watch);
        resolve();
      };
      this.watchers.add(watch);
      watch();
    });
  }

  private look(): void {
    for (const watch of this.watchers) watch();
  }
}
