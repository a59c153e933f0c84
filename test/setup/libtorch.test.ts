import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { fakeLibtorch, fakePython, runModule, temporaryFolder, wheelFiles, zip } from './fakes';

const unpinned = 'torch-2.13.0+cpu-cp311-cp311-test.whl';
const pinned = 'torch-2.13.0+cpu-cp311-cp311-manylinux_2_28_x86_64.whl';
const cached = 'libtorch-2.13.0-cpu';

/** What scripts/libtorch/resolve.mjs answers: the choice, or `error`. */
function resolve(env: NodeJS.ProcessEnv, options: object = {}) {
  const code = `
    import(scripts + 'libtorch/resolve.mjs')
      .then(({ resolve }) => resolve(${JSON.stringify(options)}))
      .then((choice) => console.log(JSON.stringify(choice)), (error) => console.log(JSON.stringify({ error: error.message })));`;
  return JSON.parse(runModule(code, env).stdout) as Record<string, string>;
}

/** A folder with a fake user: cache, Python's torch and pip as asked for. */
function machine({ cache = false, torch = '', wheel = '' }) {
  const folder = temporaryFolder();
  const bin = join(folder, 'bin');
  if (cache) fakeLibtorch(join(folder, 'tsorch', cached));
  const torchFolder = torch && fakeLibtorch(join(folder, 'site-packages'), ...torch.split('+'));
  fakePython(bin, { torch: torchFolder, wheel: wheel && join(folder, wheel) });
  const env = { XDG_CACHE_HOME: folder, PATH: `${bin}:/usr/bin:/bin` };
  return { folder, env, bin, inCache: join(folder, 'tsorch', cached, 'torch') };
}

describe('the order of places', () => {
  const everything = { cache: true, torch: '2.12.0+cpu', wheel: unpinned };

  test('LIBTORCH comes first', () => {
    const { env, folder } = machine(everything);
    const LIBTORCH = fakeLibtorch(join(folder, 'mine'), '2.11.2');
    expect(resolve({ ...env, LIBTORCH })).toEqual({
      path: LIBTORCH,
      version: '2.11.2',
      variant: 'cpu',
      source: 'LIBTORCH',
      yaml: join(folder, 'mine', 'torchgen', 'packaged'),
    });
  });

  test('then the cache', () => {
    const { env, inCache } = machine(everything);
    expect(resolve(env)).toMatchObject({ path: inCache, source: 'cache' });
  });

  test('then an installed Python torch', () => {
    const { env, folder } = machine({ ...everything, cache: false });
    const path = join(folder, 'site-packages', 'torch');
    expect(resolve(env)).toMatchObject({ path, source: 'Python torch', version: '2.12.0' });
  });

  test.each(['2.10.0+cpu', '2.15.0+cpu'])('an unsupported Python torch %s is passed over', (torch) => {
    const { env, folder, inCache } = machine({ torch, wheel: unpinned });
    zip(join(folder, unpinned), wheelFiles());
    expect(resolve(env)).toMatchObject({ path: inCache, source: 'pip' });
  });

  test('then pip, whose wheel goes into the cache without its Python', () => {
    const { env, folder, bin, inCache } = machine({ wheel: unpinned });
    zip(join(folder, unpinned), wheelFiles());
    expect(resolve(env)).toMatchObject({ path: inCache, source: 'pip' });
    expect(readFileSync(join(bin, 'pip.log'), 'utf8')).toMatch(/download torch==2\.13\.0\+cpu .*--no-deps/);
    expect(readdirSync(join(inCache, 'lib')).sort()).toEqual(['libc10.so', 'libtorch.so', 'libtorch_cpu.so']);
    expect(existsSync(join(inCache, 'nn'))).toBe(false);
    expect(readdirSync(join(folder, 'tsorch'))).toEqual([cached]);
    expect(resolve(env)).toMatchObject({ path: inCache, source: 'cache' });
  });
});

describe('refusals', () => {
  test('a LIBTORCH that is none is an error, not passed over', () => {
    const { env, folder } = machine({ cache: true });
    const { error } = resolve({ ...env, LIBTORCH: folder });
    expect(error).toBe(`${folder} is not a libtorch: no lib/libtorch.so`);
  });

  test('an unsupported LIBTORCH', () => {
    const { env, folder } = machine({ cache: true });
    const LIBTORCH = fakeLibtorch(join(folder, 'old'), '2.5.1');
    expect(resolve({ ...env, LIBTORCH }).error).toMatch('libtorch 2.5.1');
    expect(resolve({ ...env, LIBTORCH }).error).toMatch('need 2.11 to 2.14');
  });

  test('a CUDA variant asked for is never replaced by a CPU one', () => {
    const { env, folder } = machine({ cache: true, torch: '2.13.0+cpu' });
    const LIBTORCH = fakeLibtorch(join(folder, 'mine'));
    expect(resolve({ ...env, LIBTORCH }, { variant: 'cu130' }).error).toMatch('the variant asked for is cu130');
    expect(resolve(env, { variant: 'cu130' }).error).toMatch('no libtorch 2.13.0 (cu130)');
  });

  test('a CUDA variant is recognised', () => {
    const { env, folder } = machine({ torch: '2.13.0+cu130' });
    const path = join(folder, 'site-packages', 'torch');
    expect(resolve(env, { variant: 'cu130' })).toMatchObject({ path, variant: 'cu130' });
  });

  test('an unknown variant', () => {
    expect(resolve({}, { variant: 'rocm' }).error).toBe(
      "unknown libtorch variant 'rocm': it is one of cpu, cu126, cu130",
    );
  });

  test('when nothing works, all that was tried and what to do', () => {
    const { env, folder } = machine({});
    const { error } = resolve(env);
    expect(error).toMatch(`cache: no ${join(folder, 'tsorch', cached)}`);
    expect(error).toMatch('Python torch: none installed');
    expect(error).toMatch('pip: no pip found (tried python3 -m pip, python -m pip)');
    expect(error).toMatch(/official archive: https:.*ECONNREFUSED/);
    expect(error).toMatch('set LIBTORCH to an unpacked libtorch 2.11 to 2.14');
    expect(error).toMatch('HTTPS_PROXY');
  });
});

