/** A model on worker threads: batches, deadlines, crashes, weights, the end. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import torch, { type Tensor } from 'tsorch';
import { in_transit } from 'tsorch/multiprocessing';
import {
  DeadlineExceeded,
  ModelService,
  type ModelServiceOptions,
  QueueFull,
  ServiceUnavailable,
  WorkerLost,
} from 'tsorch/serve';
import { ones, state_dict } from './models/linear';
import type { Answer, Order } from './models/obeying';

const LINEAR = join(__dirname, 'models', 'linear.js');
const OBEYING = join(__dirname, 'models', 'obeying.js');
const STRUCTURES = join(__dirname, 'models', 'structures.js');

let service: ModelService<never, unknown> | undefined;
afterEach(async () => {
  await service?.drain();
  service = undefined;
  expect(in_transit()).toBe(0);
});

function serve<Input = Tensor, Output = Tensor>(module: string, options: ModelServiceOptions<Input> = {}) {
  const made = new ModelService<Input, Output>(module, { workers: 1, ...options });
  service = made as unknown as typeof service;
  return made;
}

/** A service whose samples say what its one worker does. */
function obeying(options: ModelServiceOptions<Order> = {}) {
  return serve<Order, Answer>(OBEYING, { collate_fn: null, ...options });
}

/** What a worker waits for in the middle of a batch. */
function gate() {
  const cells = new Int32Array(new SharedArrayBuffer(8));
  return {
    order: { gate: cells } satisfies Order,
    /** Fulfilled when so many samples have come there. */
    async reached(count = 1): Promise<void> {
      while (Atomics.load(cells, 0) < count) await pause(1);
    },
    count: () => Atomics.load(cells, 0),
    open(): void {
      Atomics.store(cells, 1, 1);
      Atomics.notify(cells, 1);
    },
  };
}

async function eventually(condition: () => boolean): Promise<void> {
  while (!condition()) await pause(1);
}

describe('a sample', () => {
  test('gets what the model gives for it', async () => {
    const state = state_dict();
    const linear = serve(LINEAR, { state });
    const x = torch.randn(3);
    const expected = torch.nn.functional.linear(x, state['fc.weight']!, state['fc.bias']);
    torch.testing.assert_close(await linear.predict(x), expected);
  });

  test('may be a structure, and so may its result', async () => {
    const structures = serve<{ x: Tensor; text: string }, Record<string, unknown>>(STRUCTURES);
    const samples = [
      { x: torch.tensor([1, 2]), text: 'one' },
      { x: torch.tensor([3, 5]), text: 'three' },
    ];
    const [first, second] = await Promise.all(samples.map((sample) => structures.predict(sample)));
    const plain = ({ double, pair, map, ...rest }: Record<string, unknown>) => ({
      ...rest,
      double: (double as Tensor).tolist(),
      pair: (pair as Tensor[]).map((x) => x.tolist()),
      map: [...(map as Map<string, Tensor>)].map(([name, x]) => [name, x.item()]),
      index: (rest.index as Tensor).item(),
    });
    const common = { numbers: Float32Array.of(1, 2), list: { length: 3 }, text: 'ONE', index: 0 };
    expect(plain(first!)).toEqual({ ...common, double: [2, 4], pair: [[1, 2], 3], map: [['mean', 1.5]] });
    expect(plain(second!)).toEqual({
      numbers: Float32Array.of(3, 5),
      list: { length: 5 },
      text: 'THREE',
      index: 1,
      double: [6, 10],
      pair: [[3, 5], 8],
      map: [['mean', 4]],
    });
  });

  test('may be a typed array', async () => {
    const linear = serve<Float32Array, Tensor>(LINEAR, { state: ones(1) });
    expect((await linear.predict(Float32Array.of(1, 2, 3))).tolist()).toEqual([6, 6]);
  });
});

