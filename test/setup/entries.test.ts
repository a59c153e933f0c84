/** Every entry of the package, loaded alone in a process of its own, by require and by import, gives the whole Tensor. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import torch from 'tsorch';
import { root } from './fakes';

const { exports: entries } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const names = Object.keys(entries).filter((name) => entries[name].require);

/** The names on Tensor's prototype; what explains its absence counts too. */
const members = (prototype: object) => Reflect.ownKeys(prototype).map(String).sort();

/** What a program does that has loaded one entry: `Tensor` and `tensor` are those that this entry has brought. */
const program = `
  const dist = (file) => require(${JSON.stringify(join(root, 'dist'))} + '/' + file);
  const { Tensor } = dist('tensor/tensor.js');
  const { tensor } = dist('tensor/creation.js');
  const x = tensor([1, 2], { requires_grad: true });
  const y = x.index(0).mul(x.double().cpu().sum());
  y.backward();
  const { Linear } = dist('nn');
  console.log(JSON.stringify({
    members: Reflect.ownKeys(Tensor.prototype).map(String).sort(),
    text: String(y),
    gradient: x.grad.tolist(),
    node: y.grad_fn.name(),
    called: new Linear(2, 3)({ input: x }).shape,
  }));`;

/** The names of a module's package, and whether it is loaded by require or by import. */
const loads = names.flatMap((name) => ['require', 'import'].map((how) => [name.replace('.', 'tsorch'), how] as const));

test.each(loads)('%s by %s', (name, how) => {
  const load =
    how === 'require'
      ? `require(${JSON.stringify(name)});`
      : `import ${JSON.stringify(name)}; import { createRequire } from 'node:module'; const require = createRequire(${JSON.stringify(join(root, 'x.js'))});`;
  const type = how === 'require' ? 'commonjs' : 'module';
  const args = [`--input-type=${type}`, '--eval', load + program];
  const { stdout, stderr } = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8' });
  expect(stderr).toBe('');
  expect(JSON.parse(stdout)).toEqual({
    members: members(torch.Tensor.prototype),
    text: 'tensor(3., dtype=torch.float64, grad_fn=<MulBackward0>)',
    gradient: [4, 1],
    node: 'MulBackward0',
    called: [3],
  });
});

test('statements that are timed have torch, whichever entry is loaded', () => {
  for (const name of ['utils', 'utils/benchmark']) {
    const load = `const { benchmark, Timer = benchmark.Timer } = require('tsorch/${name}');`;
    const args = ['--eval', `${load} console.log(new Timer('torch.ones(2)').timeit(1).times.length)`];
    const { stdout, stderr } = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8' });
    expect([stdout, stderr]).toEqual(['1\n', '']);
  }
});
