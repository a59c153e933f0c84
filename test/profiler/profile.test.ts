/** Ways to profile, ranges, stacks, and what is refused. */
import { Worker } from 'node:worker_threads';
import torch, { nn, optim } from 'tsorch';
import { useFolder } from './folder';

const { profile, ProfilerActivity, record_function, supported_activities } = torch.profiler;
const activities = [ProfilerActivity.CPU];
const path = useFolder();

type Profile = InstanceType<typeof profile>;
const names = (prof: Profile) => prof.events().map(({ name }) => name);
const find = (prof: Profile, name: string) => prof.events().find((event) => event.name === name)!;

describe('ways to profile', () => {
  test('while a callback runs', () => {
    const prof = profile({ activities }, (given) => {
      expect(given).toBeInstanceOf(profile);
      torch.ones(2);
    });
    torch.zeros(2);
    expect(names(prof)).toEqual(['aten::ones', 'aten::empty', 'aten::fill_']);
  });

  test('with no options', () => {
    expect(names(profile(() => torch.ones(2)))).toContain('aten::ones');
  });

  test('until the end of a block', () => {
    let kept: Profile;
    {
      using prof = profile({ activities });
      torch.ones(2);
      kept = prof;
    }
    torch.zeros(2);
    expect(names(kept)).toContain('aten::ones');
    expect(names(kept)).not.toContain('aten::zeros');
  });

  test('from start to stop, more than once', () => {
    const prof = new profile({ activities });
    torch.zeros(2);
    prof.start();
    torch.ones(2);
    prof.stop();
    expect(names(prof)).toContain('aten::ones');
    expect(names(prof)).not.toContain('aten::zeros');
    prof.start();
    torch.eye(2);
    prof.stop();
    prof.stop();
    expect(names(prof)).toContain('aten::eye');
    expect(names(prof)).not.toContain('aten::ones');
  });

  test('until a promise is settled', async () => {
    const prof = await profile({ activities }, async () => {
      await null;
      torch.ones(2);
    });
    expect(names(prof)).toContain('aten::ones');
  });

  test('a callback that fails ends it', async () => {
    const fail = () => {
      throw new Error('no');
    };
    expect(() => profile({ activities }, fail)).toThrow('no');
    await expect(profile({ activities }, async () => fail())).rejects.toThrow('no');
    expect(names(profile({ activities }, () => torch.ones(2)))).toContain('aten::ones');
  });

  test('by its older names', () => {
    const prof = torch.autograd.profiler.profile({ record_shapes: true }, () => torch.ones(2).add(1));
    expect(prof.function_events.find(({ name }) => name === 'aten::add')!.input_shapes).toEqual([[2], [], []]);
    expect(prof.self_cpu_time_total).toBeGreaterThan(0);
    expect(prof.total_average().key).toBe('Total');
    expect(prof.table({ row_limit: 1 })).toContain('aten::ones');
    expect(String(new torch.autograd.profiler.profile())).toBe('<unfinished torch.autograd.profile>');
    const off = torch.autograd.profiler.profile({ enabled: false }, () => torch.ones(2));
    expect(() => off.function_events).toThrow('Expected profiling results');
    expect(torch.autograd.profiler.record_function).toBe(record_function);
  });
});

