// What native code and TypeScript have in common, checked as text.
import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { root } from '../tools/run.mjs';
import { filesUnder } from '../tools/stamp.mjs';

const read = (/** @type {string} */ file) => readFileSync(join(root, file), 'utf8');

/** @param {string[]} problems */
function report(problems) {
  if (problems.length) throw new Error(problems.join('\n'));
}

/**
 * Compares how often each file names functions and types of Node-API with the list in docs/architecture.md.
 * @param {string[]} sources
 */
export async function checkNodeApi(sources) {
  const rows = read('docs/architecture.md').matchAll(/^\| `(native\/\S+)` \| (\d+) \|/gm);
  const listed = new Map([...rows].map(([, file, uses]) => [file, Number(uses)]));
  const found = new Map(
    sources.map((file) => {
      const code = readFileSync(file, 'utf8').replaceAll(/\/\/.*/g, '');
      return [relative(root, file), code.match(/\bnapi_\w+/g)?.length ?? 0];
    }),
  );
  const files = new Set([...listed.keys(), ...found.keys()]);
  report(
    [...files]
      .filter((file) => (listed.get(file) ?? 0) !== (found.get(file) ?? 0))
      .map(
        (file) =>
          `${file} names Node-API ${found.get(file) ?? 0} times, docs/architecture.md says ${listed.get(file) ?? 0}`,
      ),
  );
}

/** Native functions that nothing calls. */
export async function checkNativeFunctions() {
  const list = 'lib/native/functions.ts';
  const names = [...read(list).matchAll(/^ {2}([a-z][a-z0-9_]*)\(/gm)].map(([, name]) => name);
  const code = filesUnder(['lib'])
    .filter((file) => file.endsWith('.ts'))
    .map((file) => readFileSync(file, 'utf8'))
    .join('\n');
  const used = new Set([...code.matchAll(/\bnative\.([a-z][a-z0-9_]*)/g)].map(([, name]) => name));
  report(names.filter((name) => !used.has(name)).map((name) => `${list}: nothing calls ${name}`));
}
