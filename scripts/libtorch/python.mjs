// What Python can give: an installed torch, or pip to download the wheel with the index the user has set up.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pins, platform } from './pins.mjs';

const interpreters = process.platform === 'win32' ? ['python'] : ['python3', 'python'];

/** The folder of an installed Python torch (not imported: that takes seconds). @returns {string | undefined} */
export function installedTorch() {
  const code =
    'import importlib.util as u; s = u.find_spec("torch"); print(s.submodule_search_locations[0] if s else "")';
  for (const python of interpreters) {
    const { status, stdout } = spawnSync(python, ['-c', code], { encoding: 'utf8' });
    if (status === 0 && stdout.trim()) return stdout.trim();
  }
  return undefined;
}

/** @returns {string | undefined} a Python that has pip */
export function pythonWithPip() {
  return interpreters.find((python) => spawnSync(python, ['-m', 'pip', '--version']).status === 0);
}

/**
 * Downloads the pinned wheel; a CUDA one with NVIDIA's libraries, which it finds beside itself.
 * The interpreter's own version does not matter: nothing of the wheel's Python is used.
 * @param {string} variant
 * @param {string} folder
 * @returns {string[]} the wheels' files
 * @throws {Error} with pip's last words
 */
export function pipDownload(variant, folder) {
  const wheel = pins.wheels[platform];
  if (!wheel) throw new Error(`there is no wheel of libtorch for ${platform}`);
  const python = pythonWithPip();
  if (!python) throw new Error(`no pip found (tried ${interpreters.map((name) => `${name} -m pip`).join(', ')})`);
  mkdirSync(folder, { recursive: true });
  const args = ['-m', 'pip', 'download', `torch==${pins.version}+${variant}`, '--dest', folder, '--retries', '2'];
  args.push('--only-binary=:all:', '--implementation', 'cp', '--python-version', wheel.python, '--abi', wheel.abi);
  args.push('--platform', wheel.platform, '--platform', wheel.platform.replace('2_28', '2_27'));
  args.push('--platform', wheel.platform.replace('manylinux_2_28', 'manylinux2014'), '--platform', 'any');
  if (variant === 'cpu') args.push('--no-deps');
  // pip draws its own progress bar on a terminal.
  const watched = process.stdout.isTTY && process.stderr.isTTY;
  const { status, stderr } = spawnSync(python, args, {
    stdio: ['ignore', watched ? process.stderr : 'ignore', 'pipe'],
    encoding: 'utf8',
  });
  if (status !== 0) {
    const last = stderr
      .split('\n')
      .filter((line) => line.startsWith('ERROR'))
      .join('; ');
    throw new Error(
      `${python} -m pip download torch==${pins.version}+${variant} failed: ${last || stderr.slice(-500)}`,
    );
  }
  const wanted = (name) => /^(torch-|nvidia_).*\.whl$/.test(name);
  return readdirSync(folder)
    .filter(wanted)
    .map((name) => join(folder, name));
}
