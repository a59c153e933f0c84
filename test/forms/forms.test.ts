/** Each model of the zoo through each form, to Python and back; docs/forms.md has the table that comes of it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import torch, { type nn, type Tensor } from 'tsorch';
import { export as exportOnnx } from 'tsorch/onnx';
import { type Answer, runOnnx } from '../onnx/runtime';
import { root, temporaryFolder } from '../setup/fakes';
import { hasPython, runScript, withPython } from '../setup/python';
import { scripted, zoo } from './zoo';

type Callable = (...args: readonly unknown[]) => unknown;

const folder = temporaryFolder();
const fixtures = join(root, 'test', 'jit', 'fixtures');
const control = {
  name: 'scripted control flow',
  module: scripted(),
  calls: [
    [torch.tensor([1, 2, 3]), 3],
    [torch.tensor([-1, -2, 1]), 4],
  ],
};
const quantized = {
  name: 'quantized linear',
  module: torch.jit.load(join(fixtures, 'quantized.pt')),
  calls: torch.load<{ args: unknown[] }[]>(join(fixtures, 'quantized.golden.pt')).map(({ args }) => args),
};
const written = zoo();
/** Those that only are as programs: JavaScript decides its branches, and has no quantized modules. */
const programs = [quantized, control];
const all = [...written, ...programs];
/** The operator for which torch.export refuses a program. */
const refused: Readonly<Record<string, string>> = {
  'quantized linear': 'quantized',
  'scripted control flow': 'prim::Loop',
};
const compiled = written.map(({ name }) => name);

const pathOf = (name: string, end: string) => join(folder, `${name}.${end}`);
const flat = (value: unknown): Tensor[] => {
  if (torch.is_tensor(value)) return [value as Tensor];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(flat) : [];
};
const run = (model: unknown, call: readonly unknown[]) => flat((model as Callable)(...call));
const close = (actual: unknown, expected: unknown) => torch.testing.assert_close(actual, expected);

/** What the models gave, and the gradients of the sum of the first result. */
function golden(module: nn.Module, calls: readonly (readonly unknown[])[]) {
  return calls.map((args) => {
    module.zero_grad();
    const [first, ...others] = run(module, args) as [Tensor, ...Tensor[]];
    if (first.requires_grad) first.sum().backward();
    const gradients = module.named_parameters().flatMap(([name, { grad }]) => (grad === null ? [] : [[name, grad]]));
    return { args, results: [first, ...others].map((x) => x.detach()), gradients: Object.fromEntries(gradients) };
  });
}

const wanted = new Map(all.map(({ name, module, calls }) => [name, golden(module, calls)]));
/** A trace has the sizes that JavaScript read: of these models it is good for those of the example alone. */
const fixed = new Set(['GPT block with a key-value cache', 'dynamic batch']);

/** A form of a model computes what the model does. */
function same(name: string, model: unknown, count = Infinity): void {
  const calls = wanted.get(name)!.slice(0, count);
  for (const { args, results } of calls)
    close(
      torch.no_grad(() => run(model, args)),
      results,
    );
}

const sameTrace = (name: string, end: string) =>
  same(name, torch.jit.load(pathOf(name, end)), fixed.has(name) ? 1 : Infinity);

type Report = Record<string, Record<string, string>>;
let report: Report = {};

beforeAll(() => {
  // Sizes that are read are settled by a second run, or follow the inputs in TorchScript of the library's own modules.
  jest.spyOn(process, 'emitWarning').mockImplementation(() => {});
  for (const { name, module, calls, dynamic } of written) {
    torch.jit.trace(module, calls[0] as never, { check_trace: false, strict: false }).save(pathOf(name, 'pt'));
    torch.export.save(torch.export.export(module, calls[0]!, { dynamic_shapes: dynamic }), pathOf(name, 'pt2'));
  }
  for (const { name, module } of programs) module.save(pathOf(name, 'pt'));
  const models = [...wanted].map(([name, calls]) => [name, { calls, fixed: fixed.has(name) }]);
  torch.save(Object.fromEntries(models), join(folder, 'calls.pt'));
  if (!hasPython) return;
  runScript(join(root, 'test', 'forms', 'forms.py'), folder, ...compiled);
  report = JSON.parse(readFileSync(join(folder, 'report.json'), 'utf8')) as Report;
}, 1_800_000); // Python's compiler takes minutes

