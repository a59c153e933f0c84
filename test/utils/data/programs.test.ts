/** Programs that load with workers: modules of either kind, and how they end. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const root = dirname(require.resolve('tsorch/package.json'));
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(root, 'out', 'programs-')); // inside the package, so that they find it by its name
});
afterAll(() => rmSync(folder, { recursive: true }));

interface Outcome {
  stdout: string;
  stderr: string;
  code: number;
}

async function run(name: string, text: string): Promise<Outcome> {
  const file = join(folder, name);
  writeFileSync(file, text);
  try {
    return { ...(await promisify(execFile)(process.execPath, [file], { timeout: 50_000 })), code: 0 };
  } catch (error) {
    return error as Outcome;
  }
}

const commonjs = (rest: string) => `
  const torch = require('tsorch').default;
  const { DataLoader, Dataset } = torch.utils.data;
  class Squares extends Dataset {
    constructor(count) { super(); this.count = count; }
    __getitem__(i) { return i * i; }
    __len__() { return this.count; }
  }
  exports.Squares = Squares;
  ${rest}`;

jest.setTimeout(60_000);

test('an ES module names what it has', async () => {
  const { stdout } = await run(
    'module.mjs',
    `
    import torch from 'tsorch';
    import { DataLoader, Dataset } from 'tsorch/utils/data';
    import { isMainThread } from 'node:worker_threads';
    class Squares extends Dataset {
      __getitem__(i) { return i * i; }
      __len__() { return 5; }
    }
    const sum = (batch) => batch.reduce((a, b) => a + b, 0);
    torch.multiprocessing.importable(import.meta.url, { Squares, sum });
    if (isMainThread) {
      const loader = new DataLoader(new Squares(), { batch_size: 2, num_workers: 2, collate_fn: sum });
      console.log([...loader].join());
      for await (const batch of loader) console.log(batch);
    }`,
  );
  expect(stdout).toBe('1,13,16\n1\n13\n16\n');
});

test('a CommonJS module guards what it starts', async () => {
  const loop =
    'for (const x of new DataLoader(new Squares(4), { batch_size: 4, num_workers: 1 })) console.log(String(x));';
  const guarded = await run('guarded.cjs', commonjs(`if (require.main === module) { ${loop} }`));
  expect(guarded.stdout).toBe('tensor([0, 1, 4, 9])\n');
  const { stderr, code } = await run('unguarded.cjs', commonjs(loop));
  expect(stderr).toMatch(/started while a worker was importing the module of its dataset.*`if \(isMainThread\)/);
  expect(code).toBe(1);
});

const begun = `
  if (require.main === module) {
    const loop = new DataLoader(new Squares(10000), { num_workers: 2, persistent_workers: PERSISTENT })[Symbol.iterator]();
    loop.next();
    END
  }`;

test.each([
  ['by itself, in the middle of a loop', '', 0],
  ['by itself, with workers that wait', '', 0],
  ['by process.exit', 'process.exit(5);', 5],
  ['by an error', "throw new Error('over');", 1],
  ['by an error in for await', '(async () => { for await (const x of [1]) throw new Error("over"); })();', 1],
])('ends %s', async (name, end, expected) => {
  const text = begun.replace('END', end).replace('PERSISTENT', String(name.endsWith('wait')));
  const { code } = await run('ends.cjs', commonjs(text));
  expect(code).toBe(expected);
});

test('reports a worker whose memory ran out', async () => {
  const text = commonjs(`
    exports.fill = () => { const kept = []; for (;;) kept.push(new Array(1 << 20).fill(1.5)); };
    if (require.main === module) {
      const { setFlagsFromString } = require('node:v8');
      setFlagsFromString('--max-old-space-size=200');
      const loader = new DataLoader(new Squares(4), { num_workers: 1, collate_fn: exports.fill });
      try { for (const x of loader); } catch (error) { console.log(error.message); }
      (async () => {
        try { for await (const x of loader); } catch (error) { console.log(error.message); console.log(error.cause.message); }
      })();
    }`);
  const { stdout } = await run('memory.cjs', text);
  expect(stdout).toMatch(
    /^DataLoader worker \(pid\(s\) \d+\) exited unexpectedly\nDataLoader worker \(pid\(s\) \d+\) exited unexpectedly\nDataLoader worker 0 ended: .*reaching memory limit.*\n$/,
  );
});
