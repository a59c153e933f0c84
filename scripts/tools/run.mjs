// Child processes, without blocking the event loop (locks are kept alive by a timer).
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The project's folder. */
export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** Whether this is the repository, not the package that a user has installed. */
export const isCheckout = existsSync(join(root, 'lib', 'entries', 'index.ts'));

/**
 * Runs a command with its output shown.
 * @param {string} command
 * @param {string[]} args
 * @param {import('node:child_process').SpawnOptions} [options]
 * @throws {Error} naming the command when it fails
 */
export async function run(command, args, options = {}) {
  const { status, signal } = await finished(spawn(command, args, { cwd: root, stdio: 'inherit', ...options }));
  if (status !== 0) throw new Error(`${[command, ...args].join(' ')} failed (${signal ?? `exit code ${status}`})`);
}

/**
 * Runs the program of an npm package, or a script of ours, by its file.
 * @param {string} file relative to the project's folder or to node_modules
 * @param {string[]} args
 */
export async function node(file, ...args) {
  const path = file.startsWith('scripts/') ? file : join('node_modules', file);
  await run(process.execPath, [path, ...args]);
}

/**
 * Runs a command and gives its output back, failed or not.
 * @param {string} command
 * @param {string[]} args
 * @param {import('node:child_process').SpawnOptions} [options]
 * @returns {Promise<{ status: number | null, stdout: string, stderr: string }>}
 */
export async function capture(command, args, options = {}) {
  const child = spawn(command, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], ...options });
  const output = { stdout: '', stderr: '' };
  child.stdout?.on('data', (chunk) => (output.stdout += chunk));
  child.stderr?.on('data', (chunk) => (output.stderr += chunk));
  try {
    const { status } = await finished(child);
    return { status, ...output };
  } catch (error) {
    return { status: null, stdout: '', stderr: error instanceof Error ? error.message : String(error) };
  }
}

/** @param {import('node:child_process').ChildProcess} child */
function finished(child) {
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (status, signal) => resolve({ status, signal }));
  });
}

/** Runs a script's main function; an error is told in one line and sets the exit code. @param {() => unknown} main */
export async function script(main) {
  try {
    await main();
  } catch (error) {
    console.error(`tsorch: ${error instanceof Error ? error.message : error}`);
    process.exitCode = 1;
  }
}
