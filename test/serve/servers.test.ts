/** A service in a web server: metrics, and the end at a signal. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import torch, { type Tensor } from 'tsorch';
import { ModelService, ServiceError } from 'tsorch/serve';
import { ones } from './models/linear';
import type { Answer, Order } from './models/obeying';

test('a server that gets SIGTERM answers what it has been asked, and ends by itself', async () => {
  const server = fork(join(__dirname, 'server.js'));
  const exit = once(server, 'exit');
  const [port] = (await once(server, 'message')) as [number];
  const ask = async (x: number[]) => {
    const response = await fetch(`http://127.0.0.1:${port}/`, { method: 'POST', body: JSON.stringify(x) });
    return response.json();
  };
  expect(await ask([1, 2, 3])).toEqual([6, 6]);
  const results = [1, 2, 3, 4].map((x) => ask([x, x, x]));
  const first = await Promise.race(results);
  expect(first).toHaveLength(2);
  server.kill('SIGTERM');
  expect(await exit).toEqual([0, null]);
  expect(await Promise.all(results)).toEqual([1, 2, 3, 4].map((x) => [3 * x, 3 * x]));
});

test('workers that are lost under load: every request over HTTP is answered, and the event loop turns meanwhile', async () => {
  const service = new ModelService<Order, Answer>(join(__dirname, 'models', 'obeying.js'), {
    workers: 2,
    collate_fn: null,
    max_batch_size: 4,
    max_queue: 10_000,
  });
  const server = createServer(async (request, response) => {
    try {
      const { value } = await service.predict((await json(request)) as Order);
      response.end(JSON.stringify(value));
    } catch (error) {
      response.writeHead(error instanceof ServiceError ? error.statusCode : 599).end((error as Error).name);
    }
  }).listen(0, '127.0.0.1');
  await Promise.all([once(server, 'listening'), service.ready()]);
  const { port } = server.address() as AddressInfo;
  let turns = 0;
  const probe = setInterval(() => turns++, 1);
  const ask = async (order: Order) => {
    const response = await fetch(`http://127.0.0.1:${port}/`, { method: 'POST', body: JSON.stringify(order) });
    return `${response.status} ${await response.text()}`;
  };
  const outcomes: string[] = [];
  const client = async (number: number) => {
    for (let i = 0; i < 25; i++) {
      const value = 100 * number + i;
      outcomes.push(await ask(i === 12 && number % 2 === 0 ? { exits: 1 } : { value }));
    }
  };
  await Promise.all(Array.from({ length: 8 }, (_, number) => client(number)));
  clearInterval(probe);
  server.close();
  const lost = outcomes.filter((outcome) => outcome === '500 WorkerLost');
  const answered = outcomes.filter((outcome) => /^200 \d+$/.test(outcome));
  expect(answered.length + lost.length).toBe(200);
  expect(new Set(answered).size).toBe(answered.length);
  expect(lost.length).toBeGreaterThanOrEqual(4);
  expect(service.health().restarts).toBeGreaterThanOrEqual(1);
  expect(turns).toBeGreaterThan(25); // at least one for each round of requests
  await service.drain();
});

describe('metrics', () => {
  /** The value of a line. */
  async function read(service: { metrics(): Promise<string> }, name: string): Promise<number> {
    const text = await service.metrics();
    const line = text.split('\n').find((each) => each.startsWith(`${name} `));
    if (line === undefined) throw new Error(`no ${name} in:\n${text}`);
    return Number(line.slice(name.length + 1));
  }

  test('count requests by outcome, batches, queues and workers', async () => {
    const service = new ModelService<Order, Answer>(join(__dirname, 'models', 'obeying.js'), {
      workers: 1,
      collate_fn: null,
      max_batch_size: 4,
      max_queue: 8,
      metrics: true,
      name: 'obeying',
    });
    const orders: Order[] = [{}, {}, { throws: 'no' }, {}, { exits: 1 }];
    const results = [...orders.map((order) => service.predict(order)), service.predict({}, { timeout: 0 })];
    results.push(service.predict({}), service.predict({}));
    const refused = service.predict({});
    await Promise.allSettled([...results, refused]);
    const labels = (rest: string) => `{${rest}model="obeying"}`;
    const outcome = (name: string) => read(service, `tsorch_requests_total${labels(`outcome="${name}",`)}`);
    expect(await outcome('error')).toBe(1);
    expect(await outcome('queue_full')).toBe(1);
    expect(await outcome('deadline_exceeded')).toBe(1);
    expect(await outcome('worker_lost')).toBe(3);
    expect(await outcome('ok')).toBe(3);
    expect(await read(service, `tsorch_request_duration_seconds_count${labels('')}`)).toBe(3);
    expect(await read(service, `tsorch_batch_size_count${labels('')}`)).toBe(3);
    expect(await read(service, `tsorch_batch_size_sum${labels('')}`)).toBe(3);
    expect(await read(service, `tsorch_queue_length${labels('')}`)).toBe(0);
    expect(await read(service, `tsorch_workers${labels('')}`)).toBe(1);
    expect(await read(service, `tsorch_worker_restarts_total${labels('')}`)).toBe(1);
    expect(await service.metrics()).toContain('nodejs_eventloop_lag_seconds');
    await service.drain();
  });

  test('are an error for a service without them', async () => {
    const service = new ModelService(join(__dirname, 'models', 'linear.js'), { state: ones(1), workers: 1 });
    await expect(service.metrics()).rejects.toThrow('the service was made without { metrics: true }');
    const result: Tensor = await service.predict(torch.ones(3));
    expect(result.tolist()).toEqual([3, 3]);
    await service.drain();
  });
});
