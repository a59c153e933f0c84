/** tsorch/jest and tsorch/vitest in suites that jest and vitest run, failing ones too. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../setup/fakes';
import { Project } from '../setup/projects';

const passing = `
  test('close tensors are equal', () => {
    expect(torch.ones(3).div(3).mul(3)).toEqual(torch.ones(3));
    expect({ loss: [torch.tensor(0.1).add(0.2)] }).toEqual({ loss: [torch.tensor(0.3)] });
    expect(torch.tensor([1, 2])).toStrictEqual(torch.tensor([1, 2]));
    expect(new Map([['x', torch.zeros(2)]])).toEqual(new Map([['x', torch.zeros(2)]]));
    expect({ x: torch.zeros(2) }).toEqual({ x: expect.anything() });
  });

  test('others are not', () => {
    expect(torch.ones(3)).not.toEqual(torch.ones(3).add(1e-3));
    expect(torch.ones(3)).not.toEqual(torch.ones(1, 3));
    expect(torch.ones(3)).not.toEqual(torch.ones(3, { dtype: torch.float64 }));
    expect(torch.ones(1)).not.toEqual([1]);
    expect(torch.tensor(Number.NaN)).not.toEqual(torch.tensor(Number.NaN));
  });

  test('modules are equal with equal states', () => {
    const model = new torch.nn.Sequential(new torch.nn.Linear(2, 1));
    const other = new torch.nn.Sequential(new torch.nn.Linear(2, 1));
    other.load_state_dict(model.state_dict());
    expect(other).toEqual(model);
    torch.no_grad(() => other.parameters()[0].add_(1));
    expect(other).not.toEqual(model);
    expect(new torch.nn.ReLU()).not.toEqual(new torch.nn.GELU());
  });

  test('toBeClose takes options', () => {
    expect(torch.ones(2)).toBeClose(torch.ones(2).add(1e-7));
    expect(torch.ones(2)).toBeClose(torch.ones(2).add(1e-3), { rtol: 0.01, atol: 0 });
    expect(torch.ones(2)).not.toBeClose(torch.ones(2).add(0.1), { rtol: 0.01, atol: 0 });
    expect(torch.tensor(Number.NaN)).toBeClose(torch.tensor(Number.NaN), { equal_nan: true });
  });

  test('snapshots', () => {
    expect({ x: torch.eye(2) }).toMatchInlineSnapshot(\`
      {
        "x": tensor([[1., 0.],
                [0., 1.]]),
      }
    \`);
  });`;

const failing = `
  test('values differ', () => expect(torch.tensor([1, 2, 3])).toEqual(torch.tensor([1, 2, 4])));
  test('dtypes differ', () => expect(torch.ones(2)).toEqual(torch.ones(2, { dtype: torch.int64 })));
  test('nested ones differ', () => expect({ a: [torch.zeros(2)] }).toEqual({ a: [torch.ones(2)] }));
  test('they are not the same', () => expect(torch.full([2], 5)).toBe(torch.full([2], 6)));
  test('modules differ', () => expect(new torch.nn.ReLU()).toEqual(new torch.nn.GELU()));
  test('not close', () => expect(torch.zeros(2)).toBeClose(torch.tensor([0, 0.5])));
  test('all the same', () => expect(torch.ones(2)).not.toBeClose(torch.ones(2)));`;

/** What the failures show. */
const shown = [
  'tensor([1., 2., 3.])',
  'tensor([1., 2., 4.])',
  'tensor([1, 1])',
  'tensor([0., 0.])',
  'tensor([5., 5.])',
  'tensor([6., 6.])',
  'Mismatched elements: 1 / 2 (50.0%)',
  'Greatest absolute difference: 0.5 at index (1,) (up to 1e-05 allowed)',
  'tensor([0.0000, 0.5000])',
  'Expected values that are not close to',
];

let project: Project;
beforeAll(() => {
  project = new Project(['vitest']);
});
afterAll(() => project.remove());

