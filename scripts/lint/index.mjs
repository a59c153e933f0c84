// npm run lint / npm run format: biome for TypeScript and JavaScript, clang-format and cppcheck for C++, and what is between
// the two; package.json has the entries of lib/entries, and folders of lib import only what scripts/layers lets them.
import { extname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { writeEntries } from '../build/entries.mjs';
import { capture, node, root, run, script } from '../tools/run.mjs';
import { filesUnder, whenStale } from '../tools/stamp.mjs';
import { checkNativeFunctions, checkNodeApi } from './native.mjs';

const cpp = () => filesUnder(['native']).filter((file) => ['.cpp', '.h'].includes(extname(file)));

/** @param {boolean} fix */
async function typescript(fix) {
  await node('@biomejs/biome/bin/biome', 'check', '--error-on-warnings', ...(fix ? ['--write'] : []));
}

/** @param {boolean} fix */
async function clangFormat(fix) {
  await node('clang-format/index.js', ...(fix ? ['-i'] : ['--dry-run', '--Werror']), ...cpp());
}

// Without libtorch's headers, which would take minutes: the compiler checks against those, with warnings as errors.
async function cppcheck() {
  if ((await capture('cppcheck', ['--version'])).status !== 0) {
    console.error('lint: cppcheck not found, C++ only checked for format (apt-get install cppcheck)');
    return;
  }
  const checks = ['--enable=warning,performance,portability', '--inline-suppr', '--error-exitcode=1', '--quiet'];
  // False alarms of cppcheck 2.10 on `T& x = list.emplace_back(T{...})`.
  checks.push('--suppress=danglingTempReference', '--suppress=danglingTemporaryLifetime');
  await run('cppcheck', ['--std=c++20', '--language=c++', ...checks, '-I', 'native', 'native']);
}

// dependency-cruiser reads TypeScript with the compiler's JavaScript API, which the version that builds the package does not
// have. So it has packages of its own, in scripts/layers, installed when it is first used.
async function layers() {
  const home = join(root, 'scripts', 'layers');
  const inputs = ['package.json', 'package-lock.json'].map((name) => join(home, name));
  const program = join(home, 'node_modules', 'dependency-cruiser', 'bin', 'dependency-cruise.mjs');
  await whenStale('layers-packages', { inputs, outputs: [program] }, () =>
    run('npm', ['ci', '--no-audit', '--no-fund'], { cwd: home }),
  );
  await run(process.execPath, [program, '--config', join(home, 'rules.cjs'), 'lib']);
}

const { values } = parseArgs({ options: { fix: { type: 'boolean', default: false } } });

await script(async () => {
  writeEntries({ check: !values.fix });
  const results = await Promise.allSettled([
    typescript(values.fix),
    clangFormat(values.fix),
    values.fix || cppcheck(),
    checkNodeApi(cpp()),
    checkNativeFunctions(),
    values.fix || layers(),
  ]);
  const failures = results.filter((result) => result.status === 'rejected');
  for (const { reason } of failures) console.error(`lint: ${String(reason.message).slice(0, 200)}`);
  if (failures.length) throw new Error('lint found problems; npm run format repairs formatting');
});
