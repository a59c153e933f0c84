// npm run watch: builds what changes, and runs the tests that a change touches.
import { watch } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { node, root, script } from '../tools/run.mjs';
import { filesUnder } from '../tools/stamp.mjs';
import { testsOf } from './touched.mjs';

const watched = ['lib', 'test', 'native'];
const source = /\.(ts|json|cpp|h)$/;
/** Milliseconds without a change after which a save of several files is complete. */
const quiet = 200;

/** @type {Set<string>} */
const changed = new Set();

/** Resolves with what was written since the last call, once something was. */
async function changes() {
  let seen = -1;
  while (changed.size === 0 || changed.size !== seen) {
    seen = changed.size;
    await sleep(quiet);
  }
  const files = [...changed];
  changed.clear();
  return files;
}

/** @param {string[]} files */
async function buildAndTest(files) {
  console.log(`\n${files.map((file) => file.slice(root.length + 1)).join(' ')}`);
  await node('scripts/build.mjs');
  const sources = filesUnder(['lib', 'test']).filter((file) => file.endsWith('.ts'));
  const tests = testsOf(files, sources);
  if (tests.length > 0) await node('jest/bin/jest.js', '--runTestsByPath', ...tests);
}

await script(async () => {
  await node('scripts/setup.mjs');
  for (const folder of watched) {
    watch(join(root, folder), { recursive: true }, (_event, file) => {
      if (file !== null && source.test(file) && !file.includes('generated/')) changed.add(join(root, folder, file));
    });
  }
  console.log(`watching ${watched.join(', ')}`);
  for (;;) await script(async () => buildAndTest(await changes())); // an error is told, and the next change tried
});