describe('batches', () => {
  test('are made of the requests of one turn, and of those that come while the workers are busy', async () => {
    const model = obeying({ max_batch_size: 4 });
    const { order, reached, open } = gate();
    const first = [model.predict(order), model.predict({})];
    await reached();
    const others = [model.predict({})];
    await pause(5);
    others.push(...Array.from({ length: 5 }, () => model.predict({})));
    expect(model.health()).toMatchObject({ queue: 6, running: 2 });
    open();
    expect((await Promise.all([...first, ...others])).map(({ batch }) => batch)).toEqual([2, 2, 4, 4, 4, 4, 2, 2]);
  });

  test('wait for max_delay, unless they are full', async () => {
    const model = obeying({ max_batch_size: 2, max_delay: 2 ** 30 });
    await model.ready();
    let isDone = false;
    const first = model.predict({}).finally(() => {
      isDone = true;
    });
    await pause(20);
    expect([isDone, model.health().queue]).toEqual([false, 1]);
    expect((await Promise.all([first, model.predict({})])).map(({ batch }) => batch)).toEqual([2, 2]);
    const short = obeying({ max_delay: 5 });
    expect(await short.predict({})).toMatchObject({ batch: 1 });
    await model.drain();
  });

  test('run with gradients off, each worker with its number of threads', async () => {
    const threads = torch.get_num_threads();
    const model = obeying({ num_threads: 3 });
    expect(await model.predict({})).toMatchObject({ threads: 3, training: false });
    expect(torch.get_num_threads()).toBe(threads);
  });

  test('run at once in several workers', async () => {
    const model = obeying({ workers: 2, max_batch_size: 1 });
    const { order, reached, open } = gate();
    const both = [model.predict(order), model.predict(order)];
    await reached(2);
    open();
    const [one, other] = await Promise.all(both);
    expect(one!.thread).not.toBe(other!.thread);
  });
});

describe('a model that throws', () => {
  test('fails the sample that it throws for, and not those beside it', async () => {
    const model = obeying();
    const values = [{ value: 1 }, { throws: 'not this one' }, { value: 3 }].map((order) => model.predict(order));
    expect(await Promise.allSettled(values)).toEqual([
      { status: 'fulfilled', value: expect.objectContaining({ value: 1 }) },
      { status: 'rejected', reason: expect.any(RangeError) },
      { status: 'fulfilled', value: expect.objectContaining({ value: 3 }) },
    ]);
    await expect(values[1]).rejects.toThrow(
      /^Caught RangeError in model worker 0\.\nOriginal RangeError: not this one\n/,
    );
  });

  test('samples that do not fit together are computed apart', async () => {
    const linear = serve(LINEAR, { state: ones(1) });
    const results = await Promise.allSettled(
      [torch.ones(3), torch.ones(4), torch.ones(3)].map((x) => linear.predict(x)),
    );
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect((results[1] as PromiseRejectedResult).reason.message).toMatch(/mat1 and mat2 shapes cannot be multiplied/);
  });

  test.each([
    ['a tensor of another length', () => torch.ones(5), /^the model gave a tensor of shape \[5\] for a batch of 2$/],
    ['a list of another length', () => ['a'], /^the model gave a list of 1 values for a batch of 2$/],
    ['a number', () => 5, /^the model must give tensors, or lists, Maps and plain objects of them, not number$/],
  ])('%s is no result', async (_, result, message) => {
    const { split } = require('../../../dist/serve/split') as { split: (value: unknown, count: number) => unknown[] };
    expect(() => split(result(), 2)).toThrow(message);
  });
});

