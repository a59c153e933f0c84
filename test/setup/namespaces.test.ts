/** Adding to a namespace and replacing its names, in ES modules. */

import { root } from './fakes';
import { runNode } from './projects';

async function run(body: string): Promise<unknown> {
  const program = `import torch, { nn, optim } from 'tsorch'; import { createRequire } from 'node:module';
    const required = createRequire('${root}/x.js')('tsorch'); ${body}`;
  const { stdout, stderr } = await runNode(root, ['--input-type=module', '--eval', program]);
  expect(stderr).toBe('');
  return JSON.parse(stdout);
}

test('what is added is there for all', async () => {
  const text = `class Mine extends nn.Module { forward(x) { return x; } }
    nn.Mine = Mine;
    Object.defineProperty(optim, 'mine', { value: 1, enumerable: true, writable: true });
    console.log(JSON.stringify([nn.Mine === Mine, 'Mine' in nn, Object.keys(nn).includes('Mine'), torch.nn.Mine === Mine,
      required.nn.Mine === Mine, optim.mine, torch.optim.mine, delete nn.Mine, 'Mine' in torch.nn]));`;
  expect(await run(text)).toEqual([true, true, true, true, true, 1, 1, true, false]);
});

test.each([
  ['nn', 'Linear'],
  ['torch.nn', 'Linear'],
  ['nn.functional', 'relu'],
  ['required.nn.functional', 'interpolate'],
  ['required.utils.data', 'Dataset'],
  ['torch.distributions.constraints', 'Constraint'],
  ["sub('utils/data')", 'Dataset'],
  ["sub('nn/functional')", 'relu'],
  ["sub('vision/transforms/functional')", 'crop'],
  ["sub('pyplot')", 'Axes'],
])('what is replaced is explained: %s.%s', async (module, name) => {
  const text = `const sub = (path) => createRequire('${root}/x.js')('tsorch/' + path); const module = ${module};
    let message; try { module.${name} = 1; } catch (error) { message = [error.name, error.message]; }
    console.log(JSON.stringify([message, typeof module.${name}]));`;
  expect(await run(text)).toEqual([
    ['TypeError', `'${name}' is a name of this module and cannot be replaced: add one of your own`],
    'function',
  ]);
});

test('a module that is not loaded yet can be replaced as one that is', async () => {
  const text = `torch.onnx = 1; torch.nn.x = 2; torch.optim = 3;
    console.log(JSON.stringify([torch.onnx, torch.nn.x, torch.optim]));`;
  expect(await run(text)).toEqual([1, 2, 3]);
});
