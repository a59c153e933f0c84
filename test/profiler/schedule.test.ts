/** Steps, cycles and what becomes of them. */
import { readdirSync, readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import torch from 'tsorch';
import { useFolder } from './folder';
import golden from './golden/profiler.json';

const { profile, ProfilerAction, ProfilerActivity, record_function, schedule, tensorboard_trace_handler } =
  torch.profiler;
const activities = [ProfilerActivity.CPU];
const path = useFolder();

type Cycle = (typeof golden.cycles)[number];
const optionsOf = ({ options }: Cycle) => options as Parameters<typeof schedule>[0];

describe.each(golden.cycles.map((cycle) => [JSON.stringify(cycle.options), cycle] as const))('%s', (_, cycle) => {
  test('what is done in each step', () => {
    const plan = schedule(optionsOf(cycle));
    expect(cycle.actions.map((_, step) => ProfilerAction[plan(step)])).toEqual(cycle.actions);
  });

  test('what each cycle shows', () => {
    const ready: unknown[] = [];
    profile(
      {
        activities,
        schedule: schedule(optionsOf(cycle)),
        on_trace_ready: (prof) => {
          const steps = prof.events().filter(({ name }) => name === 'ProfilerStep*');
          ready.push([prof.step_num, steps.map(({ trace_name }) => trace_name).sort()]);
        },
      },
      (prof) => {
        for (let step = 0; step < 9; step++) {
          torch.ones(2).add(1);
          prof.step();
        }
      },
    );
    expect(ready).toEqual(cycle.ready);
  });
});

test('schedules that are none', () => {
  expect(() => schedule({ wait: -1, warmup: 1, active: 1 })).toThrow('Got wait=-1 (need >= 0), warmup=1 (need >= 0)');
  expect(() => schedule({ wait: 0, warmup: 1, active: 0 })).toThrow('active=0 (need > 0)');
  expect(() => schedule({ wait: 0, warmup: 1, active: 1 })(-1)).toThrow('Step must be non-negative. Got -1.');
});

test('events of all cycles, where they are wanted', () => {
  const plan = schedule({ wait: 0, warmup: 1, active: 1 });
  const prof = profile({ activities, schedule: plan, acc_events: true }, (prof) => {
    for (let step = 0; step < 6; step++) {
      torch.ones(2).add(1);
      prof.step();
    }
  });
  expect(prof.key_averages().find(({ key }) => key === 'aten::add')!.count).toBe(3);
});

test('steps without a schedule are counted and not shown', () => {
  const prof = profile({ activities }, (prof) => {
    torch.ones(2);
    prof.step();
    torch.ones(2);
  });
  expect(prof.step_num).toBe(1);
  expect(prof.events().map(({ name }) => name)).not.toContain('ProfilerStep*');
  expect(prof.key_averages().find(({ key }) => key === 'aten::ones')!.count).toBe(2);
});

test('files for TensorBoard', () => {
  const made = (options: object, name: string) => {
    profile({ activities, on_trace_ready: tensorboard_trace_handler(path(name), options) }, () => torch.ones(2));
    return readdirSync(path(name));
  };
  const host = `${hostname()}_${process.pid}`;
  expect(made({}, 'runs/one')).toEqual([expect.stringMatching(/^.+_\d+\.\d{19}\.pt\.trace\.json$/)]);
  expect(made({}, 'runs/one')[0]!.startsWith(`${host}.`)).toBe(true);
  expect(made({ worker_name: 'w', use_gzip: true }, 'runs/two')).toEqual([
    expect.stringMatching(/^w\.\d{19}\.pt\.trace\.json\.gz$/),
  ]);
});

test('what is added to a trace', () => {
  const prof = new profile({ activities });
  prof.preset_metadata_json('preset', '[1, 2]');
  prof.start();
  torch.ones(2);
  prof.add_metadata('text', 'a "word"');
  prof.add_metadata_json('number', '7');
  prof.stop();
  prof.export_chrome_trace(path('metadata.json'));
  const trace = JSON.parse(readFileSync(path('metadata.json'), 'utf8'));
  expect(trace).toMatchObject({ preset: [1, 2], text: "a 'word'", number: 7 });
});

test('ids of traces', () => {
  let made = 0;
  const prof = new profile({ activities, custom_trace_id_callback: () => `id ${made++}` });
  expect(prof.get_trace_id()).toBeNull();
  prof.start();
  prof.stop();
  expect(prof.get_trace_id()).toBe('id 0');
  prof.set_custom_trace_id_callback(null);
  prof.start();
  prof.stop();
  expect(prof.get_trace_id()).toMatch(/^[0-9A-F]{32}$/);
});

test('recording that is switched off and on', () => {
  const prof = profile({ activities }, (prof) => {
    torch.ones(2);
    prof.toggle_collection_dynamic(false, activities);
    torch.zeros(2);
    prof.toggle_collection_dynamic(true, activities);
    torch.eye(2);
  });
  const names = prof.events().map(({ name }) => name);
  expect(names).toEqual(expect.arrayContaining(['aten::ones', 'aten::eye']));
  expect(names).not.toContain('aten::zeros');
});

test('a range over a step that ends early', () => {
  const prof = profile({ activities }, () => {
    expect(() =>
      record_function('fails', () => {
        torch.ones(2);
        throw new Error('no');
      }),
    ).toThrow('no');
    torch.zeros(2);
  });
  const byName = (name: string) => prof.events().find((event) => event.name === name)!;
  expect(byName('aten::ones').cpu_parent!.name).toBe('fails');
  expect(byName('aten::zeros').cpu_parent).toBeNull();
});