const names = all.map(({ name }) => name);

test.each(names)('%s as TorchScript, here', (name) => {
  sameTrace(name, 'pt');
});

test.each(written.map(({ name }) => name))('%s as a program of torch.export, here', (name) => {
  same(name, torch.export.load(pathOf(name, 'pt2')).module());
});

withPython.each(names)('%s as TorchScript, in Python and back', (name) => {
  expect(report[name]!.TorchScript).toBe('yes');
  sameTrace(name, 'again.pt');
});

withPython.each(written.map(({ name }) => name))('%s as a program, in Python and lowered back', (name) => {
  expect(report[name]!.program).toBe('yes');
  expect(report[name]!.lowered).toBe('yes');
  same(name, torch.export.load(pathOf(name, 'again.pt2')).module());
});

withPython.each(compiled)('%s exported here, compiled in Python, run here', (name) => {
  expect(report[name]!.package).toBe('yes');
  same(name, torch._inductor.aoti_load_package(pathOf(name, 'package.pt2')));
});

test.each(programs)('$name is refused by torch.export by the name of its operator', ({ name, module, calls }) => {
  expect(() => torch.export.export(module, calls[0]!)).toThrow(refused[name]!);
});

describe('as ONNX', () => {
  const named = (shapes: unknown): unknown => {
    if (shapes instanceof torch.export.Dim) return shapes.name;
    if (typeof shapes !== 'object' || shapes === null) return shapes;
    const entries = Object.entries(shapes).map(([key, each]) => [key, named(each)]);
    return Array.isArray(shapes) ? entries.map(([, each]) => each) : Object.fromEntries(entries);
  };
  let answers: (Answer | { error: string })[];
  /** Numbers become constants: a file is for those of the example. */
  const count = (calls: readonly (readonly unknown[])[]) => (calls[0]!.every(torch.is_tensor) ? calls.length : 1);
  const listed = [...written, ...programs.map((each) => ({ ...each, dynamic: null }))];
  beforeAll(() => {
    answers = runOnnx(
      listed.map(({ module, calls, dynamic }) => ({
        bytes: exportOnnx(module, calls[0] as never, {
          dynamic_shapes: named(dynamic) as never,
        }).model_proto.SerializeToString(),
        runs: (dynamic === null ? calls.slice(0, count(calls)) : calls).map(flat),
      })),
    );
  }, 300_000);

  test.each(listed.map(({ name }, i) => [name, i] as const))('%s', (name, i) => {
    const answer = answers[i]!;
    if ('error' in answer) throw new Error(answer.error);
    // A quantized result may be the next one on its grid, since a file adds in another order.
    const atol = name === quantized.name ? 0.02 : 1e-5;
    answer.runs.forEach((each, k) => {
      torch.testing.assert_close(each, wanted.get(name)![k]!.results, { rtol: 1e-4, atol });
    });
  });
});

test('the table of docs/forms.md says so', () => {
  const row = (name: string) => {
    const isWritten = !(name in refused);
    const trace = fixed.has(name) ? 'yes, for the sizes of the example' : 'yes';
    const program = isWritten ? 'yes' : `refused (\`${refused[name]!}\`)`;
    const compile = isWritten ? 'yes' : '';
    return `| ${name} | ${trace} | ${program} | ${compile} | yes |`;
  };
  const page = readFileSync(join(root, 'docs', 'forms.md'), 'utf8');
  const rows = page.split('\n').filter((line) => line.startsWith('| ') && !line.startsWith('| model'));
  expect(rows).toEqual(names.map(row));
});
