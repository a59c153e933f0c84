// The per-user cache that all checkouts share: atomic installs under a lock.
import { accessSync, constants, existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { locked } from '../tools/lock.mjs';

/** @param {NodeJS.ProcessEnv} env */
export function cacheFolder(env = process.env) {
  return join(env.XDG_CACHE_HOME || join(env.HOME || homedir(), '.cache'), 'tsorch');
}

/**
 * Runs `make(temporaryFolder)` and renames its result to `target`, unless another process did so first.
 * @param {string} target
 * @param {(message: string) => void} say
 * @param {(folder: string) => Promise<void>} make
 */
export async function installOnce(target, say, make) {
  makeFolder(dirname(target));
  const temporary = `${target}.tmp-${process.pid}`;
  const onWait = () => say(`another process is installing ${target}; waiting for it`);
  await locked(`${target}.lock`, onWait, async () => {
    if (existsSync(target)) return;
    removeLeftovers(target);
    try {
      await make(temporary);
      renameSync(temporary, target);
    } finally {
      rmSync(temporary, { recursive: true, force: true });
    }
  });
}

/** @param {string} folder */
function makeFolder(folder) {
  try {
    mkdirSync(folder, { recursive: true });
    accessSync(folder, constants.W_OK);
  } catch (cause) {
    const { code } = /** @type {NodeJS.ErrnoException} */ (cause);
    throw new Error(`${folder} cannot be written (${code}): set XDG_CACHE_HOME to a folder that can be`, { cause });
  }
}

// Half-made copies of processes that were killed; nobody else works on them while we hold the lock.
/** @param {string} target */
function removeLeftovers(target) {
  for (const name of readdirSync(dirname(target))) {
    if (name.startsWith(`${basename(target)}.tmp-`)) rmSync(join(dirname(target), name), { recursive: true });
  }
}
