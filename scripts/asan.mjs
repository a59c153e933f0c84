// Runs a package's command (npm run test:asan: jest) on the AddressSanitizer build of the addon.
// Node itself is not instrumented, so the sanitizer's runtime must be loaded first.
import { join } from 'node:path';
import { capture, node, root, run, script } from './tools/run.mjs';

const [command, ...args] = process.argv.slice(2);

await script(async () => {
  await node('scripts/build.mjs', 'generate', 'lib', 'asan', 'tests');
  const runtime = await capture(process.env.CXX ?? 'c++', ['-print-file-name=libasan.so']);
  const env = {
    ...process.env,
    TSORCH_ADDON: join(root, 'build-asan', 'Release', 'tsorch.node'),
    LD_PRELOAD: runtime.stdout.trim(),
    // V8 and libtorch keep singletons to the end; tests ask for more memory than there is, to see the error.
    ASAN_OPTIONS: 'detect_leaks=0:alloc_dealloc_mismatch=0:allocator_may_return_null=1',
  };
  await run(process.execPath, [join('node_modules', '.bin', command), ...args], { env });
});
