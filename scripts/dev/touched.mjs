// Which tests a change touches, by the names of folders: test/ is laid out as lib/ is. Imports would not tell: nearly every
// test imports the whole package.
import { basename, dirname, join, relative, sep } from 'node:path';
import { root } from '../tools/run.mjs';

const ending = '.test.ts';

/**
 * The compiled tests to run after these files changed: a test itself; for another file the test of its name in the folder
 * of test/ that mirrors its own, or all tests of the nearest such folder.
 * @param {string[]} changed
 * @param {string[]} all every source
 * @returns {string[]}
 */
export function testsOf(changed, all) {
  const tests = all.filter((file) => file.endsWith(ending)).map((file) => relative(root, file));
  const touched = new Set(changed.flatMap((file) => touchedBy(relative(root, file), tests)));
  return [...touched].map((test) => join(root, 'out', test.replace(/ts$/, 'js')));
}

/** @param {string} file @param {string[]} tests @returns {string[]} */
function touchedBy(file, tests) {
  if (file.endsWith(ending)) return [file];
  const mirrored = join('test', ...dirname(file).split(sep).slice(1));
  for (let folder = mirrored; folder !== 'test' && folder !== '.'; folder = dirname(folder)) {
    const inside = tests.filter((test) => test.startsWith(folder + sep));
    const named = inside.filter((test) => basename(test, ending) === basename(file, '.ts'));
    if (named.length > 0) return named;
    if (inside.length > 0) return inside;
  }
  return tests.filter((test) => basename(test, ending) === basename(file, '.ts'));
}
