/** What a loaded program says of itself, and what it refuses. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import torch from 'tsorch';
import { root } from '../setup/fakes';

const dist = createRequire(join(root, 'dist', 'index.js'));

const { ZipReader } = dist('./files/zip/reader.js') as typeof import('../../lib/files/zip/reader');
const { ZipWriter } = dist('./files/zip/writer.js') as typeof import('../../lib/files/zip/writer');
const { BytesSink } = dist('./files/replace_file.js') as typeof import('../../lib/files/replace_file');
const { BytesSource } = dist('./files/source.js') as typeof import('../../lib/files/source');

const folder = join(root, 'test', 'export', 'fixtures');
const pathOf = (name: string) => join(folder, `${name}.pt2`);
const bytesOf = (name: string) => readFileSync(pathOf(name));

type Texts = Record<string, { module: string; signature: string; code: string[] }>;
const texts = JSON.parse(readFileSync(join(folder, 'texts.json'), 'utf8')) as Texts;

/** The program with another model.json, in an archive that is whole. */
function edited(name: string, edit: (text: string) => string): Buffer {
  const zip = new ZipReader(new BytesSource(bytesOf(name)));
  const sink = new BytesSink();
  const writer = new ZipWriter(sink, false);
  for (const entry of zip.entries.keys()) {
    const content = zip.bytes(entry);
    writer.add(entry, [entry.endsWith('models/model.json') ? Buffer.from(edit(content.toString())) : content]);
  }
  writer.finish();
  return Buffer.from(sink.finish());
}

describe.each(Object.entries(texts))('%s prints as in Python:', (name, { module, signature, code }) => {
  const program = torch.export.load(pathOf(name));

  test('its module', () => {
    expect(String(program.module())).toBe(module);
  });

  test('its signature', () => {
    expect(String(program.graph_signature)).toBe(signature);
  });

  test('its code', () => {
    const [text = ''] = String(program).split('Graph signature:');
    const lines = text.split('\n').map((line) => line.trim());
    expect(lines.filter((line) => line !== '')).toEqual(code);
  });
});

it("tells why Python's tools for programs are left out", () => {
  expect(() => Reflect.get(torch.export, 'unflatten')).toThrow('torch.export.unflatten is left out: works on Python');
});

it('is read from bytes as from a path', () => {
  const x = torch.randn(5, 4);
  const [here, there] = [bytesOf('mlp'), pathOf('mlp')].map((f) => torch.export.load(f).module()(x));
  torch.testing.assert_close(here, there);
});

it('gives what was saved beside the program', () => {
  const extra_files: Record<string, string> = {};
  const program = torch.export.load({ f: pathOf('mlp'), extra_files });
  expect(extra_files).toEqual({ 'about.txt': 'the program mlp' });
  const [args, kwargs] = program.example_inputs!;
  expect(args).toHaveLength(1);
  expect(kwargs).toEqual({});
  expect(program.opset_version).toEqual({ aten: expect.any(Number) });
});

it('is trained and saved as any module', () => {
  const model = torch.export.load(pathOf('mlp')).module();
  const optimizer = new torch.optim.SGD(model.parameters(), { lr: 0.1 });
  const x = torch.randn(6, 4);
  const losses = Array.from({ length: 20 }, () => {
    optimizer.zero_grad();
    const loss = model(x).pow(2).mean();
    loss.backward();
    optimizer.step();
    return loss.item();
  });
  expect(losses.at(-1)).toBeLessThan(losses[0]!);
  const other = torch.export.load(pathOf('mlp')).module();
  other.load_state_dict(model.state_dict());
  torch.testing.assert_close(other(x), model(x));
});

it('ties weights that were tied', () => {
  const model = torch.export.load(pathOf('gpt')).module();
  const state = model.state_dict();
  expect(state['head.weight']!.data_ptr()).toBe(state['embed.weight']!.data_ptr());
});

it('lets go of what is not used any more', () => {
  const model = torch.export.load(pathOf('mlp')).module();
  const x = torch.randn(5, 4);
  torch.gc();
  const { tensors } = torch.memory_stats();
  torch.no_grad(() => {
    for (let i = 0; i < 2000; i++) model(x);
  });
  torch.gc();
  expect(torch.memory_stats().tensors).toBeLessThanOrEqual(tensors + 2);
});

