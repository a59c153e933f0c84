/** Tables, sums and trees of fixed events, character by character as Python makes them. */
import { readFileSync } from 'node:fs';
import torch from 'tsorch';
import { useFolder } from './folder';
import golden from './golden/profiler.json';

const { DeviceType, EventList, FunctionEvent } = torch.autograd.profiler;
const path = useFolder();
type TableOptions = Parameters<ReturnType<typeof events>['table']>[0] & object;

function events(profile_memory = false, with_flops = false) {
  const made = golden.events.map(
    (facts) =>
      new FunctionEvent({
        ...facts,
        trace_name: facts.name,
        thread: 1,
        fwd_thread: 0,
        scope: 0,
        device_type: DeviceType.CPU,
        device_index: 0,
        use_device: null,
        device_memory_usage: 0,
        more: { flops: facts.flops, is_user_annotation: facts.is_user_annotation },
      }),
  );
  const list = new EventList(made, { profile_memory, with_flops });
  list._build_tree();
  return list;
}

describe('tables are those of Python', () => {
  const tables = golden.tables.map((table) => [JSON.stringify([table.averages, table.options]), table] as const);

  test.each(tables)('%s', (_, { memory, flops, averages, options, text }) => {
    expect(
      events(memory, flops)
        .key_averages(averages)
        .table(options as TableOptions),
    ).toBe(text);
  });

  test('of the events themselves, which is their text', () => {
    expect(events().table()).toBe(golden.plain);
    expect(String(events())).toBe(golden.plain);
  });

  test('of nothing', () => {
    expect(new EventList([]).table()).toBe('');
  });
});

test('which events are inside of which, and what is left of their time', () => {
  expect(events().map(({ cpu_children }) => cpu_children.map(({ id }) => id))).toEqual(golden.children);
  expect(events().map(({ self_cpu_time_total }) => self_cpu_time_total)).toEqual(golden.self);
});

test('the texts of events and sums', () => {
  const shown = (text: string) => text.replaceAll(/(start|end)_us=(\d+)\.0 /g, '$1_us=$2 ');
  expect(events().map(String)).toEqual(golden.reprs.map(shown));
  expect(events().key_averages().map(String)).toEqual(golden.averages);
  expect(String(events().total_average())).toBe(golden.total);
});

test('stacks for flame graphs', () => {
  events().export_stacks(path('stacks'), 'self_cpu_time_total');
  expect(readFileSync(path('stacks'), 'utf8')).toBe(golden.stacks);
  expect(() => events().export_stacks(path('stacks'), 'time')).toThrow(
    "metric should be one of: ['self_cpu_time_total', 'self_cuda_time_total'",
  );
});

test('a trace of events alone', () => {
  events().export_chrome_trace(path('trace'));
  expect(readFileSync(path('trace'), 'utf8')).toBe(golden.trace);
});

test('sorting by what events do not have', () => {
  expect(() => events().key_averages().table({ sort_by: 'beauty' })).toThrow(
    "'FunctionEventAvg' object has no attribute 'beauty'",
  );
});

test('what a list gives is a plain array', () => {
  expect(events().filter(({ count }) => count > 0)).not.toBeInstanceOf(EventList);
});
