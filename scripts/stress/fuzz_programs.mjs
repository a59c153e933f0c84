// npm run fuzz:programs -- [--seed N] [--programs N]: random programs of 50 steps (operators, views, changes in place,
// hooks, custom Functions, scopes, errors, buffers), each run quietly and with noise in every callback, in child processes
// so that a crash counts as one finding. Prints the seed; exits with 1 when anything was found.
import { parseArgs } from 'node:util';
import { script } from '../tools/run.mjs';
import { supervise } from './fuzz/supervise.mjs';

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    programs: { type: 'string', default: '10000' },
    from: { type: 'string', default: '0' },
  },
});
const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 31));

await script(async () => {
  console.log(`seed ${seed}, ${values.programs} programs`);
  const command = [process.execPath, 'scripts/stress/fuzz/programs_child.mjs'];
  await supervise(command, { seed, from: Number(values.from), to: Number(values.programs) });
});