describe('refuses, as Python does,', () => {
  const shapes = torch.export.load(pathOf('shapes')).module();
  const control = torch.export.load(pathOf('control')).module();
  const mlp = torch.export.load(pathOf('mlp'));
  const run = mlp.module();
  const three = torch.tensor(3);

  test.each([
    ['a size under the least', () => shapes(torch.ones(2, 3), torch.ones(4)), 'x.size()[0] >= 3'],
    ['a size that another decides', () => shapes(torch.ones(4, 3), torch.ones(9)), 'y.size()[0] == 2 * x.size()[0]'],
    ['a size that is fixed', () => run(torch.ones(5, 3)), 'x.size()[1] == 4'],
    ['a size over the largest', () => run(torch.ones(65, 4)), 'x.size()[0] <= 64'],
    ['another value of a plain argument', () => control(torch.ones(3, 3), three, { scale: 2 }), 'scale == 3.0'],
  ])('%s', (_, call, guard) => {
    expect(call).toThrow(`Guard failed: ${guard}`);
  });

  test('what is no tensor, and too few or too many arguments', () => {
    expect(() => run(3)).toThrow("expected 'x' to be a Tensor, but got number");
    expect(() => run(torch.ones(4))).toThrow('Guard failed: x.dim() == 2');
    expect(() => run()).toThrow('the arguments should be as when the program was exported');
    expect(() => run(torch.ones(5, 4), three)).toThrow('the arguments should be as when the program was exported');
    expect(() => control(torch.ones(3, 3), three)).toThrow(
      "Ran into a kwarg keyword mismatch: Got the following keywords [] but expected ['scale']",
    );
  });

  test('changes of the mode, and a call of the program itself', () => {
    expect(() => run.train()).toThrow('Calling train() is not supported yet.');
    expect(() => run.eval()).toThrow('Calling eval() is not supported yet.');
    expect(() => mlp.call()).toThrow('You should use `exported_program.module()` instead.');
  });

  test('nothing of it where guards are off', () => {
    expect(mlp.module({ check_guards: false })(torch.ones(65, 4)).shape).toEqual([65, 3]);
  });
});

describe('a damaged program is refused', () => {
  const load = (edit: (text: string) => string) => () => torch.export.load(edited('mlp', edit)).module();

  test.each([
    ['no JSON', () => '{', 'models/model.json is no JSON'],
    ['another version', (text: string) => text.replace('"major": 8', '"major": 9'), 'version 9.'],
    ['an unknown operator', (text: string) => text.replace('aten.relu.default', 'aten.rely.default'), 'aten.rely'],
    [
      'one that opens files',
      (text: string) => text.replace('aten.relu.default', 'aten.from_file.default'),
      'opens files',
    ],
    [
      'an unknown argument',
      (text: string) => text.replace('"name": "weight"', '"name": "weigth"'),
      "no argument 'weigth'",
    ],
    ['a dtype of no number', (text: string) => text.replaceAll('"dtype": 7', '"dtype": 77'), 'a dtype'],
    ['a kind of argument', (text: string) => text.replace('"as_tensor"', '"constructor"'), 'constructor'],
    [
      'a value before it is made',
      (text: string) => text.replaceAll('"name": "x"', '"name": "y"').replace('"name": "y"', '"name": "z"'),
      'before it is made',
    ],
  ])('%s', (_, edit, message) => {
    expect(load(edit)).toThrow(message);
    expect(load(edit)).toThrow(torch.TorchError);
  });

  test('cut off anywhere', () => {
    const bytes = bytesOf('mlp');
    for (let length = 0; length < bytes.length; length += 97) {
      expect(() => torch.export.load(bytes.subarray(0, length))).toThrow(torch.TorchError);
    }
  });

  test('torch.load names what reads it', () => {
    expect(() => torch.load(pathOf('mlp'))).toThrow('read it with torch.export.load');
    expect(() => torch.export.load(join(folder, 'mlp.golden.pt'))).toThrow('torch.export.save did not make it');
  });
});
