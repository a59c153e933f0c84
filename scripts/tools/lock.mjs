// A lock between processes.
import { mkdirSync, rmSync, statSync, utimesSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const heartbeat = 5_000;
const stale = 60_000;

/**
 * Runs `body` while holding the lock named by a folder. Making a folder is atomic on every file system; the holder
 * touches it, so that the lock of a killed process expires.
 * @template T
 * @param {string} folder
 * @param {() => void} onWait called once if someone else holds it
 * @param {() => Promise<T>} body
 */
export async function locked(folder, onWait, body) {
  mkdirSync(dirname(folder), { recursive: true });
  for (let waited = false; !tryMake(folder); waited = true) {
    if (!waited) onWait();
    const touched = statSync(folder, { throwIfNoEntry: false })?.mtimeMs ?? Date.now();
    if (Date.now() - touched > stale) rmSync(folder, { recursive: true, force: true });
    await sleep(500);
  }
  const timer = setInterval(() => utimesSync(folder, new Date(), new Date()), heartbeat);
  try {
    return await body();
  } finally {
    clearInterval(timer);
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @param {string} folder */
function tryMake(folder) {
  try {
    mkdirSync(folder);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}
