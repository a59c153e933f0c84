#!/usr/bin/env node
// npx tsorch build | doctor | board | profile | run: what an installed package can be told to do.
import { parseArgs } from 'node:util';
import { isCheckout, script } from './tools/run.mjs';

const usage = `usage:
  npx tsorch build [--variant cpu|cu126|cu130]   fetches libtorch if need be and compiles the addon
  npx tsorch doctor                              says what is in use and what is missing
  npx tsorch board LOGS [--port N] [--host NAME] [--reload-interval SECONDS] [--samples N]
                                                 shows what SummaryWriter wrote below a folder
  npx tsorch profile [options] script.js [args]  runs a program and says where the time went
  npx tsorch run [options] PROGRAM               starts a program in several processes, as torchrun does`;

/** @type {Record<string, (args: string[]) => unknown>} */
const commands = {
  async build(args) {
    const { variant } = parsed(args, 0, ['variant']).values;
    if (isCheckout) throw new Error('this is a checkout: npm run build');
    const { buildPackage } = await import('./build/package.mjs');
    await buildPackage(variant);
  },
  async doctor(args) {
    parsed(args, 0, []);
    await import('./doctor.mjs');
  },
  async board(args) {
    const { positionals, values } = parsed(args, 1, ['port', 'host', 'reload-interval', 'samples']);
    const { board } = await import('./board.mjs');
    await board(positionals[0], values);
  },
  async profile(args) {
    const { profile } = await import('./profile/index.mjs');
    await profile(args);
  },
  async run(args) {
    const { runJob } = await import('./run/index.mjs');
    await runJob(args);
  },
};

/**
 * Options with a text each, beside so many arguments.
 * @param {string[]} args
 * @param {number} count
 * @param {string[]} names
 */
function parsed(args, count, names) {
  const options = Object.fromEntries(names.map((name) => [name, { type: /** @type {const} */ ('string') }]));
  const { positionals, values } = parseArgs({ args, allowPositionals: true, options });
  if (positionals.length !== count) throw new Error(usage);
  return { positionals, values: /** @type {Record<string, string | undefined>} */ (values) };
}

await script(async () => {
  const [name, ...args] = process.argv.slice(2);
  const command = Object.hasOwn(commands, name ?? '') ? commands[name] : undefined;
  if (command === undefined) throw new Error(usage);
  await command(args);
});
