// From the start of a process to the first tensor printed, and the size of the package.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { capture, root } from '../tools/run.mjs';

/** @param {string[]} command @param {Record<string, string>} environment @returns {Promise<number>} nanoseconds */
function firstOutput([program, ...args], environment) {
  return new Promise((resolve, reject) => {
    const start = process.hrtime.bigint();
    let errors = '';
    let passed = 0;
    const child = spawn(program, args, { cwd: root, env: { ...process.env, ...environment }, stdio: 'pipe' });
    child.stdout.once('data', () => {
      passed = Number(process.hrtime.bigint() - start);
    });
    child.stderr.on('data', (chunk) => {
      errors += chunk;
    });
    child.on('error', reject);
    child.on('close', () => (passed > 0 ? resolve(passed) : reject(new Error(errors.trim() || 'nothing was printed'))));
  });
}

/**
 * @param {import('./sides.mjs').Side[]} sides
 * @param {import('./rounds.mjs').Settings} settings
 * @returns {Promise<import('./rounds.mjs').Samples>}
 */
export async function measureStartup(sides, { rounds, environment }) {
  /** @type {import('./rounds.mjs').Samples} */
  const samples = Object.fromEntries(sides.map(({ name }) => [name, []]));
  for (const side of sides) await firstOutput(side.startup, environment); // fills the file cache
  for (let round = 0; round < Math.min(rounds, 9); round++) {
    for (const { name, startup } of sides) samples[name].push(await firstOutput(startup, environment));
  }
  return samples;
}

/** Packs the package and installs it into an empty project: its sizes in bytes and the time in nanoseconds. */
export async function measureInstall() {
  const folder = mkdtempSync(join(tmpdir(), 'tsorch-pack-'));
  try {
    const packed = await capture('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder]);
    if (packed.status !== 0) throw new Error(`npm pack: ${packed.stderr.trim()}`);
    const [{ filename, size, unpackedSize }] = JSON.parse(packed.stdout);
    writeFileSync(join(folder, 'package.json'), '{ "private": true }');
    const start = process.hrtime.bigint();
    const args = ['install', '--no-audit', '--no-fund', '--ignore-scripts', join(folder, filename)];
    const installed = await capture('npm', args, { cwd: folder });
    if (installed.status !== 0) throw new Error(`npm install: ${installed.stderr.trim()}`);
    return { size, unpackedSize, time: Number(process.hrtime.bigint() - start) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