describe('jest', () => {
  const jest = join(root, 'node_modules', 'jest', 'bin', 'jest.js');
  const run = async (suites: Record<string, string>, settings: object = {}) => {
    const config = {
      testMatch: ['**/*.test.js'],
      transform: {},
      cacheDirectory: '<rootDir>/cache',
      setupFilesAfterEnv: ['tsorch/jest'],
      ...settings,
    };
    for (const [name, text] of Object.entries(suites)) project.write(`jest/${name}.test.js`, text);
    project.write('jest/jest.config.json', JSON.stringify(config));
    const result = await project.run(jest, '--config', 'jest/jest.config.json', '--maxWorkers', '2', '--ci');
    for (const name of Object.keys(suites)) project.write(`jest/${name}.test.js`, `test('nothing', () => {});`);
    return { ...result, text: result.stdout + result.stderr };
  };
  const commonjs = (body: string) => `const torch = require('tsorch');${body}`;

  test('equal ones pass', async () => {
    const { code, text } = await run({ first: commonjs(passing) });
    expect(text).toContain('Tests:       5 passed, 5 total');
    expect(code).toBe(0);
  });

  test('what differs is printed, from worker processes too', async () => {
    const { code, text } = await run({ first: commonjs(failing), second: commonjs(failing) });
    expect(text).toContain('Tests:       14 failed, 14 total');
    for (const part of shown) expect(text).toContain(part);
    expect(text).not.toMatch(/has no JSON|could not be cloned|_handle/);
    expect(code).toBe(1);
  });

  test('without the entry tensors are printed as well', async () => {
    const { text } = await run(
      { first: commonjs(failing.split('\n').slice(0, 6).join('\n')) },
      { setupFilesAfterEnv: [] },
    );
    expect(text).toContain('Tests:       5 failed, 1 passed, 6 total');
    for (const part of shown.slice(0, 6)) expect(text).toContain(part);
    expect(text).not.toMatch(/has no JSON|could not be cloned|_handle/);
  });

  test('own options, and expect of @jest/globals', async () => {
    project.write(
      'jest/own.js',
      `const { expect } = require('@jest/globals'); require('tsorch/jest').register(expect, { rtol: 0.1, atol: 0, check_dtype: false });`,
    );
    const body = `const { expect, test } = require('@jest/globals');
      test('looser', () => expect(torch.ones(2)).toEqual(torch.ones(2, { dtype: torch.float64 }).mul(1.05)));`;
    const settings = { setupFilesAfterEnv: ['<rootDir>/own.js'], injectGlobals: false };
    const { code, text } = await run(
      { first: commonjs(body), second: commonjs(`require('@jest/globals').test('', () => {})`) },
      settings,
    );
    expect(text).toContain('2 passed');
    expect(code).toBe(0);
  });
});

describe('vitest', () => {
  const run = async (body: string) => {
    const heading = `import { expect, test } from 'vitest';\nimport torch from 'tsorch';\n`;
    project.write('vitest/suite.test.mjs', heading + body);
    project.write(
      'vitest/vitest.config.mjs',
      `export default { test: { root: import.meta.dirname ?? process.cwd() + '/vitest', setupFiles: ['tsorch/vitest'], watch: false } };`,
    );
    const script = join('node_modules', 'vitest', 'vitest.mjs');
    const result = await project.run(script, 'run', '--root', 'vitest', '--no-color');
    return { ...result, text: result.stdout + result.stderr };
  };

  test('equal ones pass', async () => {
    const { code, text } = await run(passing);
    expect(text).toContain('Tests  5 passed (5)');
    expect(code).toBe(0);
  });

  test('what differs is printed', async () => {
    const { code, text } = await run(failing);
    expect(text).toContain('Tests  7 failed (7)');
    for (const part of shown) expect(text).toContain(part);
    expect(text).not.toMatch(/has no JSON|could not be cloned/);
    expect(code).toBe(1);
  });
});

test('they are optional', () => {
  const { peerDependenciesMeta: optional } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  expect(optional).toMatchObject({ jest: { optional: true }, vitest: { optional: true } });
});
