/** A worker thread that runs a model, seen from the service. */
import { join } from 'node:path';
import { MessageChannel, type MessagePort, type ResourceLimits, Worker } from 'node:worker_threads';
import { rebuildFailure } from '../face/system';
import type { StateDict } from '../face/tensors';
import { load_modules, receive, type Shared, share, withdraw } from '../multiprocessing';
import { ServiceUnavailable, WorkerLost } from './errors';
import type { Job, Reply, Start } from './protocol';

const PROGRAM = join(__dirname, 'worker_main.js');

/** What the workers of a service have in common. */
export interface WorkerSettings {
  /** The URL of the module that makes the model. */
  readonly module: string;
  readonly state: StateDict | null;
  readonly num_threads: number;
  /** Batches to run before the first request. */
  readonly warm_up: readonly unknown[];
  readonly resource_limits: ResourceLimits | null;
  /** How long a batch may take, in milliseconds. */
  readonly response_timeout: number | null;
}

/** A batch that is being computed. */
interface Running {
  readonly batch: Shared<unknown>;
  readonly timer: NodeJS.Timeout | undefined;
  resolve(result: unknown): void;
  reject(error: Error): void;
}

export class ModelWorker {
  private readonly thread: Worker;
  private readonly port: MessagePort;
  /** Fulfilled when the model is made and warm. @throws ServiceUnavailable with what kept it from that */
  readonly ready: Promise<void>;
  /** Fulfilled with the reason when the thread has ended; what it was computing has been rejected then. */
  readonly exit: Promise<string>;
  /** Whether it can be given batches: false again when the thread has ended. */
  isReady = false;
  private running: Running | undefined;
  /** Why it ends, where that is known. */
  private cause: Error | undefined;
  private readonly name: string;

  constructor(
    number: number,
    private readonly settings: WorkerSettings,
  ) {
    this.name = `model worker ${number}`;
    const { port1, port2 } = new MessageChannel();
    this.port = port1;
    const { module, state, num_threads } = settings;
    const weights = state === null ? null : share(state);
    const warm_up = settings.warm_up.map((batch) => share(batch));
    const sent = weights === null ? warm_up : [weights, ...warm_up];
    const start: Start = { port: port2, module, state: weights, num_threads, warm_up };
    try {
      this.thread = this.launch(start);
    } catch (error) {
      for (const message of sent) withdraw(message);
      port1.close();
      throw error;
    }
    const first = new Promise<void>((resolve, reject) => {
      this.port.once('message', (reply: Reply) =>
        reply.kind === 'failed' ? reject(this.failureOf(reply)) : resolve(),
      );
    });
    this.exit = new Promise((resolve) => {
      this.thread.once('exit', (code) => {
        for (const message of sent) withdraw(message); // what it has not received
        resolve(this.ended(code));
      });
    });
    this.ready = Promise.race([first, this.exit.then((reason) => Promise.reject(new Error(reason)))]).then(
      () => this.begin(),
      (cause: Error) => this.refuse(cause),
    );
  }

  get isBusy(): boolean {
    return this.running !== undefined;
  }

  private launch(start: Start): Worker {
    const { resource_limits } = this.settings;
    const thread = new Worker(PROGRAM, {
      name: this.name,
      workerData: start,
      transferList: [start.port],
      ...(resource_limits === null ? {} : { resourceLimits: resource_limits }),
    });
    thread.on('error', (error) => {
      // It comes with an error's properties, but is not always one.
      const { message = String(error) } = Object(error) as Partial<Error>;
      this.cause = new Error(message, { cause: error });
    });
    return thread;
  }

  /** From now on only a batch that it computes keeps the process alive. */
  private begin(): void {
    this.isReady = true;
    this.thread.unref();
    this.port.on('message', (reply: Reply) => void this.settle(reply));
    this.port.unref();
  }

  private async refuse(cause: Error): Promise<never> {
    await this.terminate();
    throw new ServiceUnavailable(`${this.name} could not be started: ${cause.message}`, { cause });
  }

  private failureOf({ failure }: Extract<Reply, { kind: 'failed' }>): Error {
    return rebuildFailure(failure, this.name);
  }

  /**
   * Computes one batch; one at a time.
   * @throws the model's error, or WorkerLost
   */
  run(batch: unknown): Promise<unknown> {
    const job: Job = { batch: share(batch) };
    return new Promise((resolve, reject) => {
      this.running = { batch: job.batch, timer: this.watch(), resolve, reject };
      this.port.ref();
      this.port.postMessage(job);
    });
  }

  /** Ends the thread when a batch takes too long. */
  private watch(): NodeJS.Timeout | undefined {
    const { response_timeout } = this.settings;
    if (response_timeout === null) return undefined;
    return setTimeout(() => {
      this.cause = new Error(`it gave no result within response_timeout, ${response_timeout} ms`);
      void this.thread.terminate();
    }, response_timeout);
  }

  private async settle(reply: Reply): Promise<void> {
    if (reply.kind === 'ready') return;
    const running = this.stop();
    if (running === undefined) return;
    if (reply.kind === 'failed') return running.reject(this.failureOf(reply));
    try {
      await load_modules(reply.result);
      running.resolve(receive(reply.result));
    } catch (error) {
      running.reject(error as Error); // its sender ended meanwhile, or it has a class that this thread cannot import
    }
  }

  /** Takes the batch that is being computed. */
  private stop(): Running | undefined {
    const { running } = this;
    this.running = undefined;
    clearTimeout(running?.timer);
    this.port.unref();
    return running;
  }

  private ended(code: number): string {
    const reason = this.cause === undefined ? `exited with code ${code}` : `ended: ${this.cause.message}`;
    this.isReady = false;
    const running = this.stop();
    this.port.close();
    if (running !== undefined) {
      withdraw(running.batch);
      const options = this.cause === undefined ? {} : { cause: this.cause };
      running.reject(new WorkerLost(`${this.name} ${reason}, while it computed the batch of this request`, options));
    }
    return `it ${reason}`;
  }

  async terminate(): Promise<void> {
    this.thread.ref();
    await this.thread.terminate();
    await this.exit;
  }
}
