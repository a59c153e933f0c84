// npm start [-- example] [options]: runs a compiled example. One is a file in examples/ that exports
//   description: string              one line for --help
//   options?: object                 as util.parseArgs takes, each with a `description`
//   main(values: object): unknown    the program
import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { root, script } from '../tools/run.mjs';

const require = createRequire(import.meta.url);
const folder = join(root, 'out', 'examples');
const defaultExample = 'mnist';

/**
 * @typedef {import('node:util').ParseArgsConfig['options']} Options
 * @typedef {{ description: string, options?: Options, main: (values: object) => unknown }} Example
 */

const names = () =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.js'))
    .map((name) => name.slice(0, -'.js'.length));

/** @param {string} name @returns {Example} */
function load(name) {
  if (!names().includes(name)) throw new Error(`there is no example '${name}': it is one of ${names().join(', ')}`);
  return require(join(folder, `${name}.js`));
}

function help() {
  const lines = ['Usage: npm start -- [example] [options]', ''];
  for (const name of names()) {
    const { description, options = {} } = load(name);
    lines.push(`  ${name}${name === defaultExample ? ' (default)' : ''}: ${description}`);
    for (const [option, config] of Object.entries(options)) lines.push(describe(option, config));
  }
  return lines.join('\n');
}

/**
 * @param {string} name
 * @param {{ type: string, default?: unknown, description?: string }} config
 */
function describe(name, { type, default: value, description = '' }) {
  const flag = `--${name}${type === 'boolean' ? '' : ' <value>'}`;
  return `      ${flag.padEnd(24)} ${description}${value === undefined ? '' : ` (default: ${value})`}`;
}

// Before the addon loads libgomp: threads that spin while they wait take the cores from those that work whenever
// anything else runs on the machine; an example was six times slower then.
process.env.OMP_WAIT_POLICY ??= 'passive';

await script(async () => {
  const args = process.argv.slice(2);
  if (args.includes('--help') || args.includes('-h')) {
    console.log(help());
    return;
  }
  const name = args[0] && !args[0].startsWith('-') ? /** @type {string} */ (args.shift()) : defaultExample;
  const example = load(name);
  const { values } = parseArgs({ args, options: example.options ?? {} });
  await example.main(values);
});
