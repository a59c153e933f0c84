// Knows cheaply whether a build step's inputs changed since it last succeeded: by size and time, without reading them.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { root } from './run.mjs';

const stampFile = join(root, 'out', 'stamps.json');

/** @returns {Record<string, string>} */
const read = () => (existsSync(stampFile) ? JSON.parse(readFileSync(stampFile, 'utf8')) : {});

/** All files under files and folders. @param {string[]} paths @returns {string[]} */
export function filesUnder(paths) {
  return paths
    .map((path) => resolve(root, path))
    .flatMap((path) => {
      const stat = statSync(path, { throwIfNoEntry: false });
      if (!stat?.isDirectory()) return stat ? [path] : [];
      return filesUnder(readdirSync(path).map((name) => join(path, name)));
    })
    .sort();
}

/** @param {string[]} inputs */
function digest(inputs) {
  const hash = createHash('sha256');
  for (const path of filesUnder(inputs)) {
    const { size, mtimeMs } = statSync(path);
    hash.update(`${path} ${size} ${mtimeMs}\n`);
  }
  return hash.digest('hex');
}

/**
 * Runs `build` unless all outputs exist and the inputs (files or folders) are as they were when it last succeeded.
 * @param {string} name
 * @param {{ inputs: string[], outputs: string[] }} files
 * @param {() => unknown} build
 * @returns {Promise<boolean>} whether it ran
 */
export async function whenStale(name, { inputs, outputs }, build) {
  const before = digest(inputs);
  if (read()[name] === before && outputs.every((path) => existsSync(resolve(root, path)))) return false;
  await build();
  mkdirSync(dirname(stampFile), { recursive: true });
  writeFileSync(stampFile, JSON.stringify({ ...read(), [name]: before }, null, 2));
  return true;
}
