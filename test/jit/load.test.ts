/** Programs that Python wrote, beside what Python's PyTorch computes with them; fixtures/ is made by zoo.py. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import torch, { nn, type Tensor } from 'tsorch';
import { root, temporaryFolder } from '../setup/fakes';
import { runPython, runScript, withPython } from '../setup/python';
import { compare } from './compare';

const { jit } = torch;
const folder = join(root, 'test', 'jit', 'fixtures');
const pathOf = (name: string) => join(folder, `${name}.pt`);
const names = readdirSync(folder).flatMap((file) => (file.endsWith('.golden.pt') ? [file.slice(0, -10)] : []));

interface Golden {
  args: unknown[];
  kwargs: Record<string, unknown>;
  result: unknown;
  gradients: Record<string, Tensor>;
  buffers: Record<string, Tensor>;
}

function check(module: ReturnType<typeof jit.load>, calls: readonly Golden[], trains: boolean): void {
  for (const { args, kwargs, result, gradients, buffers } of calls) {
    module.zero_grad();
    const given = [...args, ...(Object.keys(kwargs).length > 0 ? [kwargs] : [])];
    const actual = torch.set_grad_enabled(trains, () => module(...given));
    compare(actual, result);
    const first: Tensor = Array.isArray(actual) ? actual[0] : actual;
    if (first.requires_grad) first.sum().backward();
    const found = module.named_parameters().flatMap(([key, { grad }]) => (grad === null ? [] : [[key, grad] as const]));
    compare(Object.fromEntries(found), gradients);
    compare(Object.fromEntries(module.named_buffers()), buffers);
  }
}

const golden = (name: string, place = folder) => torch.load<Golden[]>(join(place, `${name}.golden.pt`));
const trains = (name: string) => !/quantized|resnet/.test(name);

test.each(names)('%s computes what Python does', (name) => {
  check(jit.load(pathOf(name)), golden(name), trains(name));
});

test.each(names)('%s from its bytes, saved again and loaded', (name) => {
  const from = jit.load(readFileSync(pathOf(name)));
  const file = join(temporaryFolder(), 'again.pt');
  jit.save(from, file);
  check(jit.load(file), golden(name), trains(name));
});

interface Texts {
  module: string;
  code: string;
  graph: string;
}

const texts = JSON.parse(readFileSync(join(folder, 'texts.json'), 'utf8')) as Record<string, Texts>;

test.each(names)('%s prints as in Python', (name) => {
  const module = jit.load(pathOf(name));
  const { code, graph, module: shown } = texts[name]!;
  expect(String(module)).toBe(shown);
  expect(module.code).toBe(code);
  expect(String(module.graph).replace(/ # .*$/gm, '')).toBe(graph);
});

test('parameters, buffers, attributes, methods and submodules are properties', () => {
  const control = jit.load(pathOf('control'));
  expect(control.parameters()[0]).toBeInstanceOf(nn.Parameter);
  expect(Reflect.get(control, 'weight')).toBe(control.parameters()[0]);
  expect(Reflect.get(control, 'names')).toEqual({ a: 1 });
  control(torch.ones(3));
  expect(Reflect.get(control, 'calls')).toBe(1);
  Reflect.set(control, 'calls', 7);
  control(torch.ones(3));
  expect(Reflect.get(control, 'calls')).toBe(8);
  expect(() => Reflect.set(control, 'calls', 'many')).toThrow(TypeError);
  expect(control.original_name).toBe('Control');
  expect(Object.keys(control.state_dict())).toEqual(['weight', 'last']);
  const mlp = jit.load(pathOf('mlp'));
  expect(mlp.get_submodule('net.0')).toBeInstanceOf(jit.ScriptModule);
  expect(mlp.get_parameter('net.2.bias')).toBe(mlp.parameters()[3]);
});

test('the program sees what is assigned, and shows what it assigns', () => {
  const control = jit.load(pathOf('control'));
  const weight = new nn.Parameter(torch.zeros(3));
  Reflect.set(control, 'weight', weight);
  expect(control(torch.ones(3), { steps: 1 }).tolist()).toEqual([0, 0, 0]);
  expect(control.parameters()[0]).toBe(weight);
  expect((Reflect.get(control, 'last') as Tensor).tolist()).toEqual([0, 0, 0]);
});

test('values of every type, both ways', () => {
  const control = jit.load(pathOf('control'));
  const kinds = Reflect.get(control, 'kinds') as (...args: unknown[]) => unknown[];
  const result = kinds([1, 2], { q: 1 }, null, [1, true], torch.device('cpu'), torch.float32, [[1], []]);
  expect(result.slice(0, 4)).toEqual([[1, 2], { q: 1 }, null, [1, true]]);
  expect(String(result[4])).toBe('cpu');
  expect(result.slice(5, 7)).toEqual([6, [[1], []]]);
  const pair = result[7] as { values: Tensor; count: number } & unknown[];
  expect([pair.values.item(), pair.count, pair.length]).toEqual([1, 3, 2]);
  expect(result.slice(8)).toEqual([new Map([[1, 'one']]), [[1, 'x']], 2n ** 60n]);
  const asMap = kinds([], new Map([['q', 2]]), 'c', [1, false], 'cpu', 3, []);
  expect(asMap.slice(0, 3)).toEqual([[], { q: 2 }, 'c']);
});

test('wrong calls are told in Python’s words', () => {
  const control = jit.load(pathOf('control'));
  const messages = [
    () => control(),
    () => control(1),
    () => control(torch.ones(3), 'a'),
    () => control(torch.ones(3), 1, 2, 3),
    () => control(torch.ones(3), { j: 1 }),
    () => control(torch.ones(3), { x: torch.ones(3) }),
    () => control(torch.ones(3), 1.5),
  ].map((fn) => {
    try {
      return String(fn());
    } catch (error) {
      expect(error).toBeInstanceOf(torch.TorchError);
      return (error as Error).message.split('\n')[0];
    }
  });
  expect(messages).toEqual([
    expect.stringMatching(/^forward\(\) is missing value for argument 'x'\. Declaration: forward\(/),
    "forward() Expected a value of type 'Tensor' for argument 'x' but instead found type 'int'.",
    "forward() Expected a value of type 'int' for argument 'steps' but instead found type 'str'.",
    expect.stringMatching(/^forward\(\) expected at most 4 argument\(s\) but received 5 argument\(s\)\./),
    expect.stringMatching(/^Unknown keyword argument 'j' for operator 'forward'\. Schema: forward\(/),
    expect.stringMatching(/^Argument 'x' specified both as positional and keyword argument\./),
    "forward() Expected a value of type 'int' for argument 'steps' but instead found type 'float'.",
  ]);
});

test('what the program raises has its traceback', () => {
  const control = jit.load(pathOf('control'));
  const fail = Reflect.get(control, 'fail') as (x: Tensor) => Tensor;
  expect(() => fail(torch.ones(2))).toThrow(jit.Error);
  expect(() => fail(torch.ones(2))).toThrow(/Traceback of TorchScript[\s\S]*HERE[\s\S]*ValueError: no positive sums/);
  const mismatch = () => fail(torch.ones(2, 3).neg());
  expect(mismatch).toThrow(torch.TorchError);
  expect(mismatch).not.toThrow(jit.Error);
  expect(mismatch).toThrow(/Traceback of TorchScript[\s\S]*mat1 and mat2 shapes cannot be multiplied/);
});

test('a loaded program trains', () => {
  torch.manual_seed(0);
  const mlp = jit.load(pathOf('mlp')).train();
  const [x, y] = [torch.randn(16, 4), torch.randn(16, 3)];
  const optimizer = new torch.optim.Adam(mlp.parameters(), { lr: 0.05 });
  const losses = Array.from({ length: 40 }, () => {
    optimizer.zero_grad();
    const loss = nn.functional.mse_loss(mlp(x), y);
    loss.backward();
    optimizer.step();
    return loss.item();
  });
  expect(losses.at(-1)!).toBeLessThan(losses[0]! / 2);
});

test('modes, dtypes, states, copies', () => {
  const cnn = jit.load(pathOf('cnn'));
  const x = torch.randn(2, 1, 8, 8);
  expect([cnn.training, cnn.eval().training]).toEqual([true, false]);
  expect(Reflect.get(cnn.get_submodule('norm'), 'training')).toBe(false);
  const before = cnn(x);
  torch.testing.assert_close(cnn.double()(x.double()), before.double(), { atol: 1e-5, rtol: 1e-5 });
  cnn.float();
  const other = jit.load(pathOf('cnn')).eval();
  for (const p of other.parameters()) torch.no_grad(() => p.zero_());
  other.load_state_dict(cnn.state_dict());
  expect(other(x).equal(cnn(x))).toBe(true);
  const copied = torch.export === undefined ? cnn : (jit.load(cnn.save_to_buffer()) as typeof cnn);
  torch.no_grad(() => cnn.parameters()[0]!.zero_());
  expect(copied(x).equal(cnn(x))).toBe(false);
});

test('files beside the program', () => {
  const files: Record<string, string | Uint8Array> = { 'about.txt': '' };
  const mlp = jit.load(pathOf('mlp'), { _extra_files: files });
  expect(String(files['about.txt'])).toBe('the program mlp');
  const chunks: Uint8Array[] = [];
  jit.save(mlp, { write: (bytes) => chunks.push(bytes) }, { _extra_files: { 'a/b.bin': Uint8Array.of(1, 0, 255) } });
  const again = { 'a/b.bin': '' as string | Uint8Array };
  jit.load(Buffer.concat(chunks), { _extra_files: again, map_location: 'cpu' });
  expect([...(again['a/b.bin'] as Uint8Array)]).toEqual([1, 0, 255]);
});

test('freeze and optimize_for_inference', () => {
  const cnn = jit.load(pathOf('cnn'));
  const x = torch.randn(2, 1, 8, 8);
  expect(() => jit.freeze(cnn)).toThrow('only implemented for modules in eval mode');
  cnn.eval();
  const expected = cnn(x).detach();
  const frozen = jit.freeze(cnn);
  expect(frozen.parameters()).toEqual([]);
  torch.testing.assert_close(
    torch.no_grad(() => frozen(x)),
    expected,
  );
  torch.testing.assert_close(
    torch.no_grad(() => jit.optimize_for_inference(frozen)(x)),
    expected,
  );
  expect(() => jit.freeze(new nn.Linear(1, 1) as never)).toThrow(torch.TorchError);
});

test('the fusion strategy is given back', () => {
  const before = jit.set_fusion_strategy([
    ['STATIC', 2],
    ['DYNAMIC', 3],
  ]);
  expect(jit.set_fusion_strategy(before)).toEqual([
    ['STATIC', 2],
    ['DYNAMIC', 3],
  ]);
});

withPython(
  'what is saved here runs in Python with the same numbers, and what Python makes now runs here',
  () => {
    const place = temporaryFolder();
    for (const name of names) jit.save(jit.load(pathOf(name)), join(place, `${name}.pt`));
    const script = `
import sys, torch
for name in sys.argv[2:]:
    run = torch.jit.load(f"{sys.argv[1]}/{name}.pt")
    for call in torch.load(f"${folder}/{name}.golden.pt", weights_only=False):
        with torch.no_grad():
            got = run(*call["args"], **call["kwargs"])
        first = lambda value: value[0] if isinstance(value, (tuple, list)) else value
        torch.testing.assert_close(first(got), first(call["result"]))
print("same")`;
    expect(runPython(script, place, ...names).trim()).toBe('same');
  },
  120_000,
);

withPython(
  'a ResNet-18',
  () => {
    const place = temporaryFolder();
    runScript(join(root, 'test', 'jit', 'zoo.py'), place, '--large');
    check(jit.load(join(place, 'resnet18.pt')), golden('resnet18', place), false);
  },
  120_000,
);
