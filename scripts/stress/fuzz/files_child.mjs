// Reads the files [from, to) of a seed and judges each. Before each it writes its number to standard output, so that the
// parent knows which one ended the process.
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeFile } from './made_files.mjs';
import { Random } from './random.mjs';

const require = createRequire(import.meta.url);
const torch = require('../../../dist/entries/index.js').default;
const numpy = require('../../../dist/numpy/index.js');
const safetensors = require('../../../dist/safetensors/index.js');
const { io } = require('../../../dist/vision/index.js');
const { read_idx } = require('../../../dist/vision/datasets/mnist.js');
const { extract_archive } = require('../../../dist/vision/datasets/utils.js');

const [seed = 0, from = 0, to = 0] = process.argv.slice(2).map(Number);
const MOST_MS = 3000;
const MOST_KIB = 256 * 1024;
/** Larger ones are not looked at: they may be views of few bytes. */
const MOST_ELEMENTS = 1e6;

torch.set_num_threads(1);
process.removeAllListeners('warning');
process.on('warning', () => {});
const folder = mkdtempSync(join(tmpdir(), 'tsorch-fuzz-'));
mkdirSync(join(folder, 'unpacked', 'here'), { recursive: true });
process.on('exit', () => rmSync(folder, { recursive: true }));

/** @param {unknown} value */
const tell = (value) => writeSync(1, `${JSON.stringify(value)}\n`);

/** @type {Record<string, (source: Buffer | string, mmap: boolean) => unknown>} */
const readers = {
  pt: (source, mmap) => torch.load(source, { mmap, map_location: 'cpu' }),
  export: (source) => [...torch.export.load(source).module().named_parameters()],
  script: (source) => [...torch.jit.load(source).named_parameters()],
  safetensors: (source) => (typeof source === 'string' ? safetensors.load_file(source) : safetensors.load(source)),
  numpy: (source, mmap) => {
    const result = numpy.load(source, { mmap_mode: mmap ? 'r' : null });
    if (!(result instanceof numpy.NpzFile)) return result;
    try {
      return result.values();
    } finally {
      result.close();
    }
  },
  idx: (source) => {
    const path = join(folder, 'idx');
    writeFileSync(path, typeof source === 'string' ? readFileSync(source) : source);
    return read_idx(path);
  },
  image: (source) => io.decode_image(source),
  tar: (source) => unpacked(source, 'tar'),
  tgz: (source) => unpacked(source, 'tar.gz'),
  zip: (source) => unpacked(source, 'zip'),
};

/** @param {Buffer | string} source @param {string} suffix */
function unpacked(source, suffix) {
  const path = join(folder, `archive.${suffix}`);
  writeFileSync(path, typeof source === 'string' ? readFileSync(source) : source);
  extract_archive(path, join(folder, 'unpacked', 'here'));
}

/** Reads every element of every tensor, so that wrong memory would be noticed. @param {unknown} value */
function look(value) {
  const waiting = [value];
  const seen = new Set();
  for (let next = waiting.pop(); waiting.length > 0 || next !== undefined; next = waiting.pop()) {
    if (typeof next !== 'object' || next === null || seen.has(next)) continue;
    seen.add(next);
    if (next instanceof torch.Tensor) lookAt(next);
    else
      waiting.push(...(next instanceof Map ? [...next.keys(), ...next.values()] : Object.values(next)).slice(0, 1000));
  }
}

/** @param {any} x */
function lookAt(x) {
  if (x.is_meta || x.numel() > MOST_ELEMENTS) return;
  if (x.layout === torch.strided) x.detach().clone();
  else x.detach().to_dense();
}

/** What is wrong with an error, if anything. @param {any} error */
function fault(error) {
  if (!(error instanceof Error)) return `threw ${typeof error}`;
  const isTyped =
    error instanceof torch.TorchError ||
    error instanceof torch.serialization.UnpicklingError ||
    error instanceof safetensors.SafetensorError ||
    error instanceof RangeError;
  const isInternal = /Maximum call stack|Invalid array length|Invalid string length|out of memory|INTERNAL ASSERT/i;
  return isTyped && !isInternal.test(error.message) ? undefined : `${error.name}: ${error.stack?.slice(0, 600)}`;
}

let loaded = 0;
let highest = process.resourceUsage().maxRSS;
for (let i = from; i < to; i++) {
  tell({ at: i });
  const random = new Random(seed * 1_000_003 + i);
  const { kind, bytes } = makeFile(random);
  const way = random.below(3);
  const path = join(folder, 'file');
  if (way > 0) writeFileSync(path, bytes);
  const started = process.cpuUsage();
  try {
    const result = readers[kind]?.(way === 0 ? bytes : path, way === 2);
    loaded++;
    look(result);
  } catch (error) {
    const wrong = fault(error);
    if (wrong) tell({ call: i, name: kind, wrong });
  }
  const { user, system } = process.cpuUsage(started);
  const took = (user + system) / 1000;
  if (took > MOST_MS) tell({ call: i, name: kind, wrong: `took ${Math.round(took)} ms of the processor` });
  const { maxRSS } = process.resourceUsage();
  if (maxRSS > highest + MOST_KIB) tell({ call: i, name: kind, wrong: `memory grew by ${maxRSS - highest} KiB` });
  highest = Math.max(highest, maxRSS);
  const escaped = readdirSync(join(folder, 'unpacked')).filter((name) => name !== 'here');
  if (escaped.length > 0 || existsSync('/etc/x')) tell({ call: i, name: kind, wrong: `wrote outside: ${escaped}` });
}
process.stderr.write(`${loaded} of ${to - from} files could be read\n`);
tell({ done: true });
