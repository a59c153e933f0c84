/** Programs of what modules and functions here call. */
import { join } from 'node:path';
import torch, { nn, type Tensor } from 'tsorch';
import type * as Lowered from '../../lib/jit/lowered';
import { root, temporaryFolder } from '../setup/fakes';
import { runPython, withPython } from '../setup/python';
import { compare } from './compare';

const { jit } = torch;
const { graphOf } = require(join(root, 'dist', 'jit', 'lowered.js')) as typeof Lowered;

class Net extends nn.Module {
  body = new nn.Sequential(new nn.Conv2d(1, 3, 3, { padding: 1 }), new nn.BatchNorm2d(3), new nn.ReLU());
  fc = new nn.Linear(48, 5);
  plain = torch.ones(5);

  constructor() {
    super();
    this.register_buffer('shift', torch.ones(5));
  }

  override forward(x: Tensor): [Tensor, Tensor] {
    const h = this.body(x).flatten(1) as Tensor;
    return [
      this.fc(h)
        .mul(2)
        .add(Reflect.get(this, 'shift') as Tensor)
        .add(this.plain),
      h.mean(),
    ];
  }

  encode(x: Tensor, scale: Tensor): Tensor {
    return this.fc(x).relu().mul(scale);
  }
}

/** The bytes of a traced function's archive. */
function programOf(traced: ReturnType<typeof jit.trace>): Buffer {
  const chunks: Uint8Array[] = [];
  traced.save({ write: (bytes) => chunks.push(bytes) });
  return Buffer.concat(chunks);
}

/** The texts of the tracer's warnings while a function runs. */
function warningsOf(run: () => unknown): string[] {
  const emitted = jest.spyOn(process, 'emitWarning').mockImplementation(() => {});
  try {
    run();
    return (emitted.mock.calls as unknown[][])
      .filter(([, kind]) => kind === 'TracerWarning')
      .map(([text]) => String(text));
  } finally {
    emitted.mockRestore();
  }
}

test('the graph of a trace that calls a function of a program shows it', () => {
  const unit = new torch.jit.CompilationUnit('def f(x):\n    return x + 1 if bool(x.sum() > 0) else x\n');
  const branch = unit.find_function('f')!;
  const { graph, inlined_graph } = torch.jit.trace((x: Tensor) => branch(x), torch.ones(2));
  expect(graph.nodes().map(({ kind, attributes }) => [kind, attributes.name])).toEqual([
    ['prim::Constant', 'f'],
    ['prim::CallFunction', undefined],
  ]);
  expect(inlined_graph.nodes().map(({ kind }) => kind)).toContain('prim::If');
});

test('a module: names, submodules, sizes that change, memory shared with it', () => {
  const net = new Net().eval();
  const x = torch.randn(2, 1, 4, 4);
  const traced = jit.trace(net, x);
  const more = torch.randn(5, 1, 4, 4);
  compare(traced(more), net(more));
  expect(new Set(Object.keys(traced.state_dict()))).toEqual(new Set(Object.keys(net.state_dict())));
  expect(traced.get_parameter('fc.weight')).toBe(net.fc.weight);
  expect(String(traced).split('\n')).toEqual([
    'Net(',
    '  original_name=Net',
    '  (body): Sequential(',
    '    original_name=Sequential',
    '    (0): Conv2d(original_name=Conv2d)',
    '    (1): BatchNorm2d(original_name=BatchNorm2d)',
    '    (2): ReLU(original_name=ReLU)',
    '  )',
    '  (fc): Linear(original_name=Linear)',
    ')',
  ]);
  expect(String(traced.graph)).toMatch(/prim::CallMethod\[name="forward"\]\(%body, %x\)/);
  expect(traced.code).toContain('self.fc');
  torch.no_grad(() => net.fc.bias!.zero_());
  compare(traced(x), net(x));
});

test('gradients pass through a trace', () => {
  const net = new nn.Sequential(new nn.Linear(3, 4), new nn.Tanh());
  const traced = jit.trace(net, torch.randn(2, 3));
  traced(torch.ones(2, 3)).sum().backward();
  const grads = net.parameters().map((p) => p.grad!.clone());
  net.zero_grad();
  net(torch.ones(2, 3)).sum().backward();
  compare(
    grads,
    net.parameters().map((p) => p.grad!),
  );
});