describe('a request', () => {
  test('past its timeout is rejected, and not computed if that had not begun', async () => {
    const model = obeying({ max_batch_size: 1 });
    const [busy, late] = [gate(), gate()];
    const first = model.predict(busy.order);
    await busy.reached();
    const error = await model.predict(late.order, { timeout: 5 }).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(DeadlineExceeded);
    expect(error).toMatchObject({ statusCode: 504, message: 'the request had no result within its timeout, 5 ms' });
    expect(model.health().queue).toBe(0);
    busy.open();
    await first;
    await model.predict({});
    expect(late.count()).toBe(0);
  });

  test('whose result comes too late is rejected, and its worker goes on', async () => {
    const model = obeying({ timeout: 5 });
    await model.ready();
    const { order, reached, open } = gate();
    const late = model.predict(order, { timeout: null });
    await reached();
    await expect(model.predict({})).rejects.toThrow(DeadlineExceeded);
    open();
    await late;
    expect(await model.predict({ value: 1 }, { timeout: null })).toMatchObject({ value: 1 });
  });

  test('can be taken back', async () => {
    const model = obeying({ max_batch_size: 1 });
    await expect(model.predict({}, { signal: AbortSignal.abort(new Error('before')) })).rejects.toThrow('before');
    const [busy, left] = [gate(), gate()];
    const controller = new AbortController();
    const first = model.predict(busy.order, { signal: controller.signal });
    await busy.reached();
    const second = model.predict(left.order, { signal: controller.signal });
    controller.abort();
    await expect(first).rejects.toThrow('This operation was aborted');
    await expect(second).rejects.toThrow('This operation was aborted');
    busy.open();
    await model.predict({});
    expect(left.count()).toBe(0);
  });

  test('is refused at once when max_queue others wait', async () => {
    const model = obeying({ max_queue: 2 });
    const { order, reached, open } = gate();
    const first = model.predict(order);
    await reached();
    const waiting = [model.predict({}), model.predict({})];
    const error = await model.predict({}).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(QueueFull);
    expect(error).toMatchObject({ statusCode: 503, message: '2 requests wait already, which is max_queue' });
    open();
    await Promise.all([first, ...waiting]);
  });
});

describe('a worker that ends', () => {
  test.each<[string, Order, RegExp]>([
    ['by process.exit', { exits: 3 }, /^model worker 0 exited with code 3, while it computed/],
    ['by an error that nobody catches', { crashes: 'lost' }, /^model worker 0 ended: lost, while it computed/],
    ['for want of memory', { hoards: true }, /^model worker 0 ended: Worker terminated due to reaching memory limit/],
  ])('%s: its requests fail, it is replaced, others go on', async (_, order, message) => {
    const model = obeying({ max_batch_size: 2, resource_limits: { maxOldGenerationSizeMb: 64 } });
    const [lost, beside, next] = [model.predict(order), model.predict({}), model.predict({ value: 5 })];
    const errors = await Promise.all([lost, beside].map((each) => each.catch((error: unknown) => error)));
    for (const error of errors) expect(error).toBeInstanceOf(WorkerLost);
    expect((errors[0] as Error).message).toMatch(message);
    expect(errors[0]).toMatchObject({ statusCode: 500 });
    expect(await next).toMatchObject({ value: 5 });
    expect(model.health()).toMatchObject({ status: 'serving', restarts: 1, workers: { ready: 1, started: 1 } });
  });

  test('since its batch took longer than response_timeout', async () => {
    const model = obeying({ response_timeout: 50 });
    await expect(model.predict({ hangs: true })).rejects.toThrow(
      'ended: it gave no result within response_timeout, 50 ms, while',
    );
    await eventually(() => model.health().restarts === 1);
  });

  test('while it is idle', async () => {
    const model = obeying();
    const { thread } = await model.predict({ crashesLater: true });
    await eventually(() => model.health().restarts === 1);
    expect((await model.predict({})).thread).not.toBe(thread);
    expect(model.health()).toMatchObject({ status: 'serving', workers: { ready: 1, started: 1 } });
  });

  test('under load, again and again: no request is left without a result or an error', async () => {
    const model = obeying({ workers: 2, max_batch_size: 4, max_queue: 10_000 });
    await model.ready();
    const outcomes = { result: 0, lost: 0 };
    const requests: Promise<void>[] = [];
    for (let i = 0; i < 400; i++) {
      const request = model.predict(i % 100 === 50 ? { exits: 1 } : { value: i });
      requests.push(
        request.then(
          ({ value }) => {
            expect(value).toBe(i);
            outcomes.result++;
          },
          (error) => {
            expect(error).toBeInstanceOf(WorkerLost);
            outcomes.lost++;
          },
        ),
      );
      if (i % 10 === 0) await pause(1);
    }
    await Promise.all(requests);
    expect(outcomes.result + outcomes.lost).toBe(400);
    expect(outcomes.lost).toBeGreaterThanOrEqual(4);
    expect(outcomes.lost).toBeLessThanOrEqual(16);
    await eventually(() => model.health().restarts === 4);
  });
});

