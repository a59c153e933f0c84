// Finds the yaml files that describe libtorch's operators.

import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

const PACKAGED = ['torchgen/packaged', '../torchgen/packaged'];

/**
 * @param {string} libtorch the folder with lib/ and include/
 * @param {string} file
 */
function findBeside(libtorch, file) {
  const places = PACKAGED.map((folder) => resolve(libtorch, folder, file));
  const found = places.find((place) => existsSync(place));
  if (!found) throw new Error(`${file} not found; looked in\n${places.map((place) => `  ${place}`).join('\n')}`);
  return found;
}

/**
 * @typedef {{ nativeFunctions: string, deprecated: string, output: string }} Sources
 * @param {string[]} argv
 * @param {string} root the project folder
 * @returns {Sources}
 */
export function parseCommandLine(argv, root) {
  const { values } = parseArgs({
    args: argv,
    options: {
      libtorch: { type: 'string' },
      'native-functions': { type: 'string' },
      deprecated: { type: 'string' },
      output: { type: 'string', default: join(root, 'lib') },
    },
  });
  const { libtorch } = values;
  const source = (/** @type {string | undefined} */ path, /** @type {string} */ file) => {
    if (path) return resolve(path);
    if (libtorch) return findBeside(libtorch, file);
    throw new Error('give --libtorch DIR, or --native-functions FILE and --deprecated FILE');
  };
  return {
    nativeFunctions: source(values['native-functions'], 'ATen/native/native_functions.yaml'),
    deprecated: source(values.deprecated, 'autograd/deprecated.yaml'),
    output: resolve(/** @type {string} */ (values.output)),
  };
}
