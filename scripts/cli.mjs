#!/usr/bin/env node
// npx tsorch build | doctor | board: what an installed package can be told to do.
import { parseArgs } from 'node:util';
import { isCheckout, script } from './tools/run.mjs';

const usage = `usage:
  npx tsorch build [--variant cpu|cu126|cu130]   fetches libtorch if need be and compiles the addon
  npx tsorch doctor                              says what is in use and what is missing
  npx tsorch board LOGS [--port N] [--host NAME] [--reload-interval SECONDS] [--samples N]
                                                 shows what SummaryWriter wrote below a folder`;

/** @typedef {{ [name: string]: string | undefined }} Values */

/** @type {Record<string, { arguments: number, options: string[], run: (given: string[], values: Values) => unknown }>} */
const commands = {
  build: { arguments: 0, options: ['variant'], run: (_, { variant }) => build(variant) },
  doctor: { arguments: 0, options: [], run: () => import('./doctor.mjs') },
  board: {
    arguments: 1,
    options: ['port', 'host', 'reload-interval', 'samples'],
    run: async ([folder], values) => (await import('./board.mjs')).board(folder, values),
  },
};

/** @param {string | undefined} variant */
async function build(variant) {
  if (isCheckout) throw new Error('this is a checkout: npm run build');
  const { buildPackage } = await import('./build/package.mjs');
  await buildPackage(variant);
}

await script(async () => {
  const [name, ...rest] = process.argv.slice(2);
  const command = Object.hasOwn(commands, name ?? '') ? commands[name] : undefined;
  if (command === undefined) throw new Error(usage);
  const options = Object.fromEntries(command.options.map((each) => [each, { type: /** @type {const} */ ('string') }]));
  const { positionals, values } = parseArgs({ args: rest, allowPositionals: true, options });
  if (positionals.length !== command.arguments) throw new Error(usage);
  await command.run(positionals, values);
});
