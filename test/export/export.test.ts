/** torch.export.export and save: programs of modules of here. test/forms has those that Python reads. */
import { join } from 'node:path';
import torch, { nn, type Tensor } from 'tsorch';
import { BadProgram, Dim, ExportError, ExportedProgram, type ExportOptions } from 'tsorch/export';
import { Cnn, Dynamic, Gpt, zoo } from '../forms/zoo';
import { root, temporaryFolder } from '../setup/fakes';

const exported = torch.export.export;
const r = (...sizes: number[]) => torch.randn(sizes);
const close = (actual: unknown, expected: unknown) => torch.testing.assert_close(actual, expected);
const flat = (value: unknown): unknown[] =>
  typeof value === 'object' && value !== null && !torch.is_tensor(value) ? Object.values(value).flatMap(flat) : [value];

function bytesOf(program: ExportedProgram): Buffer {
  const pieces: Uint8Array[] = [];
  torch.export.save(program, { write: (bytes) => pieces.push(bytes) });
  return Buffer.concat(pieces);
}

function compare(actual: unknown, expected: unknown): void {
  const [found, wanted] = [flat(actual), flat(expected)];
  expect(found).toHaveLength(wanted.length);
  found.forEach((each, i) => {
    if (torch.is_tensor(each)) close(each, wanted[i]);
    else expect(each).toBe(wanted[i]);
  });
}

type Callable = (...args: unknown[]) => unknown;

/** Many things at once: buffers that change, constants of two kinds, results in place, numbers and null among results. */
class Many extends nn.Module {
  count = new nn.Buffer(torch.zeros([]), { persistent: false });
  table = torch.arange(3).to(torch.float32);
  override forward(x: Tensor, { scale, flag }: { scale: number; flag: boolean }) {
    this.count.add_(1);
    const y = x.mul(scale).add_(this.count);
    y.index_put_([torch.tensor([0n, 1n])], torch.zeros(3));
    const sum = y.add(this.table).add(torch.tensor([1, 2, 3]));
    return { all: [sum, x.to(torch.float64).sum(), null], pair: x.max(1), low: x.lt(0).mul(3), flag };
  }
}

class Shapes extends nn.Module {
  override forward(x: Tensor, y: Tensor) {
    const [n, m] = [x.size(0), y.size(0)];
    const z = torch.cat([x, x]).add(y.unsqueeze(1));
    const made = [torch.full([n + 1], 3), torch.arange(m + n + 2), x.expand(n * m, -1, -1)];
    return [z.view(m, 3).narrow(0, 0, n - 1), n * m, made];
  }
}

class Windows extends nn.Module {
  a = new nn.Conv2d(1, 2, 3, { stride: 2, padding: 1 });
  b = new nn.Conv2d(2, 2, 5, { stride: 3 });
  override forward(x: Tensor): Tensor {
    return this.b(this.a(x)).relu_();
  }
}

class Sum extends nn.Module {
  linear = new nn.Linear(4, 3);
  override forward(x: Tensor, y: Tensor): Tensor {
    return this.linear(x).add(y);
  }
}

const size = new Dim('size', { min: 3, max: 40 });
const [b, h, w] = torch.export.dims('b', 'h', 'w');
const AUTO = { 0: Dim.AUTO, 1: Dim.AUTO };

interface Case {
  readonly name: string;
  readonly make: () => nn.Module;
  readonly calls: readonly (readonly unknown[])[];
  readonly options?: ExportOptions;
}

torch.manual_seed(1);
const cases: readonly Case[] = [
  { name: 'many', make: () => new Many(), calls: [[r(3, 3)]], options: { kwargs: { scale: 2.5, flag: true } } },
  {
    name: 'shapes',
    make: () => new Shapes(),
    calls: [
      [r(4, 3), r(8)],
      [r(6, 3), r(12)],
    ],
    options: { dynamic_shapes: { x: { 0: size }, y: { 0: size.mul(2) } } },
  },
  {
    name: 'windows',
    make: () => new Windows(),
    calls: [[r(2, 1, 32, 32)], [r(3, 1, 41, 23)]],
    options: { dynamic_shapes: [{ 0: b!, 2: h!, 3: w! }] },
  },
  {
    name: 'found out',
    make: () => new Sum(),
    calls: [
      [r(5, 4), r(5, 3)],
      [r(7, 4), r(7, 3)],
    ],
    options: { dynamic_shapes: [AUTO, AUTO] },
  },
  {
    name: 'training',
    make: () => new Cnn(),
    calls: [[r(4, 1, 8, 8)], [r(6, 1, 8, 8)]],
    options: { dynamic_shapes: [[b!]] },
  },
];