describe('a service that cannot start', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'tsorch-serve-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const module = (code: string) => {
    const file = join(folder, `${Math.random()}.mjs`);
    writeFileSync(file, code);
    return file;
  };

  test.each([
    [
      'no module',
      () => join(folder, 'missing.js'),
      /^model worker 0 could not be started: Caught Error in model worker 0\.\nOriginal Error .*Cannot find module/,
    ],
    ['no function', () => module('export default 5'), /must export a function that makes the model, as its default/],
    ['no model', () => module('export default () => 5'), /must be a function or a Module/],
    [
      'an error',
      () => module('export default () => { throw new TypeError("no") }'),
      /Caught TypeError in .*\nOriginal TypeError: no/,
    ],
    ['an exit', () => module('process.exit(4)'), /could not be started: it exited with code 4$/],
  ])('says why: %s', async (_, file, message) => {
    const model = serve(file());
    const request = expect(model.predict(torch.ones(1))).rejects.toThrow(message);
    await expect(model.ready()).rejects.toThrow(message);
    await request;
    await expect(model.predict(torch.ones(1))).rejects.toThrow(ServiceUnavailable);
    expect(model.health()).toMatchObject({ status: 'stopped', ready: false, workers: { started: 0 } });
  });

  test('starts from an ES module by its URL, once it is one', async () => {
    const doubling = module('export default async () => async (batch) => batch.map((x) => 2 * x);');
    const model = new ModelService<number, number>(pathToFileURL(doubling), { workers: 1, collate_fn: null });
    expect(await model.predict(21)).toBe(42);
    await model.drain();
  });

  test('refuses requests while a lost worker cannot be replaced, and goes on when it can', async () => {
    const file = module(`
      import { existsSync } from 'node:fs';
      if (existsSync(${JSON.stringify(join(folder, 'broken'))})) throw new Error('broken');
      export default () => (batch) => batch.map((x) => (x === 'exit' ? process.exit(1) : x));
    `);
    const model = serve<string, string>(file, { collate_fn: null });
    expect(await model.predict('a')).toBe('a');
    writeFileSync(join(folder, 'broken'), '');
    await expect(model.predict('exit')).rejects.toThrow(WorkerLost);
    await expect(model.predict('b')).rejects.toThrow(
      /could not be started: Caught Error in .*\nOriginal Error: broken/,
    );
    expect(model.health()).toMatchObject({ status: 'unavailable', ready: false });
    rmSync(join(folder, 'broken'));
    await eventually(() => model.health().status === 'serving');
    expect(await model.predict('c')).toBe('c');
  });
});

