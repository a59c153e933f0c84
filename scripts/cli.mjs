#!/usr/bin/env node
// npx tsorch build [--variant cpu|cu126|cu130] | doctor: what an installed package can be told to do.
import { parseArgs } from 'node:util';
import { isCheckout, script } from './tools/run.mjs';

const usage = `usage:
  npx tsorch build [--variant cpu|cu126|cu130]   fetches libtorch if need be and compiles the addon
  npx tsorch doctor                              says what is in use and what is missing`;

await script(async () => {
  const { positionals, values } = parseArgs({ allowPositionals: true, options: { variant: { type: 'string' } } });
  const [command] = positionals;
  if (positionals.length !== 1 || !['build', 'doctor'].includes(command)) throw new Error(usage);
  if (command === 'doctor') return await import('./doctor.mjs');
  if (isCheckout) throw new Error('this is a checkout: npm run build');
  const { buildPackage } = await import('./build/package.mjs');
  await buildPackage(values.variant);
});
