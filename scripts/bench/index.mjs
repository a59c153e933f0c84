// npm run bench [-- options]: tsorch beside Python's PyTorch and a C++ program, over the same libtorch. See --help.
import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { script } from '../tools/run.mjs';
import { measureMemory } from './memory.mjs';
import { measure, Runner } from './rounds.mjs';
import { findSides } from './sides.mjs';
import { measureInstall, measureStartup } from './startup.mjs';
import { geometricMean, summary } from './statistics.mjs';
import { header, markdown, mebibytes, row, time } from './table.mjs';

const help = `Usage: npm run bench -- [options]
  --only <regex>     workloads whose name matches; names as in the table, and startup, install
  --rounds <n>       slices of each side (default 15)
  --slice <ms>       length of a slice (default 50)
  --clock <kind>     wall, or cpu: the processes' own time, for a machine that others use too (default wall)
  --threads <n>      libtorch's threads (default 1)
  --device <name>    where tensors are, 'cuda' for one (default the CPU); C++ takes no part then
  --python <path>    an interpreter with torch (default: PYTHON, or python3)
  --memory <steps>   instead of times, resident memory of the training steps, each in a process of its own
  --json <file>      also write every sample there`;

const options = /** @type {const} */ ({
  only: { type: 'string', default: '' },
  rounds: { type: 'string', default: '15' },
  slice: { type: 'string', default: '50' },
  clock: { type: 'string', default: 'wall' },
  threads: { type: 'string', default: '1' },
  device: { type: 'string' },
  python: { type: 'string' },
  memory: { type: 'string' },
  json: { type: 'string' },
  help: { type: 'boolean', default: false },
});

// Where the groups begin in the workers' list.
const firstTraining = 'mlp_sgd';
const firstInference = 'mlp_1';

/**
 * @typedef {import('./rounds.mjs').Settings} Settings
 * @typedef {import('./rounds.mjs').Samples} Samples
 * @typedef {{ samples: Record<string, Samples>, failures: string[] }} Results
 */

/**
 * The sides that have this workload, ours inside `torch.tidy` too.
 * @param {Runner[]} all
 * @param {string} name
 */
async function columnsOf(all, name) {
  const workers = await Promise.all(all.map((runner) => runner.worker()));
  const runners = all.filter((_, i) => workers[i].workloads.includes(name));
  const columns = runners.map((runner) => ({ column: runner.side.name, runner, name }));
  columns.splice(1, 0, { column: 'tidy', runner: runners[0], name: `${name}:tidy` });
  return columns;
}

/** @param {unknown} error */
const messageOf = (error) => (error instanceof Error ? error.message : String(error));

/**
 * @param {import('./sides.mjs').Side[]} sides
 * @param {RegExp} only
 * @param {Settings} settings
 * @returns {Promise<Results>}
 */
async function measureTimes(sides, only, settings) {
  const runners = sides.map((side) => new Runner(side, settings));
  /** @type {Results} */
  const results = { samples: {}, failures: [] };
  const attempt = async (/** @type {string} */ name, /** @type {() => Promise<Samples>} */ body) => {
    process.stderr.write(`${name} `);
    try {
      results.samples[name] = await body();
    } catch (error) {
      results.failures.push(`${name}: ${messageOf(error)}`);
    }
  };
  const { workloads } = await runners[0].worker();
  for (const name of workloads) {
    if (only.test(name)) await attempt(name, async () => measure(await columnsOf(runners, name), settings));
  }
  for (const runner of runners) runner.stop();
  if (only.test('startup')) await attempt('startup', () => measureStartup(sides, settings));
  process.stderr.write('\n');
  return results;
}

/** @param {Record<string, Samples>} samples @param {string[]} workloads */
function timeTable(samples, workloads) {
  const rows = [header];
  const means = new Map();
  const isOperation = (/** @type {string} */ name) => workloads.indexOf(name) < workloads.indexOf(firstTraining);
  for (const ours of ['tsorch', 'tidy']) {
    const ratios = [];
    for (const [name, columns] of Object.entries(samples)) {
      if (columns[ours] === undefined) continue;
      const { cells, python } = row(ours === 'tidy' ? `${name} (tidy)` : name, columns, ours);
      rows.push(cells);
      if (python !== undefined && workloads.includes(name) && isOperation(name)) ratios.push(python);
    }
    if (ratios.length > 0) means.set(ours, geometricMean(ratios));
  }
  const lines = [...means].map(
    ([ours, mean]) => `Operations${ours === 'tidy' ? ' in tidy' : ''}, geometric mean over Python: ${mean.toFixed(2)}`,
  );
  return [markdown(rows), '', ...lines].join('\n');
}

