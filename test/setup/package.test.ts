/** The package as users load it: by require, by import, in jest, in a worker, twice, and from TypeScript. */
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { Worker } from 'node:worker_threads';
import torch, { Tensor } from 'tsorch';
import { fakeLibtorch, root, temporaryFolder } from './fakes';

const { exports: entries } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const names = Object.keys(entries).filter((name) => entries[name].require);

/** A user's project, with tsorch installed and these files. */
function project(files: Record<string, string>): string {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(root, join(folder, 'node_modules', 'tsorch'));
  for (const [name, content] of Object.entries({ 'package.json': '{}', ...files })) {
    writeFileSync(join(folder, name), content);
  }
  return folder;
}

function node(folder: string, ...args: string[]): string {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${stdout}\n${stderr}`);
  return stdout.trim();
}

test('required in jest', () => {
  expect(torch.ones(2).add(1)).toBeInstanceOf(Tensor);
  expect(torch.ones(2).add(1).tolist()).toEqual([2, 2]);
});

test.each(names)('%s has all its files', (name) => {
  const files = [entries[name].import, entries[name].require].flatMap((files) => Object.values<string>(files));
  expect(files.filter((file) => !existsSync(join(root, file)))).toEqual([]);
});

test('imported and required, it is one instance', () => {
  const code = `
    import { createRequire } from 'node:module';
    const require = createRequire(import.meta.url);
    const { isLazy } = require(${JSON.stringify(join(root, 'dist', 'base', 'lazy.js'))});
    for (const name of ${JSON.stringify(names.map((name) => name.replace('.', 'tsorch')))}) {
      const [imported, required] = [await import(name), require(name)];
      const keys = Object.keys(required).filter((key) => key !== '__esModule');
      const lazy = keys.filter((key) => isLazy(required, key));
      if (!keys.length || !keys.every((key) => lazy.includes(key) || Object.is(imported[key], required[key])))
        throw new Error(name);
      for (const key of lazy) {
        const [stand, real] = [imported[key], required[key]];
        if (typeof stand !== typeof real || !Object.keys(real).every((each) => stand[each] === real[each]))
          throw new Error(name + ' ' + key);
      }
    }
    console.log('one');`;
  expect(node(project({ 'main.mjs': code }), 'main.mjs')).toBe('one');
});

test('what runs has every name that TypeScript sees', () => {
  const [main, index] = ['main', 'index'].map((file) => require(join(root, 'dist', 'entries', `${file}.js`)));
  expect(Object.keys(main)).toEqual(expect.arrayContaining(Object.keys(index)));
});

test('a program loads only the modules it uses', () => {
  const code = `
    const loaded = (name) => Object.keys(require.cache).some((file) => file.includes('/dist/' + name + '/'));
    const torch = require('tsorch');
    torch.ones(2).add(1).toString();
    console.log(loaded('nn/utils'), loaded('optim'), loaded('distributions'), loaded('serialization'));
    new torch.nn.Linear(2, 2);
    console.log(loaded('nn/utils'), loaded('optim'), torch.default.nn === torch.nn);`;
  expect(node(project({ 'main.js': code }), 'main.js')).toBe('false false false false\ntrue false true');
});

test("in a user's jest without configuration, in several files", () => {
  const suite = `
    const { default: torch } = require('tsorch');
    test('adds', () => expect(torch.tensor([1, 2]).add(1).tolist()).toEqual([2, 3]));`;
  const folder = project({ 'a.test.js': suite, 'b.test.js': suite });
  node(folder, join(root, 'node_modules', 'jest', 'bin', 'jest.js'), '--runInBand');
});

test('in worker threads, which end without harm', async () => {
  const code = `
    const { default: torch } = require('tsorch');
    require('node:worker_threads').parentPort.postMessage(torch.full([3], 2).mul(2).sum().item());`;
  const compute = () =>
    new Promise((resolve, reject) => {
      let answer: unknown;
      new Worker(code, { eval: true })
        .on('message', (message) => {
          answer = message;
        })
        .on('error', reject)
        .on('exit', () => resolve(answer));
    });
  expect(await Promise.all([compute(), compute()])).toEqual([12, 12]);
  expect(await compute()).toBe(12);
  expect(torch.ones(3).sum().item()).toBe(3);
});

test('loaded twice in one process, from one place and from another', () => {
  const copy = join(temporaryFolder(), 'tsorch');
  for (const name of ['package.json', 'dist', 'build/Release'])
    cpSync(join(root, name), join(copy, name), { recursive: true });
  const code = `
    const { default: first } = require('tsorch');
    for (const key of Object.keys(require.cache)) delete require.cache[key];
    const { default: second } = require('tsorch');
    const { default: third } = require(${JSON.stringify(copy)});
    const sums = [first, second, third].map((torch) => torch.ones(4).sum().item());
    console.log(first !== second, second !== third, ...sums);`;
  expect(node(project({ 'main.js': code }), 'main.js')).toBe('true true 4 4 4');
});

test('TypeScript finds the types of both kinds of module', () => {
  const code = `
    import torch, { Tensor } from 'tsorch';
    const x: Tensor = torch.ones(2, { dtype: torch.float64 });
    const n: number[] = x.shape;
    // @ts-expect-error a tensor is no string
    const s: string = x;
    console.log(n, s, x.add(1));`;
  const compilerOptions = {
    module: 'node16',
    target: 'ES2022',
    lib: ['ES2022', 'ESNext.Disposable'],
    strict: true,
    noEmit: true,
  };
  const folder = project({
    'a.mts': code,
    'b.cts': code,
    'tsconfig.json': JSON.stringify({
      compilerOptions: { ...compilerOptions, types: ['node'], typeRoots: [join(root, 'node_modules', '@types')] },
      files: ['a.mts', 'b.cts'],
    }),
  });
  node(folder, join(root, 'node_modules', 'typescript', 'bin', 'tsc'), '-p', '.');
});

test('TypeScript finds the types without any settings, and without types of Node.js installed', () => {
  const code = `import torch, { type Tensor } from 'tsorch';\nexport const x: Tensor = torch.ones(2);\n`;
  const folder = project({ 'a.mts': code, 'b.cts': code });
  node(folder, join(root, 'node_modules', 'typescript', 'bin', 'tsc'), '--noEmit', 'a.mts', 'b.cts');
});

describe('the packed package', () => {
  const packed = join(temporaryFolder(), 'tsorch');
  const { dependencies, bin } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

  // As `npm install --ignore-scripts` leaves it: its own files, its dependencies beside it.
  beforeAll(() => {
    const { stdout } = spawnSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
      cwd: root,
      encoding: 'utf8',
    });
    for (const { path } of JSON.parse(stdout)[0].files) cpSync(join(root, path), join(packed, path));
    mkdirSync(join(packed, 'node_modules'));
    for (const name of Object.keys(dependencies)) {
      mkdirSync(dirname(join(packed, 'node_modules', name)), { recursive: true });
      symlinkSync(join(root, 'node_modules', name), join(packed, 'node_modules', name));
    }
  });

  function tsorch(args: string[], env: NodeJS.ProcessEnv = {}) {
    return spawnSync(process.execPath, args, { cwd: packed, encoding: 'utf8', env: { ...process.env, ...env } });
  }

  function without<T>(name: string, body: () => T): T {
    const file = join(packed, name);
    renameSync(file, `${file}.away`);
    try {
      return body();
    } finally {
      renameSync(`${file}.away`, file);
    }
  }

  test('has the JavaScript and all that CMake reads', () => {
    const entry = Object.values<string>(entries['.'].require);
    const sources = readdirSync(join(root, 'native'), { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.(cpp|h)$/.test(name))
      .map((name) => join('native', name));
    const modules = readdirSync(join(root, 'cmake')).map((name) => join('cmake', name));
    const needed = ['CMakeLists.txt', 'dist/generated/operators.json', ...modules, ...sources, ...entry];
    expect(needed.filter((name) => !existsSync(join(packed, name)))).toEqual([]);
  });

  test('has no sources in TypeScript, source maps or tests', () => {
    const files = readdirSync(packed, { recursive: true, encoding: 'utf8' }).filter(
      (name) => !name.startsWith('node_modules'),
    );
    expect(files.filter((name) => /\.map$|\.tsbuildinfo$|^(lib|test|build)\/|(?<!\.d)\.ts$/.test(name))).toEqual([]);
  });

  test('its program has its modules and packages, and loads', () => {
    expect(tsorch([bin.tsorch]).stderr).toMatch('usage:\n  npx tsorch build');
    const { stdout } = tsorch([bin.tsorch, 'doctor']);
    expect(stdout).toMatch('addon');
    expect(stdout).toMatch('→ npx tsorch build');
  });

  test('made without its JavaScript, as from a git repository, it says how to make it', () => {
    const { status, stderr } = without('dist/entries/main.js', () => tsorch([bin.tsorch, 'build']));
    expect(status).toBe(1);
    expect(stderr).toMatch('no compiled JavaScript: make it with `npm pack` in a checkout');
  });

  test('without programs to build with, it says so before it fetches anything', () => {
    const { status, stderr } = tsorch([bin.tsorch, 'build'], { PATH: '/nowhere', CXX: 'no-compiler' });
    expect(status).toBe(1);
    expect(stderr).toMatch('the addon cannot be built here:\n✗ C++ compiler  not found (tried no-compiler)');
    expect(stderr).toMatch('✗ CMake         not found (tried cmake)\n  → install it: ');
  });

  test('without a libtorch, it says where it looked', () => {
    const { status, stderr } = tsorch([bin.tsorch, 'build'], { LIBTORCH: '/nowhere' });
    expect(status).toBe(1);
    expect(stderr).toMatch('tsorch: /nowhere is not a libtorch: no lib/libtorch');
  });

  test('a compiler that fails: what the addon takes', () => {
    const libtorch = fakeLibtorch(temporaryFolder());
    const { status, stderr } = tsorch([bin.tsorch, 'build'], { LIBTORCH: libtorch, CXX: '/bin/echo' });
    expect(status).toBe(1);
    expect(stderr).toMatch('tsorch: the addon could not be compiled: cmake ');
    expect(stderr).toMatch('It takes C++20');
    expect(readdirSync(join(packed, 'build'))).toEqual([]);
  });

  test('nothing in it runs when it is installed', () => {
    const { scripts } = JSON.parse(readFileSync(join(packed, 'package.json'), 'utf8'));
    expect(Object.keys(scripts).filter((name) => /^((pre|post)?install|prepare)$/.test(name))).toEqual([]);
    expect(existsSync(join(packed, 'binding.gyp'))).toBe(false); // npm would run node-gyp
  });

  test('not built and without a package for this platform, its error says how to build it', () => {
    expect(tsorch(['-e', "require('tsorch')"]).stderr).toMatch('Run `npx tsorch build` in your project');
  });
});