test('functions, with names of their arguments', () => {
  const traced = jit.trace(
    function mixed(a: Tensor, b: Tensor) {
      return a.add(b.mul(2));
    },
    [torch.ones(2), torch.ones(2)],
  );
  expect(traced(torch.ones(3), torch.ones(3)).tolist()).toEqual([3, 3, 3]);
  expect(traced.schema).toBe('mixed(Tensor a, Tensor b) -> Tensor');
  expect(traced({ b: torch.ones(1), a: torch.zeros(1) }).item()).toBe(2);
  const chunks: Uint8Array[] = [];
  traced.save({ write: (bytes) => chunks.push(bytes) });
  expect(jit.load(Buffer.concat(chunks))(torch.ones(1), torch.ones(1)).item()).toBe(3);
});

test('methods by name', () => {
  const net = new Net().eval();
  const traced = jit.trace_module(net, {
    forward: torch.randn(2, 1, 4, 4),
    encode: [torch.randn(2, 48), torch.ones(1)],
  });
  const encode = Reflect.get(traced, 'encode') as (...args: Tensor[]) => Tensor;
  const args = [torch.randn(3, 48), torch.full([1], 2)] as const;
  compare(encode(...args), net.encode(...args));
  expect(() => jit.trace_module(net, { missing: torch.ones(1) })).toThrow(/no method 'missing'/);
});

test('dictionaries, tuples and named inputs', () => {
  type Pair = { a: Tensor; b: Tensor };
  const sum = jit.trace((pair: Pair) => pair.a.add(pair.b), [{ a: torch.ones(1), b: torch.ones(1) }]);
  expect(sum({ a: torch.ones(2), b: torch.ones(2) }).tolist()).toEqual([2, 2]);
  const nested = jit.trace(([a, [b]]: [Tensor, [Tensor]]) => [b, [a, b]], [[torch.ones(1), [torch.zeros(1)]]]);
  compare(nested([torch.ones(1), [torch.zeros(1)]]), [torch.zeros(1), [torch.ones(1), torch.zeros(1)]]);
  class Named extends nn.Module {
    override forward({ a, b }: Pair): Tensor {
      return a.sub(b);
    }
  }
  const named = jit.trace(new Named(), { example_kwarg_inputs: { a: torch.ones(1), b: torch.ones(1) } });
  expect(named({ b: torch.ones(1), a: torch.zeros(1) }).item()).toBe(-1);
  const dictionary = (x: Tensor) => ({ y: x.add(1) });
  expect(() => jit.trace(dictionary, torch.ones(1))).toThrow(/Encountering a dict at the output of the tracer/);
  compare(jit.trace(dictionary, torch.ones(1), { strict: false })(torch.ones(2)), { y: torch.full([2], 2) });
});

test('the modules of the zoo follow the sizes of their input', () => {
  torch.manual_seed(0);
  const cases: [nn.Module, Tensor, Tensor][] = [
    [new nn.LSTM(4, 5, { batch_first: true, num_layers: 2 }), torch.randn(2, 3, 4), torch.randn(7, 6, 4)],
    [new nn.GRU(4, 5, { bidirectional: true }), torch.randn(2, 3, 4), torch.randn(7, 6, 4)],
    [new nn.LSTMCell(4, 5), torch.randn(2, 4), torch.randn(7, 4)],
    [
      new nn.TransformerEncoderLayer(8, 2, 16, { dropout: 0, batch_first: true }),
      torch.randn(2, 5, 8),
      torch.randn(3, 7, 8),
    ],
    [new nn.Sequential(new nn.Embedding(5, 4), new nn.LayerNorm(4), new nn.GELU()), torch.arange(2), torch.arange(5)],
  ];
  for (const [module, x, other] of cases) {
    const traced = jit.trace(module, x);
    compare(traced(other), module(other));
  }
  const attention = new nn.MultiheadAttention(8, 2);
  const traced = jit.trace(attention, [torch.randn(2, 5, 8), torch.randn(3, 5, 8), torch.randn(3, 5, 8)]);
  const inputs = [torch.randn(4, 3, 8), torch.randn(6, 3, 8), torch.randn(6, 3, 8)] as const;
  compare(traced(...inputs), attention(...inputs));
});

