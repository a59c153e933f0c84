// npm run fuzz:files -- [--seed N] [--files N]: reads damaged and hostile .pt, .pt2, safetensors, .npy and .npz files, in child
// processes with 16 GB of address space. Prints the seed; exits with 1 when a file did anything but load or be refused.
import { parseArgs } from 'node:util';
import { script } from '../tools/run.mjs';
import { supervise } from './fuzz/supervise.mjs';

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    files: { type: 'string', default: '20000' },
    from: { type: 'string', default: '0' },
  },
});
const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 31));
const files = Number(values.files);
const limited = ['sh', '-c', 'ulimit -v 16000000; exec "$0" "$@"'];

await script(async () => {
  console.log(`seed ${seed}, ${files} files`);
  const range = { seed, from: Number(values.from), to: files };
  await supervise([...limited, process.execPath, 'scripts/stress/fuzz/files_child.mjs'], range);
});