/** The arguments with those by name at the end, as calls of here have them. */
const argumentsOf = (call: readonly unknown[], options?: ExportOptions) => [
  ...call,
  ...(options?.kwargs ? [options.kwargs] : []),
];

describe.each(cases)('$name', ({ make, calls, options }) => {
  test('computes what the module does, and what it was exported with stays as it was', () => {
    const module = make();
    const state = torch.get_rng_state();
    const before = [...module.parameters(), ...module.buffers()].map((each) => each.detach().clone());
    const program = exported(module, calls[0]!, options);
    [...module.parameters(), ...module.buffers()].forEach((each, i) => void close(each.detach(), before[i]));
    close(torch.get_rng_state(), state);
    const read = torch.export.load(bytesOf(program));
    const runs = [read.module(), torch.export.load(bytesOf(read)).module()] as unknown as Callable[];
    for (const call of calls) {
      const wanted = (module as unknown as Callable)(...argumentsOf(call, options));
      for (const run of runs) compare(run(...argumentsOf(call, options)), wanted);
    }
    compare(
      runs.map((run) => [...(run as unknown as nn.Module).buffers()]),
      runs.map(() => module.buffers()),
    );
  });
});

describe.each(zoo())('the program of the $name', ({ module, calls, dynamic }) => {
  const program = exported(module, calls[0]!, { dynamic_shapes: dynamic });
  const run = torch.export.load(bytesOf(program)).module();

  test('has the results of the module, for other sizes too', () => {
    for (const call of calls) compare(run(...call), (module as unknown as Callable)(...call));
  });

  test('has its gradients', () => {
    const gradients = (model: nn.Module) => {
      model.zero_grad();
      const [first] = flat((model as unknown as Callable)(...calls[0]!)) as [Tensor];
      first.sum().backward();
      return Object.fromEntries(model.named_parameters().map(([name, { grad }]) => [name, grad]));
    };
    const [found, wanted] = [gradients(run), gradients(module)];
    for (const [name, grad] of Object.entries(wanted)) if (grad !== null) close(found[name], grad);
  });
});

test('says what it is: names, ranges, signature', () => {
  const batch = new Dim('batch', { min: 2, max: 64 });
  const model = new nn.Sequential(new nn.Linear(4, 3), new nn.ReLU());
  const program = exported(model, [r(5, 4)], { dynamic_shapes: { input: { 0: batch } } });
  expect(program).toBeInstanceOf(ExportedProgram);
  expect([...program.range_constraints]).toEqual([['s0', { min: 2, max: 64 }]]);
  expect(program.graph.nodes.map(({ target }) => target)).toEqual([
    'torch.ops.aten.linear.default',
    'torch.ops.aten.relu.default',
  ]);
  expect(program.graph_signature.parameters).toEqual(['0.weight', '0.bias']);
  expect(Object.keys(program.state_dict)).toEqual(['0.weight', '0.bias']);
  expect(program.state_dict['0.weight']).toBe(model.parameters()[0]);
  expect(String(program)).toContain(
    'linear: "f32[s0, 3]" = torch.ops.aten.linear.default(input, p_0_weight, p_0_bias)',
  );
  expect(() => program.module()(r(65, 4))).toThrow('Guard failed: input.size()[0] <= 64');
});

test('what lies beside a program, and its example', () => {
  const file = join(temporaryFolder(), 'model.pt2');
  const x = r(2, 4);
  torch.export.save(exported(new nn.Linear(4, 3), [x]), file, { extra_files: { 'labels.txt': 'a b c' } });
  const extra_files: Record<string, string> = {};
  const program = torch.export.load(file, { extra_files });
  expect(extra_files).toEqual({ 'labels.txt': 'a b c' });
  close(program.example_inputs, [[x], {}]);
});