test('slices and constants: each is in the trace, also what changes nothing for the example', () => {
  const other = torch.randn(5, 7);
  const cases: ((x: Tensor) => Tensor)[] = [
    (x) => x.index('0:2', ':'),
    (x) => x.index(':', '0:3'),
    (x) => x.index('...', '0:3'),
    (x) => x.index('0:2'),
    (x) => x.index(null, '0:2').add(torch.tensor([[[1], [2]]])),
    (x) => x.index(torch.tensor([0n, 1n]), '0:3'),
    (x) => {
      const y = x.clone();
      y.index_put_(['0:2', '0:3'], 5);
      y.index_put_([0, '0:3'], torch.zeros(3));
      return y;
    },
  ];
  for (const fn of cases) {
    const traced = jit.trace(fn, torch.randn(2, 3));
    Array.from({ length: 100 }, () => torch.randn(2)); // takes the memory of what was freed
    compare(traced(other), fn(other));
    compare(jit.load(programOf(traced))(other), fn(other));
  }
});

test('a custom autograd Function becomes the operators of its forward', () => {
  class Double extends torch.autograd.Function {
    static override forward(_: unknown, x: Tensor): Tensor {
      return x.mul(2);
    }
    static override backward(_: unknown, grad: Tensor): Tensor {
      return grad.mul(2);
    }
  }
  const net = new nn.Linear(2, 2);
  const fn = (x: Tensor) => Double.apply(x) as Tensor;
  class Net extends nn.Module {
    net = net;
    override forward(x: Tensor): Tensor {
      return fn(this.net(x)).add(1);
    }
  }
  const [module, x] = [new Net(), torch.randn(3, 2)];
  compare(jit.trace(module, torch.randn(1, 2))(x), module(x));
});

test('a program inside of a trace keeps its branches', () => {
  const unit = new jit.CompilationUnit('def f(x):\n    return x * 2 if bool(x.sum() > 0) else x - 1\n');
  const f = unit.find_function('f')!;
  const traced = jit.trace((x: Tensor) => f(x).add(1), torch.ones(2));
  expect(traced(torch.ones(2).neg()).tolist()).toEqual([-1, -1]);
  const inner = new jit.ScriptModule();
  inner.register_parameter('w', new nn.Parameter(torch.full([1], 3)));
  inner.define('def forward(self, x):\n    return x * self.w if bool(x.sum() > 0) else x\n');
  class Outer extends nn.Module {
    inner = inner;
    override forward(x: Tensor): Tensor {
      return this.inner(x).add(1);
    }
  }
  const whole = jit.load(jit.trace(new Outer(), torch.ones(2)).save_to_buffer());
  expect([whole(torch.ones(1)).item(), whole(torch.ones(1).neg()).item()]).toEqual([4, 0]);
});

test('values that leave the graph are told, once for each place', () => {
  const fn = (x: Tensor) => {
    for (let i = 0; i < 2; i++) x.sum().item();
    x.tolist();
    return x.add(x.shape[0]!).add(x.size(0));
  };
  const warnings = warningsOf(() => jit.trace(fn, torch.ones(2)));
  expect(warnings.map((text) => /JavaScript (number|list)|size/.exec(text)![0])).toEqual([
    'JavaScript number',
    'JavaScript list',
    'size',
    'size',
  ]);
  expect(warningsOf(() => jit.trace(new nn.LSTM(2, 2), torch.ones(1, 1, 2)))).toEqual([]);
});

