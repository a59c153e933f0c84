/** Work off the event loop: torch.run_async, and programs' run_async. */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import torch, { nn, type Tensor } from 'tsorch';
import { root } from '../setup/fakes';

const { run_async, QueueFullError } = torch;

afterEach(() => {
  torch.async_queue.limit = 1024;
});

/** How often the event loop turned while `work` went on. */
async function turnsDuring(work: Promise<unknown>): Promise<number> {
  let turns = 0;
  const timer = setInterval(() => turns++, 1);
  await work;
  clearInterval(timer);
  return turns;
}

const big = () => torch.randn(900, 900);

describe('run_async', () => {
  test('gives what the function gives at once, computed', async () => {
    const [a, b] = [torch.randn(3, 4), torch.randn(4, 5)];
    const result = await run_async(() => {
      const c = a.matmul(b);
      return { c, list: [c.relu(), 7], map: new Map([['sum', c.sum(1)]]), text: 'kept' };
    });
    const c = a.matmul(b);
    torch.testing.assert_close(result.c, c);
    torch.testing.assert_close(result.list[0] as Tensor, c.relu());
    torch.testing.assert_close(result.map.get('sum')!, c.sum(1));
    expect([result.list[1], result.text]).toEqual([7, 'kept']);
    expect(result.c.shape).toEqual([3, 5]);
  });

  test('lets the event loop turn', async () => {
    const x = big();
    const work = run_async(() => {
      let y = x;
      for (let i = 0; i < 20; i++) y = y.matmul(x).div(30);
      return y;
    });
    expect(await turnsDuring(work)).toBeGreaterThan(3);
  });

  test('changes tensors in place, and gives the same objects', async () => {
    const x = torch.ones(3);
    const out = torch.empty(3);
    const [same, into] = await run_async(() => [x.add_(1).mul_(3), torch.add(x, 10, { out })]);
    expect(same).toBe(x);
    expect(into).toBe(out);
    expect(x.tolist()).toEqual([6, 6, 6]);
    expect(out.tolist()).toEqual([16, 16, 16]);
  });

  test('gives an operator that gives its argument back an object of its own', async () => {
    const x = torch.ones(2, 2);
    const y = await run_async(() => x.contiguous());
    expect(y).not.toBe(x);
    y.fill_(4);
    expect(x.tolist()).toEqual([
      [4, 4],
      [4, 4],
    ]);
  });

  test('has the modes and the gradients of its calls', async () => {
    const x = torch.ones(2, { requires_grad: true });
    const [y, z] = await run_async(() => [x.mul(3).sum(), torch.no_grad(() => x.mul(2))] as const);
    expect([y.requires_grad, z.requires_grad]).toEqual([true, false]);
    y.backward();
    expect(x.grad!.tolist()).toEqual([3, 3]);
    const half = await run_async(() => torch.autocast('cpu', { dtype: torch.bfloat16 }, () => big().matmul(big())));
    expect(half.dtype).toBe(torch.bfloat16);
  });

  test('runs modules whose forward looks at no shapes', async () => {
    const model = new nn.Sequential(new nn.Linear(4, 8), new nn.ReLU(), new nn.Linear(8, 2));
    const x = torch.randn(5, 4);
    torch.testing.assert_close(await run_async(() => model(x)), model(x));
  });

  test('many at a time keep their results apart', async () => {
    const x = torch.arange(8);
    const jobs = Array.from({ length: 200 }, (_, i) => run_async(() => x.add(i).mul(2)));
    const results = await Promise.all(jobs);
    results.forEach((each, i) => {
      expect(each.tolist()).toEqual(x.add(i).mul(2).tolist());
    });
    expect([torch.async_queue.running, torch.async_queue.waiting]).toEqual([0, 0]);
  });

  test('shows the warnings of its operators', async () => {
    const emitted = jest.spyOn(process, 'emitWarning').mockImplementation(() => {});
    await run_async(() => torch.add(torch.ones(2), torch.ones(2), { out: torch.empty(3) }));
    expect(String(emitted.mock.calls[0]![0])).toMatch(/An output with one or more elements was resized/);
    emitted.mockRestore();
  });

  test('leaves the threads of the caller as they were', async () => {
    const before = torch.get_num_threads();
    await Promise.all([1, 2, 3, 4].map(() => run_async(() => big().matmul(big()))));
    expect(torch.get_num_threads()).toBe(before);
  });
});