/**
 * @param {import('./sides.mjs').Side[]} sides
 * @param {RegExp} only
 * @param {number} steps
 * @param {Settings} settings
 */
async function memoryTable(sides, only, steps, settings) {
  const runner = new Runner(sides[0], settings);
  const { workloads } = await runner.worker();
  runner.stop();
  const training = workloads.slice(workloads.indexOf(firstTraining), workloads.indexOf(firstInference));
  const rows = [['peak (growth)', ...sides.map((side) => side.name), '/ Python']];
  /** @type {Record<string, unknown>} */
  const json = {};
  for (const name of training.filter((each) => only.test(each))) {
    process.stderr.write(`${name} `);
    /** @type {Record<string, import('./memory.mjs').Memory | undefined>} */
    const memory = {};
    for (const side of sides) memory[side.name] = await measureMemory(side, name, steps, settings);
    const cell = (/** @type {import('./memory.mjs').Memory | undefined} */ m) =>
      m === undefined ? '–' : `${mebibytes(m.peak)} (${mebibytes(m.late - m.early)})`;
    const ratio = memory.tsorch && memory.Python ? (memory.tsorch.peak / memory.Python.peak).toFixed(2) : '–';
    rows.push([name, ...sides.map((side) => cell(memory[side.name])), ratio]);
    json[name] = memory;
  }
  process.stderr.write('\n');
  return { table: markdown(rows), json };
}

function machine() {
  const model = cpus()[0]?.model ?? 'unknown processor';
  return `${cpus().length} cores (${model}), Node ${process.versions.node}`;
}

/** @param {string | undefined} file @param {unknown} value */
function writeJson(file, value) {
  if (file !== undefined) writeFileSync(file, `${JSON.stringify(value, null, 2)}\n`);
}

await script(async () => {
  const { values } = parseArgs({ options });
  if (values.help) return console.log(help);
  if (values.clock !== 'wall' && values.clock !== 'cpu') throw new Error('--clock is wall or cpu');
  const threads = Number(values.threads);
  /** @type {Settings} */
  const settings = {
    rounds: Number(values.rounds),
    slice: Number(values.slice),
    clock: values.clock,
    environment: { OMP_NUM_THREADS: values.threads, MKL_NUM_THREADS: values.threads },
  };
  const only = new RegExp(values.only);
  const { present, absent } = await findSides({ threads, device: values.device, python: values.python });
  for (const side of absent) console.log(`${side.name} is left out: ${side.absent}`);
  if (values.memory !== undefined) {
    const { table, json } = await memoryTable(present, only, Number(values.memory), settings);
    console.log(`${machine()}\n\n${table}`);
    return writeJson(values.json, { machine: machine(), steps: Number(values.memory), memory: json });
  }
  const { samples, failures } = await measureTimes(present, only, settings);
  const runner = new Runner(present[0], settings);
  const { workloads, libtorch } = await runner.worker();
  runner.stop();
  console.log(`${machine()}, libtorch ${libtorch}, ${settings.clock} time, ${threads} thread(s)\n`);
  console.log(timeTable(samples, workloads));
  /** @type {Awaited<ReturnType<typeof measureInstall>> | undefined} */
  let install;
  try {
    if (only.test('install')) install = await measureInstall();
  } catch (error) {
    failures.push(`install: ${messageOf(error)}`); // a machine without npm
  }
  if (install) {
    const { size, unpackedSize } = install;
    console.log(`npm install: ${time(install.time)}; package ${mebibytes(size)}, unpacked ${mebibytes(unpackedSize)}`);
  }
  for (const failure of failures) console.log(`failed: ${failure}`);
  const medians = Object.fromEntries(
    Object.entries(samples).map(([name, columns]) => [
      name,
      Object.fromEntries(Object.entries(columns).map(([column, list]) => [column, summary(list)])),
    ]),
  );
  writeJson(values.json, { machine: machine(), libtorch, ...settings, medians, samples, install });
  if (failures.length > 0) process.exitCode = 1;
});
