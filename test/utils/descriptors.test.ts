/** What needs files or threads when the process may open no further file: an error that says so, and no wait. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const root = join(__dirname, '..', '..', '..');
const utils = join(root, 'dist', 'base');

/** Holds every descriptor but some few while `use` runs, then lets go of them and runs `again`. */
const program = (left: number, use: string, again: string) => `
  const torch = require('tsorch');
  const fs = require('node:fs');
  const { DataLoader, TensorDataset } = torch.utils.data;
  const { io } = require('tsorch/vision');
  const { runBlocking } = require(${JSON.stringify(join(utils, 'blocking.js'))});
  const { optional } = require(${JSON.stringify(join(utils, 'optional.js'))});
  const image = torch.zeros(3, 4, 4, { dtype: torch.uint8 });
  const loader = new DataLoader(new TensorDataset(torch.ones(6)), { batch_size: 2, num_workers: 2 });
  const read = async () => { let count = 0; for await (const _ of loader) count++; return count; };
  const attempt = async (use) => {
    try {
      return { value: await use() };
    } catch (error) {
      return { code: error.code, message: error.message };
    }
  };
  (async () => {
    fs.readFileSync('/dev/null');
    const held = [];
    try {
      for (;;) held.push(fs.openSync('/dev/null'));
    } catch {}
    for (let i = 0; i < ${left}; i++) fs.closeSync(held.pop());
    const first = await attempt(async () => (${use}));
    for (const file of held) fs.closeSync(file);
    const second = await attempt(async () => (${again}));
    fs.writeSync(1, JSON.stringify({ first, second }));
    process.exit();
  })();`;

interface Attempt {
  value?: unknown;
  code?: string;
  message?: string;
}

function run(left: number, use: string, again = use): { first: Attempt; second: Attempt } {
  const limited = 'ulimit -n 200; exec "$0" "$@"';
  const args = ['-c', limited, process.execPath, '-e', program(left, use, again)];
  const { stdout, stderr } = spawnSync('bash', args, { cwd: root, encoding: 'utf8', timeout: 60_000 });
  if (stdout === '') throw new Error(`the program wrote nothing: ${stderr}`);
  return JSON.parse(stdout) as { first: Attempt; second: Attempt };
}

const tooMany = { first: { message: expect.stringMatching(/too many open files/i) } };

describe.each([0, 3])('with %d descriptors left', (left) => {
  test('a loop whose workers cannot start ends', () => {
    expect(run(left, '[...loader].length')).toMatchObject({ ...tooMany, second: { value: 3 } });
    expect(run(left, 'await read()')).toMatchObject({ ...tooMany, second: { value: 3 } });
  }, 120_000);

  test('so does a call that another thread answers, and the next one is answered', () => {
    const { first, second } = run(left, 'io.encode_png(image).numel()');
    expect(first.message).toMatch(/too many open files/i);
    expect(second).toEqual({ value: 90 });
  }, 120_000);
});

test.each([
  [9, /^2 DataLoader workers could not be started: EMFILE/],
  [11, 3],
])(
  'two workers need eleven: with %d left they run, or none starts',
  (left, expected) => {
    const { first, second } = run(left, '[...loader].length');
    expect(first.value ?? first.message).toEqual(
      typeof expected === 'number' ? expected : expect.stringMatching(expected),
    );
    expect(second).toEqual({ value: 3 });
  },
  60_000,
);

test('a package that cannot be read is not called missing, and is found later', () => {
  const { first, second } = run(0, "typeof optional('cli-progress', 'tqdm')");
  expect(first).toEqual({ code: 'EMFILE', message: expect.stringMatching(/cli-progress\/package\.json'$/) });
  expect(second).toEqual({ value: 'object' });
  const none = run(0, "optional('no-such-package/part', 'this')").first.message;
  expect(none).toBe("this needs the package 'no-such-package': npm install no-such-package");
});

test('a part of the package that cannot be loaded is loaded later', () => {
  const parts = "[torch.nn, torch.distributions, require('tsorch/pyplot')].length";
  expect(run(0, parts)).toEqual({
    first: { code: 'EMFILE', message: expect.stringMatching(/^EMFILE/) },
    second: { value: 3 },
  });
});
