/** What profiles say of whole programs, beside Python's of the same. */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import torch from 'tsorch';
import { useFolder } from './folder';
import golden from './golden/profiler.json';
import { programs } from './programs';

const { profile, ProfilerActivity } = torch.profiler;
type Event = InstanceType<typeof torch.autograd.profiler.FunctionEvent>;
type Row = [name: string, shapes: number[][], count: number, flops: number];
const path = useFolder();

/** Whether the optimizer's own operators have it: here a step is one loop over memory. */
function isInStep({ cpu_parent }: Event): boolean {
  for (let event = cpu_parent; event !== null; event = event.cpu_parent) {
    if (event.name.startsWith('Optimizer.step')) return true;
  }
  return false;
}

/** What Python's own functions call on the way, and ours need not. */
const ofPython = new Set(['aten::broadcast_tensors']);

const layers =
  /aten::(linear|addmm|mm|layer_norm|relu|scaled_dot_product_attention|dropout|l1_loss)$|Linear|Addmm|Norm/;

/** What is compared: everything, unless ours gets there by other operators. */
const compared: Readonly<Record<string, RegExp>> = {
  transformer: layers, // queries, keys and values are cut apart by one operator
  loader: /^(use|enumerate|aten::sum)/, // rows of one tensor are taken by a loop over memory
};

function rowsOf(events: readonly Event[]): Row[] {
  const rows = new Map<string, Row>();
  for (const event of events) {
    if (isInStep(event)) continue;
    const { name, input_shapes, flops } = event;
    const key = `${name} ${JSON.stringify(input_shapes)}`;
    const row = rows.get(key) ?? ([name, input_shapes, 0, 0] as Row);
    rows.set(key, row);
    row[2]++;
    row[3] += flops;
  }
  return [...rows.values()];
}

const inOrder = (rows: readonly Row[]) => rows.map((row) => JSON.stringify(row)).sort();

describe('names, shapes, counts and FLOPs are those of Python', () => {
  test.each(Object.entries(programs))('%s', (name, make) => {
    torch.manual_seed(0);
    const step = make();
    step();
    const prof = profile({ activities: [ProfilerActivity.CPU], record_shapes: true, with_flops: true }, step);
    const wanted = golden.programs[name as keyof typeof programs].rows as unknown as Row[];
    const counts = ([each]: Row) => !ofPython.has(each) && (compared[name] ?? /./).test(each);
    expect(wanted.filter(counts).length).toBeGreaterThan(2);
    expect(inOrder(rowsOf(prof.events()).filter(counts))).toEqual(inOrder(wanted.filter(counts)));
  });
});

test('memory of operators', () => {
  const prof = profile({ activities: [ProfilerActivity.CPU], profile_memory: true, record_shapes: true }, () => {
    const a = torch.ones(100, 100);
    const b = a.matmul(a);
    b.add(1).relu_();
    torch.zeros(7);
  });
  const rows = prof.key_averages().map((row) => [row.key, row.count, row.cpu_memory_usage, row.self_cpu_memory_usage]);
  const wanted = golden.memory.filter(([name]) => name !== '[memory]');
  expect(rows.filter(([name]) => name !== '[memory]').sort()).toEqual(wanted.sort());
});

describe('the trace', () => {
  const wanted = golden.programs.mlp.trace!;
  interface Entry {
    name: string;
    ph: string;
    cat?: string;
    ts: number;
    args?: Record<string, unknown>;
  }
  type Trace = Record<string, unknown> & { traceEvents: Entry[] };

  function traced(): InstanceType<typeof profile> {
    torch.manual_seed(0);
    const step = programs.mlp();
    step();
    return profile({ activities: [ProfilerActivity.CPU], record_shapes: true, with_flops: true }, step);
  }

  function read(file: string): Trace {
    const bytes = readFileSync(path(file));
    return JSON.parse(String(file.endsWith('.gz') ? gunzipSync(bytes) : bytes)) as Trace;
  }

  test('has what that of Python has', () => {
    traced().export_chrome_trace(path('trace.json'));
    const trace = read('trace.json');
    expect(Object.keys(trace).sort()).toEqual(wanted.keys);
    const kinds: Record<string, { fields: Set<string>; args: Set<string> }> = {};
    for (const event of trace.traceEvents) {
      const key = `${event.ph} ${event.cat ?? ''}`;
      kinds[key] ??= { fields: new Set(), args: new Set() };
      for (const field of Object.keys(event)) kinds[key].fields.add(field);
      for (const arg of Object.keys(event.args ?? {})) kinds[key].args.add(arg);
    }
    const plain = Object.entries(kinds).map(([key, { fields, args }]) => [
      key,
      { fields: [...fields].sort(), args: [...args].sort() },
    ]);
    expect(Object.fromEntries(plain)).toEqual(wanted.kinds);
  });

  test('names the operators in their order, with their inputs', () => {
    traced().export_chrome_trace(path('operators.json'));
    const operators = read('operators.json').traceEvents.filter(({ cat }) => cat === 'cpu_op');
    operators.sort((a, b) => a.ts - b.ts);
    const found = operators.map(({ name, args = {} }) => [
      name,
      args['Input Dims'],
      args['Input type'],
      args['Concrete Inputs'],
    ]);
    const backward = found.slice(
      0,
      found.findIndex(([name]) => name === 'aten::ones_like'),
    );
    const known = wanted.operators.filter(([name]) => !ofPython.has(name as string));
    expect(backward.length).toBeGreaterThan(20);
    expect(backward).toEqual(known.slice(0, backward.length));
  });

  test('is written more than once, and compressed', () => {
    const prof = traced();
    prof.export_chrome_trace(path('once.json'));
    prof.export_chrome_trace(path('twice.json.gz'));
    expect(read('twice.json.gz')).toEqual(read('once.json'));
  });
});
