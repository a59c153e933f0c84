// npm run check: everything that must hold before a change goes in.
import { node, script } from '../tools/run.mjs';

/** What the package shows to Node, TypeScript and bundlers: `exports` and the types beside each. */
async function packageFaces() {
  await node('publint/src/cli.js', 'run', '--strict');
  await node('@arethetypeswrong/cli/dist/index.js', '--pack', '.', '--quiet');
}

await script(async () => {
  await node('scripts/setup.mjs');
  await node('scripts/lint/index.mjs');
  await node('typescript/bin/tsc', '-p', 'tsconfig.scripts.json');
  await packageFaces();
  await node('jest/bin/jest.js');
});
