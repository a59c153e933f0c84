/** torch.onnx.export of programs: branches, loops and quantized layers of TorchScript, run by onnxruntime. */
import { join } from 'node:path';
import torch, { nn, type Tensor } from 'tsorch';
import { type Example, type ExportOptions, export as exportOnnx, OnnxExporterError } from 'tsorch/onnx';
import { root } from '../setup/fakes';
import { type Answer, runOnnx } from './runtime';

torch.manual_seed(0);
const r = (...sizes: number[]) => torch.randn(sizes);
const positive = (...sizes: number[]) => torch.rand(sizes).add(0.1);

const unit = new torch.jit.CompilationUnit(
  `
def branch(x):
    if bool(x.sum() > 0):
        y = x * 2
    else:
        y = x - 1
    return y

def cut(x):
    if x.size(0) > 3:
        y = x.relu()
    else:
        y = x[:1]
    return y + 1

def counted(x, turns: int):
    for i in range(turns):
        x = x * 2 + i
    return x

def until(x):
    count = 0
    while bool(x.abs().sum() < 100):
        x = x * 2
        count += 1
    return x, torch.tensor(count)

def longer(x):
    y = x
    for i in range(x.size(0)):
        y = torch.cat([y, x[i].unsqueeze(0) * i], 0)
    return y

def nested(x):
    for i in range(3):
        if bool(x.sum() < 10):
            for j in range(i):
                x = x * 2 + j
        else:
            x = x - 1
    return x

def listed(x):
    rows: List[Tensor] = []
    for i in range(3):
        rows.append(x * i)
    return torch.stack(rows)

def checked(x, mode: str = 'add'):
    if x.dim() != 2:
        raise AssertionError('two dimensions')
    if bool(x.sum() < -1000.0):
        raise AssertionError('too little')
    if mode == 'add':
        x = x + 1
    return x

def numbers(x, y: Optional[Tensor] = None):
    if y is not None:
        x = x + y
    mean = float(x.mean())
    whole = int(x.sum() * 10) // 2 % 3
    return x * mean + whole, x.size(1) * 2 - 1

def unknown(x):
    rows: List[Tensor] = []
    for i in range(int(x.sum())):
        rows.append(x)
    return torch.stack(rows)

def inplace(x):
    y = x * 1
    if bool(x.sum() > 0):
        y[0] = 1
    return y

def ranks(x):
    return x if bool(x.sum() > 0) else x.sum()

def spectrum(x):
    return x.fft_fft() if bool(x.sum() > 0) else x
`.replace('x.fft_fft()', 'torch.abs(torch.fft_fft(x))'),
);
const program = (name: string) => unit.find_function(name)!;

class Inside extends nn.Module {
  linear = new nn.Linear(4, 4);
  override forward(x: Tensor): Tensor {
    return program('branch')(this.linear(x));
  }
}

const fixture = (name: string) => torch.jit.load(join(root, 'test', 'jit', 'fixtures', `${name}.pt`));
const rows: ExportOptions = { dynamic_shapes: [{ 0: 'rows' }] };

/** A name, a model, what it is called with, the options; for quantized ones how far a result may be away. */
type Case = readonly [
  name: string,
  model: nn.Module | ((...inputs: never[]) => unknown),
  calls: readonly [readonly Example[], ...(readonly Example[])[]],
  options?: ExportOptions,
  atol?: number,
];