test('a program of Python is saved as it was', () => {
  const folder = join(root, 'test', 'export', 'fixtures');
  for (const name of ['gpt', 'control', 'dtypes']) {
    const program = torch.export.load(join(folder, `${name}.pt2`));
    const again = torch.export.load(bytesOf(program));
    expect(String(again)).toBe(String(program));
    close(again.state_dict, program.state_dict);
    const [{ args, kwargs }] = torch.load<[{ args: unknown[]; kwargs: object }]>(join(folder, `${name}.golden.pt`));
    const given = Object.keys(kwargs).length > 0 ? [...args, kwargs] : args;
    compare(again.module()(...given), program.module()(...given));
  }
  const tied = torch.export
    .load(bytesOf(torch.export.load(join(folder, 'gpt.pt2'))))
    .module()
    .state_dict();
  expect(tied['head.weight']!.data_ptr()).toBe(tied['embed.weight']!.data_ptr());
});

describe('sizes that are said wrong are refused:', () => {
  const gpt = new Gpt();
  const cache = { k: r(1, 2, 4, 4), v: r(1, 2, 4, 4) };
  const tokens = torch.zeros([1, 3], { dtype: torch.int64 });
  const batch = new Dim('batch');

  test.each<[string, () => unknown, string]>([
    [
      'another structure',
      () => exported(gpt, [tokens, cache], { dynamic_shapes: { cache: { q: {} } } }),
      'other parts',
    ],
    ['an unknown name', () => exported(gpt, [tokens, cache], { dynamic_shapes: { idx: {} } }), 'other parts'],
    [
      'no such dimension',
      () => exported(new Dynamic(), [r(2, 3, 4)], { dynamic_shapes: [{ 3: batch }] }),
      'no dimension 3',
    ],
    [
      'a size of one',
      () => exported(gpt, [tokens, cache], { dynamic_shapes: [{ 0: batch }] }),
      "'batch', which may change, is 1",
    ],
    [
      'another size',
      () => exported(new Dynamic(), [r(2, 3, 4)], { dynamic_shapes: [{ 0: 3 }] }),
      'is 2 in the example, not 3',
    ],
    [
      'one name for two sizes',
      () => exported(new Sum(), [r(5, 4), r(5, 3)], { dynamic_shapes: [{ 0: batch }, { 1: batch }] }),
      "'batch' is 5 and 3",
    ],
    ['beyond its range', () => exported(new Dynamic(), [r(2, 3, 4)], { dynamic_shapes: [{ 0: size }] }), 'not 3 to 40'],
    [
      'no root',
      () => exported(new Dynamic(), [r(2, 3, 4)], { dynamic_shapes: [{ 0: batch.mul(2) }] }),
      "'batch', which may change, is 1",
    ],
    ['a Dim without a range', () => new Dim('a', { min: 4, max: 4 }), 'inconsistent min=4, max=4'],
    ['a Dim without a name', () => new Dim('a b'), 'valid identifier'],
    [
      'one that cannot change',
      () => exported(new Sum(), [r(5, 4), r(5, 3)], { dynamic_shapes: [{ 1: Dim.DYNAMIC }, null] }),
      'does not let x.size()[1] change',
    ],
  ])('%s', (_, run, message) => {
    expect(run).toThrow(message);
  });
});

