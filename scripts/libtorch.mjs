// npm run libtorch [-- --variant cpu|cu126|cu130] [--forget]: choose the libtorch of this
// checkout, fetching it if need be, and print its folder.
import { rmSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { choiceFile, readChoice, writeChoice } from './libtorch/choice.mjs';
import { findLibtorch, resolve } from './libtorch/resolve.mjs';
import { script } from './tools/run.mjs';

/**
 * The libtorch of this checkout. Once chosen it stays, until it is gone or something else is asked for.
 * @param {string} [variant]
 */
export const chooseLibtorch = (variant) => choose(variant, resolve);

/** The libtorch of an installed package. @param {string} [variant] */
export const chooseLibtorchAlone = (variant) => choose(variant, findLibtorch);

/**
 * @template {import('./libtorch/resolve.mjs').Found} Chosen
 * @param {string | undefined} variant
 * @param {(wish: import('./libtorch/resolve.mjs').Wish) => Promise<Chosen>} find
 * @returns {Promise<Chosen>}
 */
async function choose(variant = process.env.TSORCH_VARIANT || undefined, find) {
  const known = /** @type {Chosen | undefined} */ (readChoice(variant));
  if (known) return known;
  const say = (/** @type {string} */ message) => console.error(`libtorch: ${message}`);
  const choice = await find({ variant, say });
  writeChoice(choice);
  say(`${choice.version} (${choice.variant}) from ${choice.source}: ${choice.path}`);
  return choice;
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { values } = parseArgs({ options: { variant: { type: 'string' }, forget: { type: 'boolean' } } });
  if (values.forget) rmSync(choiceFile, { force: true });
  await script(async () => {
    console.log((await chooseLibtorch(values.variant)).path);
  });
}