describe('what is refused', () => {
  test('a profile inside of another', () => {
    profile({ activities }, () => {
      expect(() => profile({ activities }, () => {})).toThrow('Profiler is already enabled on this thread');
    });
    const prof = profile({ activities });
    expect(() => prof.start()).toThrow('Profiler context manager is not reentrant');
    prof.stop();
  });

  test('a profile beside that of another thread, which is its own', async () => {
    const program = `
      const { parentPort } = require('node:worker_threads');
      const torch = require(${JSON.stringify(require.resolve('tsorch'))}).default;
      parentPort.on('message', () => {
        try {
          const prof = torch.profiler.profile({ activities: [0] }, () => torch.ones(2));
          parentPort.postMessage(prof.events().map(({ name }) => name));
        } catch (error) {
          parentPort.postMessage(error.message);
        }
      });`;
    const worker = new Worker(program, { eval: true });
    const ask = () =>
      new Promise<string | string[]>((resolve, reject) => {
        worker.once('error', reject);
        worker.once('message', resolve);
        worker.postMessage('');
      });
    const prof = profile({ activities });
    torch.zeros(2);
    expect(await ask()).toContain('a process can have one at a time');
    prof.stop();
    expect(names(prof)).toContain('aten::zeros');
    expect(await ask()).toContain('aten::ones');
    await worker.terminate();
    expect(names(profile({ activities }, () => torch.ones(2)))).toContain('aten::ones');
  });

  test('what is asked for before there is anything', () => {
    expect(() => new profile({ activities }).events()).toThrow('Profiler must be initialized before accessing events');
    expect(() => new profile({ activities }).key_averages()).toThrow('must be initialized before getting key averages');
  });

  test('activities', () => {
    const { CPU } = ProfilerActivity;
    expect(() => new profile({ activities: [CPU, CPU] })).toThrow(
      'Activity ProfilerActivity.CPU specified more than once',
    );
    expect(() => new profile({ activities: [] })).toThrow('No valid profiler activities found');
    expect(supported_activities().has(CPU)).toBe(true);
  });

  test('events of a profile for a trace only', () => {
    const experimental_config = { trace_only: true };
    const prof = profile({ activities, experimental_config }, () => torch.ones(2));
    expect(() => prof.events()).toThrow('events() is not available when trace_only=True');
    prof.export_chrome_trace(path('only.json'));
    // @ts-expect-error an experiment that there is not
    expect(() => profile({ experimental_config: { speed: 3 } }, () => {})).toThrow(
      "unexpected keyword argument 'speed'",
    );
  });
});

describe('ranges', () => {
  test('around a callback, a block and the calls of a function', () => {
    const twice = record_function('twice', { func: (x: torch.Tensor, by: number) => x.mul(by) });
    const prof = profile({ activities }, () => {
      expect(record_function('callback', () => torch.ones(2).sum().item())).toBe(2);
      {
        using _ = record_function('block');
        torch.zeros(2);
      }
      expect(twice(torch.eye(1), 2).item()).toBe(2);
    });
    const parent = (name: string) => find(prof, name).cpu_parent?.name;
    expect(parent('aten::ones')).toBe('callback');
    expect(parent('aten::zeros')).toBe('block');
    expect(parent('aten::mul')).toBe('twice');
    expect(parent('aten::eye')).toBeUndefined();
    expect(find(prof, 'block').is_user_annotation).toBe(true);
  });

  test('until a promise is settled', async () => {
    const prof = await profile({ activities }, () =>
      record_function('later', async () => {
        await null;
        torch.ones(2);
      }),
    );
    expect(find(prof, 'aten::ones').cpu_parent!.name).toBe('later');
  });

  test('do nothing outside of a profile, and may outlast one', () => {
    using range = record_function('outside');
    const prof = new profile({ activities });
    prof.start();
    const inside = record_function('inside');
    torch.ones(2);
    prof.stop();
    expect(names(prof)).toContain('inside');
    expect(names(prof)).not.toContain('outside');
    prof.start();
    inside.exit();
    range.exit();
    torch.ones(2);
    prof.stop();
    expect(names(prof)).toContain('aten::ones');
  });

  test('of optimizers, with all that a step calls', () => {
    const model = new nn.Linear(2, 1);
    const optimizer = new optim.Adam(model.parameters());
    const prof = profile({ activities }, () => {
      model(torch.ones(3, 2)).sum().backward();
      optimizer.step();
      optimizer.zero_grad();
    });
    expect(names(prof)).toEqual(
      expect.arrayContaining(['Optimizer.step#Adam.step', 'Optimizer.zero_grad#Adam.zero_grad']),
    );
  });

  test('of a loader, with workers too', async () => {
    const data = new torch.utils.data.TensorDataset(torch.ones(4, 2));
    const count = (prof: Profile, kind: string) =>
      names(prof).filter((name) => name === `enumerate(DataLoader)#${kind}.__next__`).length;
    const one = new torch.utils.data.DataLoader(data, { batch_size: 2 });
    const plain = await profile({ activities }, async () => {
      for await (const [batch] of one) batch.sum();
    });
    expect(count(plain, '_SingleProcessDataLoaderIter')).toBe(2);
    const many = new torch.utils.data.DataLoader(data, { batch_size: 2, num_workers: 1 });
    const parallel = profile({ activities }, () => {
      for (const [batch] of many) batch.sum();
    });
    expect(count(parallel, '_MultiProcessingDataLoaderIter')).toBe(3);
  });
});