describe('what a program cannot have is refused, with its place:', () => {
  /** A module of one function. */
  class Calls extends nn.Module {
    constructor(private readonly run: (x: Tensor) => unknown) {
      super();
    }
    override forward(x: Tensor): unknown {
      return this.run(x);
    }
  }
  class Assigns extends nn.Module {
    last = new nn.Buffer(torch.zeros(3));
    override forward(x: Tensor): Tensor {
      this.last = new nn.Buffer(x.mul(2));
      return x;
    }
  }
  const unit = new torch.jit.CompilationUnit('def f(x):\n    return x + 1 if bool(x.sum() > 0) else x\n');
  const branch = unit.find_function('f')!;
  const batch: ExportOptions = { dynamic_shapes: [{ 0: new Dim('batch') }] };

  test.each<[string, (x: Tensor) => unknown, string, ExportOptions?]>([
    ['a number of JavaScript', (x) => x.mul(x.sum().item() as number), 'a number of JavaScript at'],
    ['a branch on sizes', (x) => (x.size(0) > 4 ? x.sin() : x.cos()), 'something else for other sizes (batch)', batch],
    ['a size to the power of its own', (x) => x.add(2 ** x.size(0)), 'in a way that is not seen', batch],
    ['a tensor of JavaScript', (x) => x.add(torch.tensor(x.shape.map(Number)).sum()), 'changes with the sizes', batch],
    ['results of sizes that the data say', (x) => x.nonzero(), 'known only when it runs'],
    ['a mask as index', (x) => x.index(x.gt(0)), 'an index that is a mask'],
    ['a branch of TorchScript', (x) => branch(x), 'prim::If (in the module itself)'],
    ['a constant that changes', (x) => x.add(torch.tensor([1, 2, 3]).add_(1)), 'that JavaScript made'],
    ['gradients that are off', (x) => x.mul(torch.no_grad(() => x.exp())), 'gradients are off there'],
    ['a sparse tensor', (x) => x.to_sparse().to_dense(), 'sparse'],
  ])('%s', (_, run, message, options = {}) => {
    const attempt = () => exported(new Calls(run), [r(5, 3).requires_grad_()], options);
    expect(attempt).toThrow(message);
    expect(attempt).toThrow(ExportError);
  });

  test('another tensor for a buffer, which the module has again afterwards', () => {
    const module = new Assigns();
    const { last } = module;
    expect(() => exported(module, [r(3)])).toThrow("assigns another tensor to its 'last'");
    expect(module.last).toBe(last);
  });

  test('what is no module, and strict', () => {
    expect(() => exported((() => 1) as never, [r(2)])).toThrow('Expected `mod` to be an instance of `torch.nn.Module`');
    expect(() => exported(new nn.ReLU(), [r(2)], { strict: true })).toThrow('bytecode');
    expect(() => torch.export.save({} as never, 'x.pt2')).toThrow("must be an instance of 'ExportedProgram'");
  });
});

test('a written file that is cut off or changed is refused', () => {
  const bytes = bytesOf(exported(new Gpt(), zoo()[5]!.calls[0]!));
  for (let length = 0; length < bytes.length; length += 211) {
    expect(() => torch.export.load(bytes.subarray(0, length))).toThrow(torch.TorchError);
  }
  for (let at = 40; at < bytes.length; at += 997) {
    const changed = Buffer.from(bytes);
    changed[at] = changed[at]! ^ 0x20;
    try {
      torch.export.load(changed).module();
    } catch (error) {
      expect(error).toBeInstanceOf(Error);
      expect(error instanceof torch.TorchError || error instanceof BadProgram).toBe(true);
    }
  }
});

test('a program frees what it made itself, not what an operator gave back', () => {
  class Same extends nn.Module {
    override forward(x: Tensor, y: Tensor) {
      const same = x.contiguous();
      const sum = same.add(y.contiguous().contiguous());
      return [sum.mul_(2).contiguous(), sum.relu()] as const;
    }
  }
  const [x, y] = [torch.ones(3), torch.ones(3)];
  const program = torch.export.export(new Same(), [x, y]).module();
  for (let i = 0; i < 3; i++) {
    const [first, second] = program(x, y) as Tensor[];
    expect([x, y, first!, second!].map((each) => each.tolist())).toEqual([
      [1, 1, 1],
      [1, 1, 1],
      [4, 4, 4],
      [4, 4, 4],
    ]);
  }
});

test('its intermediate tensors are gone when it returns', () => {
  const model = new nn.Sequential(new nn.Linear(4, 4), new nn.ReLU(), new nn.Linear(4, 4), new nn.Tanh());
  const x = torch.ones(2, 4);
  const program = torch.export.export(model, [x]).module();
  torch.gc();
  torch.no_grad(() => {
    const before = torch.memory_stats().tensors;
    const results = [1, 2, 3].map(() => program(x));
    expect(torch.memory_stats().tensors).toBe(before + results.length);
  });
});
