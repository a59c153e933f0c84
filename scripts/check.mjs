// npm run check: everything that must hold before a change goes in.
import { node, script } from './tools/run.mjs';

await script(async () => {
  await node('scripts/setup.mjs');
  await node('scripts/lint.mjs');
  await node('typescript/bin/tsc', '-p', 'tsconfig.scripts.json');
  await node('jest/bin/jest.js');
});
