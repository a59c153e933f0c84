// Files around tsc: generated tables beside the code that reads them, and no output whose source is gone.
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { root } from '../tools/run.mjs';
import { filesUnder } from '../tools/stamp.mjs';

/** Copies lib/generated/*.json to dist/, when newer. */
export function copyGenerated() {
  const from = join(root, 'lib', 'generated');
  const to = join(root, 'dist', 'generated');
  mkdirSync(to, { recursive: true });
  for (const name of readdirSync(from).filter((file) => file.endsWith('.json'))) {
    const [source, target] = [join(from, name), join(to, name)];
    const age = statSync(target, { throwIfNoEntry: false })?.mtimeMs ?? 0;
    if (age < statSync(source).mtimeMs) copyFileSync(source, target);
  }
}

/** What tsc writes for `export *`: a getter that nobody can add a setter to. */
const getter = 'desc = { enumerable: true, get: function()';

/** Makes the names of `export *` as those of `export { … }` are: lib/base/lazy.ts says why they cannot be replaced. */
export function configurableNames() {
  for (const file of filesUnder(['dist']).filter((name) => name.endsWith('.js'))) {
    const text = readFileSync(file, 'utf8');
    if (!text.includes(getter)) continue;
    writeFileSync(file, text.replaceAll(getter, getter.replace('true,', 'true, configurable: true,')));
  }
}

/**
 * Removes compiled files whose TypeScript is gone: tsc leaves them, and jest would still run them.
 * @param {string} output
 * @param {string} source
 */
export function prune(output, source) {
  for (const file of filesUnder([output]).filter((name) => /\.m?js$/.test(name))) {
    const stem = join(root, source, relative(join(root, output), file)).replace(/\.m?js$/, '');
    if (['.ts', '.mts', '.cts'].some((extension) => existsSync(stem + extension))) continue;
    const compiled = file.replace(/\.m?js$/, '');
    const related = filesUnder([dirname(file)]).filter((name) => name.startsWith(`${compiled}.`));
    for (const orphan of related) rmSync(orphan);
  }
}
