// The programs that a build needs: which are there, and what to do about those that are not.
import { capture } from './run.mjs';

/**
 * @typedef {object} Finding
 * @property {string} name
 * @property {string} state    what was found, or what is wrong
 * @property {string} [remedy] what to do; without one all is well
 */

const installHint =
  process.platform === 'darwin'
    ? 'install it: xcode-select --install; brew install cmake ninja'
    : 'install it: apt-get install g++ cmake ninja-build python3-pip, or what your system calls them';

/**
 * A program's first line of `--version`.
 * @param {string} name
 * @param {string[]} programs the first that runs counts
 * @returns {Promise<Finding>}
 */
async function program(name, programs) {
  for (const command of programs) {
    const [file, ...args] = command.split(' ');
    const { status, stdout } = await capture(file, [...args, '--version']);
    if (status === 0) return { name, state: `${stdout.split('\n')[0].trim()} (${command})` };
  }
  return { name, state: `not found (tried ${programs.join(', ')})`, remedy: installHint };
}

/**
 * @param {Finding} finding
 * @param {[number, number]} least
 * @returns {Finding}
 */
export function atLeast(finding, least) {
  const found = finding.state.match(/(\d+)\.(\d+)/);
  if (finding.remedy || !found) return finding;
  const [major, minor] = [Number(found[1]), Number(found[2])];
  if (major > least[0] || (major === least[0] && minor >= least[1])) return finding;
  return { ...finding, remedy: `version ${least.join('.')} or later is needed; ${installHint}` };
}

/** @returns {Promise<Finding[]>} the compiler, CMake, and what CMake runs */
export async function buildTools() {
  const compiler = process.env.CXX ? [process.env.CXX] : ['c++', 'g++', 'clang++'];
  return [
    await program('C++ compiler', compiler),
    atLeast(await program('CMake', ['cmake']), [3, 21]),
    await program('build tool', ['ninja', 'make']),
  ];
}

export const pip = () => program('pip', ['python3 -m pip', 'python -m pip']);

/** @param {Finding} finding */
export function describe({ name, state, remedy }) {
  const line = `${remedy ? '✗' : '✓'} ${name.padEnd(13)} ${state.replaceAll('\n', '\n  ')}`;
  return remedy ? `${line}\n  → ${remedy}` : line;
}