describe('damaged downloads leave nothing behind', () => {
  function failure(name: string, write: (file: string) => void) {
    const { env, folder } = machine({ wheel: name });
    write(join(folder, name));
    const { error } = resolve(env);
    expect(existsSync(join(folder, 'tsorch', cached))).toBe(false);
    return error;
  }

  test('a wheel with another checksum than the pinned one', () => {
    const error = failure(pinned, (file) => zip(file, wheelFiles()));
    expect(error).toMatch(/checksum of .* is wrong\n {2}expected sha256 6746dbcb/);
  });

  test('a truncated wheel', () => {
    const error = failure(unpinned, (file) => {
      zip(file, wheelFiles());
      writeFileSync(file, readFileSync(file).subarray(0, -40));
    });
    expect(error).toMatch('cannot be unpacked');
  });

  test('a flipped bit', () => {
    const error = failure(unpinned, (file) => {
      zip(file, wheelFiles());
      const bytes = readFileSync(file);
      const at = bytes.indexOf('TORCH_VERSION_PATCH 0');
      bytes.write('TORCH_VERSION_PATCH 1', at, 'latin1');
      writeFileSync(file, bytes);
    });
    expect(error).toMatch(/cannot be unpacked: .*CRC32/i);
  });

  test('a file that RECORD does not vouch for', () => {
    const record = { 'torch-2.13.0.dist-info/RECORD': 'torch/lib/libc10.so,sha256=AAAA,3\n' };
    const error = failure(unpinned, (file) => zip(file, { ...wheelFiles(), ...record }));
    expect(error).toMatch('torch/lib/libc10.so does not match RECORD');
  });

  test('a wheel of something else', () => {
    const error = failure(unpinned, (file) => zip(file, { 'other/file': 'x' }));
    expect(error).toMatch('it holds no libtorch');
  });
});

test('a cache that cannot be written: another place is named', () => {
  const { env, folder } = machine({ wheel: unpinned });
  zip(join(folder, unpinned), wheelFiles());
  const file = join(folder, 'file');
  writeFileSync(file, '');
  expect(resolve({ ...env, XDG_CACHE_HOME: file }).error).toMatch(
    `${join(file, 'tsorch')} cannot be written (ENOTDIR): set XDG_CACHE_HOME to a folder that can be`,
  );
});

test('two processes at once install one copy', () => {
  const { env, folder, bin } = machine({ wheel: unpinned });
  zip(join(folder, unpinned), wheelFiles());
  const code = `
    const { resolve } = await import(scripts + 'libtorch/resolve.mjs');
    const choices = await Promise.all([resolve({}), resolve({}), resolve({})]);
    console.log(JSON.stringify(choices.map(({ path }) => path)));`;
  const paths = JSON.parse(runModule(code, env).stdout);
  expect(new Set(paths).size).toBe(1);
  expect(readFileSync(join(bin, 'pip.log'), 'utf8').trim().split('\n')).toHaveLength(1);
});

test('what a killed process left half made is removed', () => {
  const { env, folder } = machine({ wheel: unpinned });
  zip(join(folder, unpinned), wheelFiles());
  mkdirSync(join(folder, 'tsorch', `${cached}.tmp-1`, 'torch'), { recursive: true });
  expect(resolve(env)).toMatchObject({ source: 'pip' });
  expect(readdirSync(join(folder, 'tsorch'))).toEqual([cached]);
});

describe('a lock', () => {
  /** Takes the lock 'lock' in a folder where `setUp` has run. */
  function take(setUp: (lock: string) => void) {
    const lock = join(temporaryFolder(), 'lock');
    mkdirSync(lock);
    setUp(lock);
    const code = `
      const { locked } = await import(scripts + 'tools/lock.mjs');
      const release = setTimeout(() => import('node:fs').then(({ rmSync }) => rmSync(${JSON.stringify(lock)}, { recursive: true })), 300);
      console.log(await locked(${JSON.stringify(lock)}, () => console.log('waits'), async () => 'held'));
      clearTimeout(release);`;
    return runModule(code).stdout;
  }
  const owner = (lock: string, pid: number) =>
    writeFileSync(join(lock, 'owner'), JSON.stringify({ host: hostname(), pid }));

  test('is waited for while its owner runs', () => {
    expect(take((lock) => owner(lock, process.pid))).toBe('waits\nheld');
  });

  test('is taken from a process that is gone', () => {
    const gone = spawnSync('true').pid;
    expect(take((lock) => owner(lock, gone))).toBe('held');
  });

  test('expires when nobody touches it', () => {
    expect(take((lock) => utimesSync(lock, 0, 0))).toBe('held');
  });
});