describe('what is not computed yet', () => {
  const early: [what: string, look: (y: Tensor) => unknown][] = [
    ['shape', (y) => y.shape],
    ['dtype', (y) => y.dtype],
    ['requires_grad', (y) => y.requires_grad],
    ['item', (y) => y.item()],
    ['tolist', (y) => y.tolist()],
    ['text', (y) => String(y)],
    ['index', (y) => y.index(0)],
    ['backward', (y) => y.backward()],
    ['typed_array', (y) => y.typed_array()],
    ['stride', (y) => y.stride()],
    ['split', (y) => y.split(1)],
  ];
  test.each(early)('%s is an error inside of the function, which rejects', async (_, look) => {
    await expect(run_async(() => look(torch.ones(2).mul(2)))).rejects.toThrow(/not computed yet|not known before/);
    expect((await run_async(() => torch.ones(2))).tolist()).toEqual([1, 1]); // and the next job is well
  });

  test('operators outside of the function refuse it until the promise is fulfilled', async () => {
    let inside!: Tensor;
    const job = run_async(() => {
      inside = torch.ones(2).mul(2);
      return inside;
    });
    expect(() => inside.add(1)).toThrow('this tensor is not computed yet');
    expect(() => inside.shape).toThrow('this tensor is not computed yet');
    await expect(run_async(() => inside.add(1))).rejects.toThrow('this tensor is not computed yet');
    await job;
    expect(inside.add(1).tolist()).toEqual([3, 3]);
  });

  test('no job inside of another, none in a trace or a transform, no promise', async () => {
    await expect(run_async(() => void torch.async_queue.room())).resolves.toBeUndefined();
    const refused: Promise<unknown>[] = [];
    await run_async(() => void refused.push(run_async(() => torch.ones(1)).catch(String)));
    expect(await refused[0]).toMatch("inside of another's function");
    torch.vmap((x: Tensor) => {
      refused.push(run_async(() => x.add(1)).catch(String));
      return x;
    })(torch.ones(3));
    expect(await refused[1]).toMatch('cannot be used inside of torch.func');
    await expect(run_async(async () => torch.ones(1))).rejects.toThrow('gives a promise');
    // @ts-expect-error: no function
    await expect(run_async(3)).rejects.toThrow('run_async');
  });
});

describe('errors', () => {
  test('of an operator reject, with its message', async () => {
    const bad = run_async(() => torch.ones(2, 3).matmul(torch.ones(2, 3)));
    await expect(bad).rejects.toThrow('mat1 and mat2 shapes cannot be multiplied (2x3 and 2x3)');
    await expect(bad).rejects.toBeInstanceOf(torch.TorchError);
  });

  test('an operator that gives no tensor in a place rejects', async () => {
    const x = torch.ones(2, 4);
    const [, mean, rstd] = torch.native_layer_norm(x, [4], null, null, 1e-5);
    const backward = torch.ops.aten!.native_layer_norm_backward!;
    const bad = run_async(() => backward(x, x, [4], mean, rstd, null, null, [true, false, false]));
    await expect(bad).rejects.toThrow('gave no tensor as its result 1');
  });

  test('that are thrown by the function reject, and nothing runs', async () => {
    const x = torch.ones(2);
    const bad = run_async(() => {
      x.add_(1);
      throw new RangeError('of mine');
    });
    await expect(bad).rejects.toThrow('of mine');
    expect(x.tolist()).toEqual([1, 1]);
  });
});

