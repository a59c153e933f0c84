// The per-user cache that all checkouts share: atomic installs under a lock.
import { existsSync, mkdirSync, renameSync, rmSync, statSync, utimesSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const heartbeat = 5_000;
const stale = 60_000;

/** @param {NodeJS.ProcessEnv} env */
export function cacheFolder(env = process.env) {
  return join(env.XDG_CACHE_HOME || join(env.HOME || homedir(), '.cache'), 'tsorch');
}

/**
 * Runs `make(temporaryFolder)` and renames its result to `target`, unless another process does so first.
 * @param {string} target
 * @param {(folder: string) => Promise<void>} make
 * @param {(message: string) => void} say
 */
export async function installOnce(target, make, say) {
  mkdirSync(join(target, '..'), { recursive: true });
  const unlock = await lock(`${target}.lock`, () => say(`another process is installing ${target}; waiting for it`));
  const temporary = `${target}.tmp-${process.pid}`;
  try {
    if (existsSync(target)) return;
    await make(temporary);
    renameSync(temporary, target);
  } finally {
    rmSync(temporary, { recursive: true, force: true });
    unlock();
  }
}

// A folder is made atomically on every file system; its owner touches it, so a lock left by a killed process expires.
async function lock(folder, onWait) {
  for (let waited = false; !tryMake(folder); waited = true) {
    if (!waited) onWait();
    const age = Date.now() - (statSync(folder, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
    if (age > stale) rmSync(folder, { recursive: true, force: true });
    await sleep(500);
  }
  const timer = setInterval(() => utimesSync(folder, new Date(), new Date()), heartbeat);
  return () => {
    clearInterval(timer);
    rmSync(folder, { recursive: true, force: true });
  };
}

function tryMake(folder) {
  try {
    mkdirSync(folder);
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
}
