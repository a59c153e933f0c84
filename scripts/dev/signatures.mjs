// npm run signatures -- [--python PYTHON]: writes scripts/generate/python/signatures.json anew, from a Python that has the
// PyTorch this package mirrors (default: the environment's PYTHON, else python3).
import { parseArgs } from 'node:util';
import { node, run, script } from '../tools/run.mjs';

const { values } = parseArgs({ options: { python: { type: 'string', default: process.env.PYTHON ?? 'python3' } } });

await script(async () => {
  await run(values.python, ['scripts/generate/python/signatures.py']);
  await node('@biomejs/biome/bin/biome', 'format', '--write', 'scripts/generate/python/signatures.json');
});
