// The addon built with AddressSanitizer, and what runs on it:
//   node scripts/stress/asan.mjs jest [ARGUMENTS]   the tests (npm run test:asan -- memory)
//   node scripts/stress/asan.mjs fuzz [ARGUMENTS]   the fuzzer (npm run fuzz:asan -- --calls 4000)
//   node scripts/stress/asan.mjs leaks              LeakSanitizer on scripts/stress/asan/workload.mjs (npm run test:leaks)
// Node itself is not instrumented, so the sanitizer's runtime must be loaded first.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { capture, node, root, run, script } from '../tools/run.mjs';
import { leaksOf } from './asan/leaks.mjs';

// V8 and libtorch keep singletons to the end; tests ask for more memory than there is, to see the error, and measure
// how much is resident, which freed blocks in quarantine count to.
const quiet = 'detect_leaks=0:alloc_dealloc_mismatch=0:allocator_may_return_null=1:quarantine_size_mb=16';
// libtorch keeps no frame pointers, so the stacks of leaks are unwound by its tables.
const leaky = 'detect_leaks=1:alloc_dealloc_mismatch=0:fast_unwind_on_malloc=0:malloc_context_size=40:exitcode=0';

// Instrumented functions take more of the stack; the usual limit of a process is 8 MiB.
const deeper = '--stack-size=4000';

const [command = 'jest', ...args] = process.argv.slice(2);

/** @param {string} options */
async function environment(options) {
  const runtime = await capture(process.env.CXX ?? 'c++', ['-print-file-name=libasan.so']);
  return {
    ...process.env,
    TSORCH_ADDON: join(root, 'build-asan', 'Release', 'tsorch.node'),
    LD_PRELOAD: runtime.stdout.trim(),
    ASAN_OPTIONS: options,
  };
}

async function leaks() {
  const folder = mkdtempSync(join(tmpdir(), 'tsorch-leaks-'));
  const env = await environment(`${leaky}:log_path=${join(folder, 'report')}`);
  const { status, stderr } = await capture(process.execPath, ['--expose-gc', 'scripts/stress/asan/workload.mjs'], {
    env,
  });
  const reports = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'));
  rmSync(folder, { recursive: true });
  if (status !== 0) throw new Error(`the workload failed:\n${stderr}`);
  const { ours, expected, others } = leaksOf(reports.join('\n'));
  for (const { bytes, stack } of ours) console.log(`${bytes} bytes\n${stack.join('\n')}\n`);
  console.log(`${ours.length} leaks of the addon; ${expected} expected ones, ${others} of Node, V8 and libtorch alone`);
  if (ours.length > 0) throw new Error('the addon leaks');
}

await script(async () => {
  await node('scripts/build.mjs', 'generate', 'lib', 'asan', 'tests');
  if (command === 'leaks') return leaks();
  const program = command === 'fuzz' ? ['scripts/stress/fuzz.mjs'] : [deeper, join('node_modules', '.bin', command)];
  await run(process.execPath, [...program, ...args], { env: await environment(quiet) });
});