test('a trace is compared with a second one and with what it was made from', () => {
  let calls = 0;
  const fickle = (x: Tensor) => (calls++ % 2 === 0 ? x.add(1) : x.mul(2));
  expect(() => jit.trace(fickle, torch.ones(2))).toThrow(jit.TracingCheckError);
  calls = 0;
  expect(jit.trace(fickle, torch.ones(2), { check_trace: false })(torch.ones(1)).item()).toBe(2);
  let constant = 0;
  expect(() => jit.trace((x: Tensor) => x.add(constant++), torch.ones(2))).toThrow(
    /differed in value across invocations/,
  );
  const random = warningsOf(() => jit.trace((x: Tensor) => x.add(torch.rand(2)), torch.ones(2)));
  expect(random[0]).toMatch(/^Trace had nondeterministic nodes[\s\S]*aten::rand/);
  expect(random[1]).toMatch(/^Output nr 1\. of the traced function does not match/);
  const branch = (x: Tensor) => (x.sum().item() > 0 ? x.add(1) : x.sub(1));
  const other = warningsOf(() => jit.trace(branch, torch.ones(2), { check_inputs: [[torch.ones(2).neg()]] }));
  expect(other.some((text) => text.startsWith('Output nr 1.'))).toBe(true);
});

test('what cannot be traced is an error', () => {
  const w = torch.ones(2, { requires_grad: true });
  expect(() => jit.trace((x: Tensor) => x.mul(w), torch.ones(2))).toThrow(/Cannot insert a Tensor that requires grad/);
  expect(() => jit.trace((x: never) => x, [1 as never])).toThrow(/Only Tensors and \(possibly nested\) Lists/);
  const inner = () => jit.trace((x: Tensor) => x, torch.ones(1));
  expect(() => jit.trace((x: Tensor) => inner()(x), torch.ones(1))).toThrow(/cannot trace another/);
  expect(() =>
    jit.trace(() => {
      throw new RangeError('mine');
    }, torch.ones(1)),
  ).toThrow(new RangeError('mine'));
  expect(jit.is_tracing()).toBe(false);
  expect(
    jit
      .trace((x: Tensor) => (jit.is_tracing() ? x.add(1) : x), torch.ones(1), { check_trace: false })(torch.ones(1))
      .item(),
  ).toBe(2);
});

test('the lowered graph as plain data', () => {
  const net = new nn.Sequential(new nn.Linear(3, 4), new nn.ReLU());
  const { inputs, held, nodes, outputs } = graphOf(jit.trace(net, torch.randn(2, 3)));
  expect(inputs.map(({ sizes, dtype }) => [sizes, dtype])).toEqual([[[2, 3], torch.float32]]);
  expect(held.map(({ name }) => name)).toEqual(['0.weight', '0.bias']);
  expect(held[0]!.tensor).toBe(net.parameters()[0]);
  expect(nodes.map(({ operator }) => operator)).toEqual(['aten::linear', 'aten::relu']);
  expect(nodes[0]!.inputs).toEqual([inputs[0], held[0]!.value, held[1]!.value]);
  expect(outputs).toEqual(nodes[1]!.outputs);
});

withPython(
  'Python runs what was traced here, with the same numbers and the same names',
  () => {
    const folder = temporaryFolder();
    torch.manual_seed(0);
    const cases: Record<string, [nn.Module, Tensor]> = {
      net: [new Net().eval(), torch.randn(2, 1, 4, 4)],
      lstm: [new nn.LSTM(4, 5, { batch_first: true }), torch.randn(2, 3, 4)],
      encoder: [new nn.TransformerEncoderLayer(8, 2, 16, { dropout: 0 }), torch.randn(2, 5, 8)],
    };
    for (const [name, [module, x]] of Object.entries(cases)) {
      jit.trace(module, x).save(join(folder, `${name}.pt`));
      const other = torch.cat([x, x]);
      torch.save({ x: other, y: module(other), state: module.state_dict() }, join(folder, `${name}.golden.pt`));
    }
    const script = `
import sys, torch
for name in sys.argv[2:]:
    run, golden = torch.jit.load(f"{sys.argv[1]}/{name}.pt"), torch.load(f"{sys.argv[1]}/{name}.golden.pt")
    flat = lambda v: [v] if torch.is_tensor(v) else [t for each in v for t in flat(each)]
    torch.testing.assert_close(flat(run(golden["x"])), [x.detach() for x in flat(golden["y"])], check_stride=False)
    assert set(run.state_dict()) == set(golden["state"]), run.state_dict().keys()
print("same")`;
    expect(runPython(script, folder, ...Object.keys(cases)).trim()).toBe('same');
  },
  60_000,
);
