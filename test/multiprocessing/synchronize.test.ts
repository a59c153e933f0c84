/** Locks, events, values, arrays and queues of Python's multiprocessing, between threads. */
import { once } from 'node:events';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import torch from 'tsorch';
import { in_transit, share } from 'tsorch/multiprocessing';
import type { Job, Work } from './counting';

const mp = torch.multiprocessing;
const threads: Worker[] = [];
afterAll(() => Promise.all(threads.map((thread) => thread.terminate())));

const makeWork = (lock: Work['lock'] = mp.Lock()): Work => ({
  lock,
  raw: mp.Value('i', 0, { lock: false }),
  value: mp.Value('q', 5),
  array: mp.Array('d', [0.5, 0]),
  go: mp.Event(),
  jobs: mp.Queue<number | null>(),
  results: mp.Queue(),
});

/** Starts a thread; the promise is of its end, until which it stays. */
function start(job: Job, work: Work): Promise<unknown> {
  const thread = new Worker(join(__dirname, 'counting.js'), { workerData: { job, work: share(work) } });
  threads.push(thread);
  return once(thread, 'message');
}

describe('between two threads and this one', () => {
  test.each([
    ['Lock', () => mp.Lock()],
    ['RLock', () => mp.RLock()],
  ])('%s lets one at a time count', async (_, make) => {
    const work = makeWork(make());
    const ends = [start('count', work), start('count', work)];
    work.go.set();
    await Promise.all(ends);
    expect([work.raw.value, work.value.value, [...work.array]]).toEqual([2000, 4005, [0.5, 6000]]);
  });

  test('queues hand out jobs, and wait', async () => {
    const work = makeWork();
    const ends = [start('square', work), start('square', work)];
    for (let job = 0; job < 20; job++) work.jobs.put(job);
    for (const _ of ends) work.jobs.put(null);
    const found: unknown[] = [];
    for (let done = 0; done < 2; ) {
      const result = work.results.get();
      if (result === 'done') done++;
      else found.push(result);
    }
    await Promise.all(ends);
    const byJob = (a: unknown, b: unknown) => (a as { job: number }).job - (b as { job: number }).job;
    expect(found.sort(byJob)).toEqual(Array.from({ length: 20 }, (_, job) => ({ job, square: job * job })));
    expect(work.results.empty()).toBe(true);
  });

  test('a tensor in a queue keeps its memory', async () => {
    const work = makeWork();
    const end = start('tensor', work);
    const [x, same] = work.results.get() as torch.Tensor[];
    expect(same).toBe(x);
    expect(x!.tolist()).toEqual([1, 1, 1]);
    work.go.set();
    expect(work.results.get({ timeout: 30 })).toBe('changed');
    expect(x!.tolist()).toEqual([2, 2, 2]);
    await end;
  });

  test('a lock that another has is waited for', async () => {
    const work = makeWork(mp.RLock());
    const end = start('keep', work);
    expect(work.go.wait(30)).toBe(true);
    expect([work.lock.acquire(false), work.lock.acquire({ timeout: 0.02 })]).toEqual([false, false]);
    expect(() => work.lock.release()).toThrow('attempt to release recursive lock not owned by thread');
    await end;
  });
});

test('a Lock, as Python has it', () => {
  const lock = mp.Lock();
  expect([lock.acquire(), lock.acquire(false), lock.acquire(true, 0.01), lock.acquire({ block: false })]).toEqual([
    true,
    false,
    false,
    false,
  ]);
  lock.release();
  expect(() => lock.release()).toThrow(new RangeError('semaphore or lock released too many times'));
  expect(lock.acquire({ timeout: -1 })).toBe(true);
  lock.release();
  expect(lock.with(() => lock.acquire(false))).toBe(false);
  expect(() => lock.with(() => Promise.resolve())).toThrow(TypeError);
  expect(() =>
    lock.with(() => {
      throw new Error('inside');
    }),
  ).toThrow('inside');
  expect(lock.acquire(false)).toBe(true); // a throw has given it back
  expect(() => lock.acquire({ foo: 1 } as never)).toThrow(TypeError);
});

test('an RLock is taken several times', () => {
  const lock = mp.RLock();
  expect([lock.acquire(), lock.acquire(false)]).toEqual([true, true]);
  lock.release();
  lock.release();
  expect(() => lock.release()).toThrow(/not owned by thread/);
  expect(lock.with(() => lock.with(() => 3))).toBe(3);
});

test('an Event', () => {
  const event = mp.Event();
  expect([event.is_set(), event.wait(0.01)]).toEqual([false, false]);
  event.set();
  expect([event.is_set(), event.wait(), event.wait({ timeout: null })]).toEqual([true, true, true]);
  event.clear();
  expect(event.is_set()).toBe(false);
});

