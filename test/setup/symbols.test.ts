/** Prebuilt addons ask for old versions of the system's symbols (scripts/package/symbols.mjs). */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runModule, temporaryFolder } from './fakes';

// What a newer glibc or libstdc++ has in a new version, in two files, so that optimization across files sees both.
const sources = {
  'a.cpp': `
    #include <condition_variable>
    #include <dlfcn.h>
    double rate(double base, double power);
    extern "C" double use(double x) {
      std::mutex mutex;
      std::unique_lock lock(mutex);
      std::condition_variable condition;
      if (x > 5) condition.wait(lock);
      return rate(x, 0.5) + (dlopen("nowhere", RTLD_LAZY) == nullptr);
    }`,
  'b.cpp': `
    #include <cmath>
    double rate(double base, double power) { return std::pow(base, power) * std::exp(base) + std::log(base); }`,
};

const folder = temporaryFolder();
const libraries = { plain: join(folder, 'plain.so'), old: join(folder, 'old.so') };
const limits = ['GLIBC_2.28', 'GLIBCXX_3.4.22', 'CXXABI_1.3.11', 'GCC_3.4'];

function compile(output: string, more: string[]) {
  const files = Object.keys(sources).map((name) => join(folder, name));
  const options = ['-std=c++20', '-O2', '-flto', '-shared', '-fPIC', '-o', output];
  const { status, stderr } = spawnSync('c++', [...options, ...files, ...more], { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
}

/** Runs code with the module's functions and `limits`, and gives what it prints as JSON. */
function withSymbols(code: string) {
  const { stdout, stderr } = runModule(`
    const symbols = await import(scripts + 'package/symbols.mjs');
    const limits = new Map(${JSON.stringify(limits)}.map((version) => [version.split('_')[0], version]));
    console.log(JSON.stringify(${code}));`);
  if (!stdout) throw new Error(stderr);
  return JSON.parse(stdout);
}

describe("stand-ins of the system's libraries", () => {
  beforeAll(() => {
    for (const [name, text] of Object.entries(sources)) writeFileSync(join(folder, name), text);
    compile(libraries.plain, []);
    const standIns = withSymbols(`await symbols.makeStandIns(${JSON.stringify(folder)}, limits)`);
    compile(libraries.old, standIns);
  });

  const asked = (library: string) =>
    withSymbols(`(await symbols.symbols(${JSON.stringify(library)})).filter((each) => !each.defined)`);
  const tooNew = (library: string) => withSymbols(`await symbols.tooNew(${JSON.stringify(library)}, limits)`);

  test('with stand-ins, nothing newer is asked for, and the same symbols', () => {
    expect(tooNew(libraries.old)).toEqual([]);
    const names = (library: string) => asked(library).map(({ name }: { name: string }) => name);
    expect(names(libraries.old)).toEqual(expect.arrayContaining(['pow', 'exp', 'log', 'dlopen']));
    expect(names(libraries.old).sort()).toEqual(names(libraries.plain).sort());
  });

  test('what a machine has that is newer is found', () => {
    const versions = asked(libraries.plain).map(({ name, version }: Record<string, string>) => `${name}@${version}`);
    const found = tooNew(libraries.plain);
    expect(found.every((each: string) => versions.includes(each))).toBe(true);
    const glibc = spawnSync('getconf', ['GNU_LIBC_VERSION'], { encoding: 'utf8' }).stdout;
    if (Number(glibc.match(/2\.(\d+)/)?.[1]) >= 29) expect(found).toContain('pow@GLIBC_2.29');
  });

  test('the newest version of each family', () => {
    const newest = withSymbols(`[...await symbols.newestAsked([${JSON.stringify(libraries.old)}])]`);
    expect(Object.fromEntries(newest).GLIBCXX).toMatch(/^GLIBCXX_3\.4(\.\d+)?$/);
  });
});
