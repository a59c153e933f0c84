/** Every name that the package has when it runs type-checks, however the package is loaded. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './fakes';
import { Project } from './projects';

const all = Object.keys(require('tsorch') as object).filter((name) => name !== '__esModule' && name !== 'default');
// Statements of their own: the type of a list of all would take minutes.
const uses = all.map((name) => `void torch.${name};`).join('\n');
const imports = all.map((name, i) => `${name} as _${i}`).join(', ');
const locals = all.map((_, i) => `void _${i};`).join('\n');

const typed = `
const x: torch.Tensor = torch.ones(2);
const type: torch.dtype = torch.float32;
const place: torch.device = x.device;
const model: torch.nn.Module = new torch.nn.Linear(2, 1);
console.log(x, type, place, model, torch.default.ones(2).add(1));
// @ts-expect-error: a number is no shape's name
torch.ones('two');
`;

/** The ways to load it, each with all names. */
const programs = {
  'required.cts': `import torch = require('tsorch');\n${uses}\n${typed}`,
  'star.mts': `import * as torch from 'tsorch';\n${uses}\n${typed}`,
  'star.cts': `import * as torch from 'tsorch';\n${uses}\n${typed}`,
  'default.mts': `import torch from 'tsorch';\n${uses.replace('void torch.copy;', '')}`,
  'names.mts': `import { ${imports}, type dtype, type Tensor } from 'tsorch';\n${locals}\nconst f = (x: Tensor): dtype => x.dtype;\nvoid f;`,
  'checked.cjs': `const torch = require('tsorch');\n${uses}\n/** @type {torch.Tensor} */\nconst x = torch.ones(2);\nvoid x;`,
};

let project: Project;
beforeAll(() => {
  project = new Project(['@types/node']);
});
afterAll(() => project.remove());

const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');

test('there are many', () => expect(all.length).toBeGreaterThan(1100));

test.each(Object.entries(programs))('%s', async (file, text) => {
  project.write(file, text);
  const options = ['--strict', '--module', 'nodenext', '--noEmit', '--allowJs', '--checkJs', '--types', 'node'];
  const { code, stdout } = await project.run(tsc, ...options, file);
  expect(stdout).toBe('');
  expect(code).toBe(0);
});

test('matchers', async () => {
  const others = new Project(['@types/node', '@types/jest', '@jest/globals', 'expect', 'vitest']);
  const use = `
    expect(torch.ones(2)).toBeClose(torch.ones(2), { rtol: 0.1, atol: 0 });
    register(expect, { equal_nan: true });
    // @ts-expect-error: no such option
    expect(torch.ones(2)).toBeClose(torch.ones(2), { tolerance: 1 });`;
  const named = (library: string) => `import { register } from 'tsorch/${library}';\nimport torch from 'tsorch';\n`;
  const files = {
    'globals.mts': named('jest') + use,
    'imported.mts': `import { expect } from '@jest/globals';\n${named('jest')}${use}`,
    'vitest.mts': `import { expect } from 'vitest';\n${named('vitest')}${use}`,
  };
  for (const [file, text] of Object.entries(files)) others.write(file, text);
  for (const file of Object.keys(files)) {
    const types = file === 'globals.mts' ? 'node,jest' : 'node';
    const options = ['--strict', '--module', 'nodenext', '--noEmit', '--skipLibCheck', '--types', types];
    const { stdout } = await others.run(tsc, ...options, file);
    expect(stdout).toBe('');
  }
  others.remove();
});

test('sub-paths for compilers that do not know exports', () => {
  const { exports, typesVersions } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const paths = Object.keys(exports).filter((name) => name !== '.' && name !== './package.json');
  expect(Object.keys(typesVersions['*']).sort()).toEqual(paths.map((name) => name.slice(2)).sort());
});
