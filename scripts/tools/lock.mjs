// A lock between processes.
import { mkdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const heartbeat = 5_000;
const stale = 60_000;

/**
 * Runs `body` while holding the lock named by a folder. Making a folder is atomic on every file system; the holder
 * leaves its name there and touches it, so that the lock of a killed process expires.
 * @template T
 * @param {string} folder
 * @param {() => void} onWait called once if someone else holds it
 * @param {() => Promise<T>} body
 */
export async function locked(folder, onWait, body) {
  mkdirSync(dirname(folder), { recursive: true });
  for (let waited = false; !tryMake(folder); waited = true) {
    if (isAbandoned(folder)) {
      rmSync(folder, { recursive: true, force: true });
      continue;
    }
    if (!waited) onWait();
    await sleep(500);
  }
  writeFileSync(join(folder, 'owner'), JSON.stringify({ host: hostname(), pid: process.pid }));
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

/** @param {string} folder */
function isAbandoned(folder) {
  const touched = statSync(folder, { throwIfNoEntry: false })?.mtimeMs ?? Date.now();
  if (Date.now() - touched > stale) return true;
  try {
    const { host, pid } = JSON.parse(readFileSync(join(folder, 'owner'), 'utf8'));
    return host === hostname() && !isRunning(pid);
  } catch {
    return false; // just made, or just released
  }
}

/** @param {number} pid */
function isRunning(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
