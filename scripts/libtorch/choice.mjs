// .libtorch.json: which libtorch this checkout (or installed package) is built with. CMake and the loader's messages read it too.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { resolve as absolute, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isCheckout } from '../tools/run.mjs';
import { libraries } from './inspect.mjs';

export const choiceFile = fileURLToPath(new URL('../../.libtorch.json', import.meta.url));

/**
 * The choice made before, unless it is gone or the environment or caller now asks for another.
 * @param {string} [variant]
 * @returns {import('./resolve.mjs').Choice | undefined}
 */
export function readChoice(variant) {
  if (!existsSync(choiceFile)) return undefined;
  const choice = JSON.parse(readFileSync(choiceFile, 'utf8'));
  if (process.env.LIBTORCH && absolute(process.env.LIBTORCH) !== choice.path) return undefined;
  if (variant && variant !== choice.variant) return undefined;
  const complete = libraries.every((name) => existsSync(join(choice.path, 'lib', name)));
  return complete && (!isCheckout || existsSync(choice.yaml)) ? choice : undefined;
}

/** @param {import('./resolve.mjs').Found} choice */
export function writeChoice(choice) {
  writeFileSync(choiceFile, `${JSON.stringify(choice, null, 2)}\n`);
}