describe('a Value', () => {
  test.each([
    ['b', 300, 44],
    ['B', -1, 255],
    ['h', 40000, -25536],
    ['i', 2 ** 40, 0],
    ['I', -1, 4294967295],
    ['q', 2n ** 62n + 1n, 4611686018427387905n],
    ['Q', -1, 18446744073709551615n],
    ['l', 7, 7],
    ['f', 0.1, 0.10000000149011612],
    ['d', 2, 2],
  ] as const)('of type %s holds %p as C does', (code, given, stored) => {
    expect(mp.Value(code, given).value).toBe(stored);
    expect(mp.Value(code, given, { lock: false }).value).toBe(stored);
  });

  test('has a lock', () => {
    const lock = mp.Lock();
    const value = mp.Value('i', 1, { lock });
    expect(value.get_lock()).toBe(lock);
    value.acquire();
    value.get_obj().value = 4;
    value.release();
    expect(value.value).toBe(4);
    expect(mp.Value('d').value).toBe(0);
  });

  test('refuses what is not of its type', () => {
    const value = mp.Value('i', 3);
    expect(() => {
      value.value = 1.5;
    }).toThrow(new TypeError("'float' object cannot be interpreted as an integer"));
    expect(() => mp.Value('i', 'a' as never)).toThrow(
      new TypeError("'string' object cannot be interpreted as an integer"),
    );
    expect(() => mp.Value('d', 'a' as never)).toThrow(new TypeError('must be real number, not string'));
    expect(() => mp.Value('x' as never, 1)).toThrow(/^typecode must be one of/);
    expect(() => mp.Value('i', 1, { lock: 3 as never })).toThrow(new TypeError("3 has no method 'acquire'"));
    expect(value.acquire(false)).toBe(true); // an error has given the lock back
  });
});

describe.each([{ lock: true as const }, { lock: false as const }])('an Array with %p', (options) => {
  const make = () => mp.Array('i', [1, 2, 3], options as { lock: true });

  test('is indexed and written to as in Python', () => {
    const a = make();
    expect([a.length, a.index(0), a.index(-1), a.index(':'), a.index('1:'), a.index('::2'), [...a]]).toEqual([
      3,
      1,
      3,
      [1, 2, 3],
      [2, 3],
      [1, 3],
      [1, 2, 3],
    ]);
    a.index_put_([':2'], [7, 8]);
    a.index_put_([-1], 9);
    expect(a.index(':')).toEqual([7, 8, 9]);
    expect(mp.Array('d', 3).index(':')).toEqual([0, 0, 0]);
  });

  test('refuses what lies outside or does not fit', () => {
    const a = make();
    expect(() => a.index(3)).toThrow(new RangeError('invalid index'));
    expect(() => a.index_put_([5], 1)).toThrow(new RangeError('invalid index'));
    expect(() => a.index_put_([0], 1.5)).toThrow(TypeError);
    expect(() => a.index_put_([':2'], [7, 8, 9])).toThrow(new RangeError('Can only assign sequence of same size'));
    expect(() => mp.Array('d', -1)).toThrow(new RangeError('Array length must be >= 0, not -1'));
    expect(a.index(':')).toEqual([1, 2, 3]);
  });
});

describe('a Queue', () => {
  test('is first in, first out, and has a size', () => {
    const q = mp.Queue<unknown>(2);
    expect([q.empty(), q.full(), q.qsize()]).toEqual([true, false, 0]);
    for (const get of [
      () => q.get(false),
      () => q.get(true, 0.01),
      () => q.get_nowait(),
      () => q.get({ block: false }),
    ]) {
      expect(get).toThrow(mp.Empty);
    }
    q.put(1);
    q.put({ a: [1, new Map([['b', torch.arange(2)]])] });
    expect(() => q.put(3, false)).toThrow(mp.Full);
    expect(() => q.put(torch.ones(1), { timeout: 0.01 })).toThrow(mp.Full);
    expect([q.full(), q.qsize()]).toEqual([true, 2]);
    expect(q.get()).toBe(1);
    expect(String((q.get() as { a: [number, Map<string, torch.Tensor>] }).a[1].get('b'))).toBe('tensor([0, 1])');
    expect(in_transit()).toBe(0);
    expect(mp.Queue(-1).full()).toBe(false);
  });

  test('grows around what waits in it', () => {
    const q = mp.Queue<string>();
    const long = (length: number, of: string) => of.repeat(length);
    q.put(long(40_000, 'a'));
    q.put(long(20_000, 'b'));
    expect(q.get()).toBe(long(40_000, 'a'));
    q.put(long(30_000, 'c')); // goes around the end
    q.put(long(300_000, 'd'));
    expect([q.get(), q.get(), q.get()]).toEqual([long(20_000, 'b'), long(30_000, 'c'), long(300_000, 'd')]);
  });

  test('refuses what cannot go, and more once closed', () => {
    const q = mp.Queue<unknown>();
    expect(() => q.put(mp.Lock())).toThrow(/^shared memory, and the Locks, .* cannot go through a Queue/);
    expect(() => q.put([torch.ones(1), () => 1])).toThrow(/cannot go to another thread/);
    expect([q.qsize(), in_transit()]).toEqual([0, 0]);
    expect(() => q.join_thread()).toThrow('Queue not closed');
    q.close();
    q.join_thread();
    expect(() => q.put(1)).toThrow(new RangeError('Queue is closed'));
    expect(() => q.get()).toThrow(new RangeError('Queue is closed'));
    expect(() => mp.Queue('a' as never)).toThrow(TypeError);
  });
});