describe('weights', () => {
  test('are those of the state, in the memory of the state', async () => {
    const state = ones(1);
    const linear = serve(LINEAR, { state, workers: 2, max_batch_size: 1 });
    await linear.ready();
    state['fc.weight'].fill_(2);
    const results = await Promise.all(Array.from({ length: 4 }, () => linear.predict(torch.ones(3))));
    for (const result of results) expect(result.tolist()).toEqual([6, 6]);
  });

  test('are updated between batches, and a replaced worker has the same', async () => {
    const linear = serve(LINEAR, { state: ones(1), workers: 2 });
    expect((await linear.predict(torch.ones(3))).tolist()).toEqual([3, 3]);
    const requests = Array.from({ length: 20 }, () => linear.predict(torch.ones(3)));
    await linear.update(ones(5));
    for (const result of await Promise.all(requests))
      expect([
        [3, 3],
        [15, 15],
      ]).toContainEqual(result.tolist());
    expect((await linear.predict(torch.ones(3))).tolist()).toEqual([15, 15]);
  });

  test('that do not fit change nothing', async () => {
    const state = ones(1);
    const linear = serve(LINEAR, { state });
    await expect(linear.update({ 'fc.weight': torch.ones(2, 4), other: torch.ones(1) })).rejects.toThrow(
      'Error(s) in updating the service\'s state:\n\tMissing key(s) in state_dict: "fc.bias".\n\t' +
        'Unexpected key(s) in state_dict: "other".\n\t' +
        "size mismatch for fc.weight: the new one has shape [2, 4], the model's [2, 3].",
    );
    expect((await linear.predict(torch.ones(3))).tolist()).toEqual([3, 3]);
  });

  test('are swapped whole: old requests end on the old, new ones on the new', async () => {
    const model = obeying({ max_batch_size: 1 });
    const { order, reached, open } = gate();
    const old = [model.predict(order), model.predict({})];
    await reached();
    const swapped = model.swap({ module: OBEYING });
    await eventually(() => model.health().version === 1);
    const next = await model.predict({ value: 'new' });
    expect(next.value).toBe('new');
    open();
    await swapped;
    for (const { thread } of await Promise.all(old)) expect(thread).not.toBe(next.thread);
  });

  test('come with another module too; a swap that fails changes nothing', async () => {
    const linear = serve(LINEAR, { state: ones(1) });
    await linear.ready();
    await expect(linear.swap({ state: { other: torch.ones(1) } })).rejects.toThrow(/Missing key\(s\) in state_dict/);
    expect((await linear.predict(torch.ones(3))).tolist()).toEqual([3, 3]);
    await linear.swap({ state: ones(4) });
    expect((await linear.predict(torch.ones(3))).tolist()).toEqual([12, 12]);
    expect(linear.health()).toMatchObject({ version: 1, status: 'serving' });
  });
});

describe('the end', () => {
  test('waits for the requests that there are, and takes no more', async () => {
    const model = obeying({ max_batch_size: 1 });
    const { order, reached, open } = gate();
    const requests = [model.predict(order), model.predict({ value: 2 })];
    await reached();
    const drained = model.drain();
    expect(model.health()).toMatchObject({ status: 'draining', ready: false, queue: 1, running: 1 });
    await expect(model.predict({})).rejects.toThrow('the service is drained, and takes no more requests');
    open();
    await drained;
    expect((await Promise.all(requests))[1]).toMatchObject({ value: 2 });
    expect(model.health()).toMatchObject({ status: 'stopped', workers: { started: 0 } });
    await model.drain();
  });

  test('has a limit, after which what is left is rejected', async () => {
    const model = obeying({ max_batch_size: 1 });
    const { order, reached } = gate();
    const requests = [model.predict(order), model.predict({})];
    const settled = Promise.allSettled(requests);
    await reached();
    await model.drain({ timeout: 10 });
    expect((await settled).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    await expect(requests[1]).rejects.toThrow('the service was drained, and had no result within 10 ms');
  });
});

test('workers are warm before they are ready: alone, and as a full batch', async () => {
  const { order, count, open } = gate();
  open();
  const model = obeying({ warm_up: order, max_batch_size: 3 });
  await model.ready();
  expect(count()).toBe(4);
});

test.each<[string, unknown[], string | RegExp]>([
  ['a module that is none', [5], "ModelService.__init__(): argument 'module' must be a path or a URL, not number"],
  ['an unknown option', [LINEAR, { batch: 1 }], "ModelService.__init__() got an unexpected keyword argument 'batch'"],
  ['no workers', [LINEAR, { workers: 0 }], "ModelService.__init__(): argument 'workers' must be at least 1, not 0"],
  ['half a sample', [LINEAR, { max_batch_size: 0.5 }], /'max_batch_size' must be an int, not number/],
  ['a time before now', [LINEAR, { timeout: -1 }], /'timeout' must be milliseconds from 0 to 2147483647, not -1/],
])('%s is refused', (_, args, message) => {
  expect(() => new (ModelService as unknown as new (...args: unknown[]) => object)(...args)).toThrow(message);
});
