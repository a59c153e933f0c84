// What a folder holds: is it a libtorch, which version, for which devices.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pins } from './pins.mjs';

/**
 * @typedef {object} Libtorch
 * @property {string} path     folder with lib/ and include/
 * @property {string} version  as in its headers, '2.13.0'
 * @property {string} variant  'cpu', 'cu126', 'cu130', ...
 */

const library = (/** @type {string} */ name) => (process.platform === 'darwin' ? `lib${name}.dylib` : `lib${name}.so`);
export const libraries = ['torch', 'torch_cpu', 'c10'].map(library);

/**
 * Reads a libtorch folder.
 * @param {string} path
 * @returns {Libtorch}
 * @throws {Error} saying what is missing or unsupported
 */
export function inspect(path) {
  for (const name of libraries) {
    if (!existsSync(join(path, 'lib', name))) throw new Error(`${path} is not a libtorch: no lib/${name}`);
  }
  const version = headerVersion(path);
  if (!isSupported(version)) {
    const { min, max } = pins.supported;
    throw new Error(`libtorch ${version} in ${path} is not supported (need ${min} to ${max})`);
  }
  return { path, version, variant: variantOf(path) };
}

/** @param {string} path */
function headerVersion(path) {
  const headers = ['include/torch/headeronly/version.h', 'include/torch/csrc/api/include/torch/version.h'];
  for (const header of headers.map((name) => join(path, name))) {
    if (!existsSync(header)) continue;
    const text = readFileSync(header, 'utf8');
    const parts = ['MAJOR', 'MINOR', 'PATCH'].map((part) => text.match(`#define TORCH_VERSION_${part} (\\d+)`)?.[1]);
    if (parts.every(Boolean)) return parts.join('.');
  }
  throw new Error(`${path} is not a libtorch: no version in ${headers[0]}`);
}

/** @param {string} version */
export function isSupported(version) {
  const minor = (/** @type {string} */ text) => Number(text.split('.')[0]) * 1000 + Number(text.split('.')[1]);
  return minor(version) >= minor(pins.supported.min) && minor(version) <= minor(pins.supported.max);
}

// The official archive writes '2.13.0+cu130' to build-version, the wheel to version.py.
/** @param {string} path */
function variantOf(path) {
  if (!existsSync(join(path, 'lib', library('torch_cuda')))) return 'cpu';
  for (const name of ['build-version', 'version.py']) {
    const file = join(path, name);
    const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
    const tag = text.match(/\+(cu\d+)/)?.[1] ?? text.match(/^cuda[^=]*= *'(\d+\.\d+)'/m)?.[1];
    if (tag) return tag.startsWith('cu') ? tag : `cu${tag.replace('.', '')}`;
  }
  return 'cuda';
}
