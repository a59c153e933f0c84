// npm run fuzz -- [--seed N] [--calls N]: calls every public function with hostile arguments, in child processes so that
// a crash counts as one finding and the rest goes on. Prints the seed; exits with 1 when anything was found.
import { parseArgs } from 'node:util';
import { script } from '../tools/run.mjs';
import { supervise } from './fuzz/supervise.mjs';

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    calls: { type: 'string', default: '100000' },
    from: { type: 'string', default: '0' },
  },
});
const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 31));
const calls = Number(values.calls);

await script(async () => {
  console.log(`seed ${seed}, ${calls} calls`);
  await supervise([process.execPath, 'scripts/stress/fuzz/child.mjs'], { seed, from: Number(values.from), to: calls });
});
