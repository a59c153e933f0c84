/** What a service counts, in Prometheus' text format. https://prometheus.io/docs/instrumenting/exposition_formats/ */
import type { Counter, Gauge, Histogram } from 'prom-client';
import { optional } from '../face/system';
import { type Outcome, ServiceError } from './errors';

/** What is asked for when the metrics are read. */
export interface Gauges {
  readonly queue: number;
  readonly workers: { readonly ready: number; readonly started: number };
}

interface Timed {
  readonly accepted: number;
}

/** Seconds, from a fast model's to a slow one's. */
const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

function outcomeOf(error: unknown, signal: AbortSignal | null | undefined): Outcome {
  if (error === undefined) return 'ok';
  if (error instanceof ServiceError) return error.outcome;
  return signal?.aborted && signal.reason === error ? 'aborted' : 'error';
}

/** Powers of two up to the most samples that go together. */
function sizes(most: number): number[] {
  const powers = Array.from({ length: Math.ceil(Math.log2(most)) }, (_, i) => 2 ** i);
  return [...powers, most];
}

export class Metrics {
  private readonly client = optional<typeof import('prom-client')>('prom-client', 'ModelService');
  private readonly registry = new this.client.Registry();
  private readonly requests: Counter;
  private readonly latency: Histogram;
  private readonly waiting: Histogram;
  private readonly computing: Histogram;
  private readonly batches: Histogram;
  private readonly replaced: Counter;

  constructor(model: string, max_batch_size: number, read: () => Gauges) {
    this.registry.setDefaultLabels({ model });
    this.requests = this.counter('requests_total', 'Requests that have ended, by outcome', ['outcome']);
    this.replaced = this.counter('worker_restarts_total', 'Workers that were started in the place of lost ones', []);
    this.latency = this.histogram('request_duration_seconds', 'From a request to its result', SECONDS);
    this.waiting = this.histogram('queue_duration_seconds', 'From a request to the beginning of its batch', SECONDS);
    this.computing = this.histogram('batch_duration_seconds', 'From the beginning of a batch to its result', SECONDS);
    this.batches = this.histogram('batch_size', 'Samples that were computed together', sizes(max_batch_size));
    this.gauge('queue_length', 'Requests that wait', () => read().queue);
    this.gauge('workers_ready', 'Workers that take batches', () => read().workers.ready);
    this.gauge('workers', 'Workers that run, those included that still start', () => read().workers.started);
    // Loop lag, memory, processor time, collections.
    this.client.collectDefaultMetrics({ register: this.registry });
  }

  private counter(name: string, help: string, labelNames: string[]): Counter {
    return new this.client.Counter({ name: `tsorch_${name}`, help, labelNames, registers: [this.registry] });
  }

  private histogram(name: string, help: string, buckets: number[]): Histogram {
    return new this.client.Histogram({ name: `tsorch_${name}`, help, buckets, registers: [this.registry] });
  }

  private gauge(name: string, help: string, read: () => number): void {
    const collect = function (this: Gauge) {
      this.set(read());
    };
    new this.client.Gauge({ name: `tsorch_${name}`, help, registers: [this.registry], collect });
  }

  /** A request has ended. */
  settled({ accepted }: Timed, error: unknown, signal: AbortSignal | null | undefined): void {
    this.requests.inc({ outcome: outcomeOf(error, signal) });
    if (error === undefined) this.latency.observe((performance.now() - accepted) / 1000);
  }

  /** A request was not taken. */
  refused(error: unknown): void {
    this.requests.inc({ outcome: outcomeOf(error, null) });
  }

  /** A batch that began at `start` has its result. */
  computed(requests: readonly Timed[], start: number): void {
    this.batches.observe(requests.length);
    this.computing.observe((performance.now() - start) / 1000);
    for (const { accepted } of requests) this.waiting.observe((start - accepted) / 1000);
  }

  restarted(): void {
    this.replaced.inc();
  }

  text(): Promise<string> {
    return this.registry.metrics();
  }
}
