// What Python can give: an installed torch, or pip to download the wheel with the index the user has set up.
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { capture } from '../tools/run.mjs';
import { pins, platform } from './pins.mjs';

const interpreters = ['python3', 'python'];
const findTorch =
  'import importlib.util as u; s = u.find_spec("torch"); print(s.submodule_search_locations[0] if s else "")';

/**
 * The folder of an installed Python torch (not imported: that takes seconds).
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<string | undefined>}
 */
export async function installedTorch(env) {
  for (const python of interpreters) {
    const { status, stdout } = await capture(python, ['-c', findTorch], { env });
    if (status === 0 && stdout.trim()) return stdout.trim();
  }
  return undefined;
}

/**
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<string | undefined>} a Python that has pip
 */
export async function pythonWithPip(env) {
  for (const python of interpreters) {
    if ((await capture(python, ['-m', 'pip', '--version'], { env })).status === 0) return python;
  }
  return undefined;
}

/**
 * Downloads the pinned wheel; a CUDA one with the wheels of NVIDIA's libraries, which it looks for beside itself.
 * The interpreter's own version does not matter: nothing of the wheel's Python is used.
 * @param {string} variant
 * @param {string} folder
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<string[]>} the wheels' files
 * @throws {Error} with pip's last words
 */
export async function pipDownload(variant, folder, env) {
  const wheel = pins.wheels[platform];
  if (!wheel) throw new Error(`there is no wheel of libtorch for ${platform}`);
  const python = await pythonWithPip(env);
  if (!python) throw new Error(`no pip found (tried ${interpreters.map((name) => `${name} -m pip`).join(', ')})`);
  mkdirSync(folder, { recursive: true });
  const requirement = `torch==${pins.version}+${variant}`;
  const target = ['--implementation', 'cp', '--python-version', wheel.python, '--abi', wheel.abi];
  for (const name of wheel.platforms) target.push('--platform', name);
  const dependencies = variant === 'cpu' ? ['--no-deps'] : [];
  const options = ['--dest', folder, '--only-binary=:all:', '--retries', '2', ...target, ...dependencies];
  // pip draws its own progress bar on a terminal.
  const stdout = process.stderr.isTTY ? process.stderr : 'ignore';
  const { status, stderr } = await capture(python, ['-m', 'pip', 'download', requirement, ...options], {
    env,
    stdio: ['ignore', stdout, 'pipe'],
  });
  if (status !== 0) throw new Error(`${python} -m pip download ${requirement}: ${pipErrors(stderr)}`);
  return readdirSync(folder)
    .filter((name) => /^(torch-|nvidia_).*\.whl$/.test(name))
    .map((name) => join(folder, name));
}

/** @param {string} stderr */
function pipErrors(stderr) {
  const errors = stderr.split('\n').filter((line) => line.startsWith('ERROR: '));
  return errors.map((line) => line.slice('ERROR: '.length)).join('; ') || stderr.trim().slice(-500);
}