describe('the queue', () => {
  /** Jobs that take a while. */
  const fill = (count: number) => {
    const x = big();
    return Array.from({ length: count }, () => run_async(() => x.matmul(x).matmul(x)));
  };

  test('refuses what is beyond its limit, and tells when there is room', async () => {
    torch.async_queue.limit = 2;
    const jobs = fill(torch.get_num_interop_threads() + 2);
    await expect(run_async(() => torch.ones(1))).rejects.toBeInstanceOf(QueueFullError);
    await torch.async_queue.room();
    expect((await run_async(() => torch.ones(1))).tolist()).toEqual([1]);
    await Promise.all(jobs);
    expect(() => {
      torch.async_queue.limit = -1;
    }).toThrow('torch.async_queue.limit must be');
  });

  test('a signal ends a job that waits, and one that runs', async () => {
    const jobs = fill(torch.get_num_interop_threads() + 1);
    const x = torch.ones(1);
    const waits = new AbortController();
    const waiting = run_async(() => x.add_(1), { signal: waits.signal });
    waits.abort(new Error('gone'));
    await expect(waiting).rejects.toThrow('gone');
    await Promise.all(jobs);
    expect(x.item()).toBe(1);

    const runs = new AbortController();
    const y = big();
    const counter = torch.zeros(1);
    const running = run_async(
      () => {
        for (let i = 0; i < 500; i++) {
          y.matmul(y);
          counter.add_(1);
        }
      },
      { signal: runs.signal },
    );
    await sleep(30);
    runs.abort();
    await expect(running).rejects.toThrow(/aborted/);
    await Promise.all(fill(torch.get_num_interop_threads())); // the thread is free again
    expect(counter.item()).toBeLessThan(500);
    await expect(run_async(() => y, { signal: AbortSignal.abort() })).rejects.toThrow(/aborted/);
  });
});

describe('programs', () => {
  test('a traced module, a method, a function from text', async () => {
    const model = new nn.Sequential(new nn.Linear(4, 3), new nn.Tanh());
    const x = torch.randn(2, 4);
    const traced = torch.jit.trace(model, x);
    torch.testing.assert_close(await traced.run_async(x), model(x));
    const unit = new torch.jit.CompilationUnit(`
def pair(x: Tensor, times: int = 2):
    parts = {"twice": x * times}
    return parts, [x, x + 1], x.size(0)
`);
    const [parts, list, size] = await unit.find_function('pair')!.run_async(x, { times: 3 });
    torch.testing.assert_close(parts.twice, x.mul(3));
    torch.testing.assert_close(list[1], x.add(1));
    expect(size).toBe(2);
    await expect(unit.find_function('pair')!.run_async(torch.ones(2), { times: 'x' })).rejects.toThrow('times');
    const both = await run_async(() => [traced(x), x.add(1)]);
    torch.testing.assert_close(both[0], model(x));
  });

  test('let the event loop turn', async () => {
    const unit = new torch.jit.CompilationUnit(`
def power(x: Tensor, n: int):
    y = x
    for i in range(n):
        y = torch.matmul(y, x) / 30.0
    return y
`);
    expect(await turnsDuring(unit.find_function('power')!.run_async(big(), 20))).toBeGreaterThan(3);
  });
});

describe('workers and processes', () => {
  test('a worker thread that is ended in the middle of a job leaves the process well', async () => {
    const entry = JSON.stringify(join(root, 'dist', 'entries', 'main.js'));
    const worker = new Worker(
      `const torch = require(${entry});
       const x = torch.randn(1200, 1200);
       for (let i = 0; i < 8; i++) torch.run_async(() => x.matmul(x).matmul(x));
       require('node:worker_threads').parentPort.postMessage('begun');`,
      { eval: true },
    );
    await new Promise((resolve) => worker.once('message', resolve));
    await worker.terminate();
    expect((await run_async(() => torch.ones(2).add(1))).tolist()).toEqual([2, 2]);
  });
});
