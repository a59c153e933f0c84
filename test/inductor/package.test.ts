/** Packages of AOTInductor. Python and a C++ compiler make one for the tests that need it (zoo.py). */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import torch, { type Tensor } from 'tsorch';
import { root, temporaryFolder, zip } from '../setup/fakes';
import { hasPython, runScript, withPython } from '../setup/python';

const { aoti_load_package } = torch._inductor;

const folder = temporaryFolder();
const file = join(folder, 'model.pt2');

interface Result {
  y: Tensor;
  both: [Tensor, Tensor];
}

interface Golden {
  calls: [x: Tensor, scale: Tensor][];
  results: Result[];
  state: Record<string, Tensor>;
  names: string[];
}

beforeAll(() => {
  if (hasPython) runScript(join(root, 'test', 'inductor', 'zoo.py'), folder);
}, 300_000);

const golden = () => torch.load<Golden>(join(folder, 'golden.pt'));
const close = (actual: unknown, expected: unknown) => torch.testing.assert_close(actual, expected);
const inputs = (x: Tensor, scale = 1) => [x, { options: { scale: torch.tensor(scale) } }] as const;

withPython('a package computes what it does in Python, for batches of other sizes too', () => {
  const { calls, results, names } = golden();
  const model = aoti_load_package(file);
  calls.forEach(([x, scale], i) => {
    const { y, both } = model(x, { options: { scale } }) as Result;
    close([y, ...both], [results[i]!.y, ...results[i]!.both]);
  });
  expect(new Set(model.get_constant_fqns())).toEqual(new Set(names));
  expect(model.get_metadata()).toMatchObject({ AOTI_DEVICE_KEY: 'cpu' });
  const x = torch.randn(4, 6).t();
  close((model(...inputs(x)) as Result).y, (model(...inputs(x.contiguous())) as Result).y);
});

withPython('from its bytes, with several runners, in a worker thread', async () => {
  const { calls, results } = golden();
  const model = aoti_load_package(readFileSync(file), { num_runners: 2, run_single_threaded: false });
  close((model(calls[0]![0], { options: { scale: calls[0]![1] } }) as Result).y, results[0]!.y);
  const code = `
    const torch = require(${JSON.stringify(join(root, 'dist', 'entries', 'main.js'))});
    const { parentPort, workerData } = require('node:worker_threads');
    const model = torch._inductor.aoti_load_package(workerData);
    parentPort.postMessage(model(torch.ones(3, 4), { options: { scale: torch.tensor(1) } }).y.shape);
  `;
  const shape = await new Promise((resolve, reject) => {
    new Worker(code, { eval: true, workerData: file }).once('message', resolve).once('error', reject);
  });
  expect(shape).toEqual([3, 2]);
});

withPython('constants are replaced by copies, or by tensors of ours', () => {
  const { state } = golden();
  const model = aoti_load_package(file);
  const x = torch.randn(5, 4);
  const before = (model(...inputs(x)) as Result).y;
  const zeros = Object.fromEntries(Object.entries(state).map(([name, value]) => [name, torch.zeros_like(value)]));
  model.load_constants(zeros, { check_full_update: true });
  expect((model(...inputs(x)) as Result).y.abs().sum().item()).toBe(0);
  model.load_constants({ 'net.2.bias': torch.ones(2) }, { check_full_update: false });
  close((model(...inputs(x)) as Result).y, torch.ones(5, 2));
  const ours = Object.fromEntries(Object.entries(state).map(([name, value]) => [name, value.clone()]));
  model.load_constants(ours, { check_full_update: true, user_managed: true });
  close((model(...inputs(x)) as Result).y, before);
  ours['net.2.bias']!.add_(1);
  close((model(...inputs(x)) as Result).y, before.add(1));
  const partial = () => model.load_constants({ 'net.2.bias': torch.ones(2) }, { check_full_update: true });
  expect(partial).toThrow(torch.TorchError);
  expect(() => model.load_constants({ other: torch.ones(2) }, { check_full_update: false })).toThrow(
    /no constants other/,
  );
  const short = () => model.load_constants({ 'net.2.bias': torch.ones(1) }, { check_full_update: false });
  expect(short).toThrow(/constant 'net\.2\.bias' is torch\.float32 of \[2\] in the model, not torch\.float32 of \[1\]/);
});

withPython('wrong calls are errors', () => {
  const model = aoti_load_package(file);
  expect(() => model(torch.ones(3, 4))).toThrow(/kwarg keyword mismatch/);
  expect(() => model(...inputs(torch.ones(3, 5)))).toThrow(torch.TorchError);
  expect(() => model(...inputs(torch.ones(3, 4, { dtype: torch.int32 })))).toThrow(torch.TorchError);
  expect(() => aoti_load_package(file, { model_name: 'other' })).toThrow(
    'Model other not found in package, which has model',
  );
  expect(() => aoti_load_package(file, { num_runners: 0 })).toThrow(RangeError);
});

withPython('nothing else loads a package, and a damaged one is refused', () => {
  expect(() => torch.load(file)).toThrow(/machine code.*torch\._inductor\.aoti_load_package/);
  expect(() => torch.export.load(file)).toThrow(/torch\._inductor\.aoti_load_package/);
  expect(() => torch.jit.load(file)).toThrow(/torch\._inductor\.aoti_load_package/);
  const whole = readFileSync(file);
  const place = whole.indexOf('\x7fELF', 0, 'latin1') + 5000;
  whole[place] = whole[place]! ^ 1;
  expect(() => aoti_load_package(whole)).toThrow(torch.TorchError);
  expect(() => aoti_load_package(whole.subarray(0, 10_000))).toThrow(torch.TorchError);
});

test('what is no package is named', () => {
  const program = join(root, 'test', 'export', 'fixtures', 'mlp.pt2');
  expect(() => aoti_load_package(program)).toThrow(/no package of AOTInductor: .*torch\.export\.load/);
  expect(() => aoti_load_package(Buffer.from('hello'))).toThrow(/no package of AOTInductor/);
  const fake = join(temporaryFolder(), 'fake.pt2');
  const library = 'no library at all';
  zip(fake, { 'a/data/aotinductor/model/x.so': library, 'a/data/aotinductor/model/x_metadata.json': '{}' });
  expect(() => aoti_load_package(fake)).toThrow(torch.TorchError);
});