const cases: Case[] = [
  ['a branch', program('branch'), [[positive(3, 4)], [positive(3, 4).neg()]]],
  ['a branch, of any size', program('branch'), [[positive(3, 4)], [positive(5, 4).neg()]], rows],
  ['branches of other sizes', program('cut'), [[r(5, 4)], [r(2, 4)], [r(8, 4)]], rows],
  [
    'a loop of so many turns',
    program('counted'),
    [
      [r(3), 4],
      [r(3), 4],
    ],
  ],
  ['a loop with a condition', program('until'), [[r(3)], [r(3).mul(30)], [torch.full([3], 500)]]],
  ['a tensor that grows', program('longer'), [[r(3, 2)], [r(6, 2)], [r(2, 2)]], rows],
  ['loops in branches in loops', program('nested'), [[r(3)], [positive(3).mul(9)]]],
  ['a list', program('listed'), [[r(3, 2)]]],
  ['checks', program('checked'), [[r(3, 2)]]],
  ['numbers', program('numbers'), [[positive(3, 2)], [r(3, 2)]]],
  [
    'numbers and an optional tensor',
    program('numbers'),
    [
      [r(3, 2), r(3, 2)],
      [r(3, 2), r(3, 2)],
    ],
  ],
  ['a program in a traced module', new Inside(), [[r(3, 4)], [r(5, 4)], [r(7, 4).mul(3)]], rows],
  ['a scripted LSTM', fixture('lstm'), [[torch.tensor([[1n, 2n, 3n]])]]],
  ['a scripted CNN', fixture('cnn'), [[r(2, 1, 8, 8)]]],
  ['a scripted GPT block', fixture('gpt'), [[torch.tensor([[1n, 2n, 3n]]), { k: r(1, 2, 4, 4), v: r(1, 2, 4, 4) }]]],
  ['quantized layers', fixture('quantized'), [[r(5, 4)], [r(9, 4)]], rows, 0.02],
  ['layers that quantize their inputs', fixture('quantized_dynamic'), [[r(5, 4)], [r(9, 4)]], rows, 0.01],
];

const flat = (value: unknown): Tensor[] => {
  if (torch.is_tensor(value)) return [value as Tensor];
  if (typeof value === 'number') return [torch.tensor(BigInt(value))];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(flat) : [];
};
const inputsOf = (call: readonly Example[]) => call.flatMap((each) => (typeof each === 'number' ? [] : flat(each)));

describe('files do what the programs do', () => {
  let answers: (Answer | { error: string })[];
  beforeAll(() => {
    answers = runOnnx(
      cases.map(([, model, calls, options]) => ({
        bytes: exportOnnx(model, calls[0], options).model_proto.SerializeToString(),
        runs: calls.map(inputsOf),
      })),
    );
  }, 300_000);

  test.each(cases.map((each, i) => [each[0], each, i] as const))('%s', (_, [, model, calls, , atol = 1e-5], i) => {
    const answer = answers[i]!;
    if ('error' in answer) throw new Error(answer.error);
    if (model instanceof nn.Module) model.eval();
    const run = model as (...inputs: readonly Example[]) => unknown;
    calls.forEach((given, k) => {
      const expected = torch.no_grad(() => flat(run(...given)));
      torch.testing.assert_close(answer.runs[k], expected, { rtol: 1e-4, atol });
    });
  });
});

test('weights keep their names, branches are If and loops Loop', () => {
  const text = (model: Case[1], ...inputs: Example[]) =>
    Buffer.from(exportOnnx(model, inputs).model_proto.SerializeToString()).toString('latin1');
  expect(text(new Inside(), r(3, 4))).toMatch(/linear\.weight.*\/If/s);
  expect(text(program('counted'), r(3), 4)).toContain('/Loop');
  expect(text(fixture('quantized'), r(5, 4))).toContain('QuantizeLinear');
});

test.each<[string, string, string]>([
  ['a list of unknown length', 'unknown', 'prim::Loop, in the model itself: it makes a list in turns whose number'],
  ['a change in place in a branch', 'inplace', 'it changes memory that other tensors look into'],
  [
    'branches of other ranks',
    'ranks',
    'prim::If, in the model itself: its branches give tensors of other numbers of dim',
  ],
  ['an operator without a counterpart in a branch', 'spectrum', 'aten::fft_fft, in the model itself: there is no ONNX'],
])('refused: %s', (_, name, message) => {
  const run = () => exportOnnx(program(name), [positive(3, 2)]);
  expect(run).toThrow(OnnxExporterError);
  expect(run).toThrow(message);
});

test('refused: a program that assigns to its attributes', () => {
  expect(() => exportOnnx(fixture('control'), [r(3)])).toThrow(
    "prim::SetAttr: the program assigns to its attribute 'c",
  );
});