describe('stacks', () => {
  class Net extends nn.Module {
    inner = new nn.Linear(4, 4);
    outer = new nn.Linear(4, 2);
    override forward(x: torch.Tensor) {
      return this.outer(this.inner(x).relu());
    }
  }

  const here = 'test/profiler/profile.test.ts';
  const net = new Net();
  const step = () => net(torch.ones(3, 4)).sum().backward();

  test('the lines of the program, and its modules', () => {
    const prof = profile({ activities, with_stack: true }, () => step());
    const frames = prof.events().filter(({ is_python_function }) => is_python_function);
    const modules = frames.map(({ name }) => name).filter((name) => name.startsWith('nn.Module'));
    expect(modules).toEqual(['nn.Module: Net_0', 'nn.Module: Linear_0', 'nn.Module: Linear_1']);
    expect(frames.map(({ name }) => name)).toContainEqual(expect.stringMatching(`^${here}\\(\\d+\\): step$`));
    expect(frames.map(({ name }) => name)).toContainEqual(expect.stringMatching(`^${here}\\(\\d+\\): forward$`));
    const [first, second] = prof.events().filter(({ name }) => name === 'aten::linear');
    expect(first!.cpu_parent!.name).toBe('nn.Module: Linear_0');
    expect(second!.cpu_parent!.name).toBe('nn.Module: Linear_1');
    expect(find(prof, 'aten::relu').cpu_parent!.name).toMatch(/: forward$/);
  });

  test('of each operator, and for flame graphs', () => {
    const experimental_config = { verbose: true };
    const prof = profile({ activities, with_stack: true, experimental_config }, () => step());
    const { stack } = find(prof, 'aten::relu');
    expect(stack[0]).toMatch(new RegExp(`^${here}\\(\\d+\\): forward$`));
    expect(stack).toContain('nn.Module: Net_0');
    const table = prof.key_averages({ group_by_stack_n: 2 }).table();
    expect(table).toContain('Source Location');
    prof.export_stacks(path('stacks'));
    // What runs in the backward pass has the stack of what it is the derivative of.
    const backward = prof.events().find(({ name }) => name === 'ReluBackward0')!;
    expect(backward.stack).toEqual(stack);
  });

  test('are not kept for others', () => {
    const prof = profile({ activities }, () => step());
    expect(prof.events().some(({ is_python_function }) => is_python_function)).toBe(false);
    expect(() => prof.export_stacks(path('none'))).toThrow('export_stacks() requires with_stack=True');
  });

  test('hold although calls fail, and in callbacks of native code', () => {
    const x = torch.ones(3, { requires_grad: true });
    const prof = profile({ activities, with_stack: true }, () => {
      expect(() => torch.ones(2).matmul(torch.ones(3))).toThrow();
      const y = x.mul(2);
      y.register_hook((gradient) => gradient.mul(3));
      y.sum().backward();
    });
    expect(find(prof, 'aten::matmul').cpu_parent!.is_python_function).toBe(true);
    expect(x.grad!.tolist()).toEqual([6, 6, 6]);
  });
});
