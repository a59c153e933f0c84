// Editors show a constructor's comment where a class is made, not the class's own: the declarations get it there too.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const classes = /(\/\*\*(?:(?!\*\/)[\s\S])*\*\/\n)export declare (?:abstract )?class (\w+)[^{]*\{\n([\s\S]*?)^\}/gm;

/** The argument lists that generated signatures declare, when a file reads its arguments by them; a function may have one
 * with type parameters, of the name that a class without a constructor would have (`identity` and `Identity`). */
function argumentLists(/** @type {string} */ path, /** @type {string} */ text) {
  const from = /import (?:type )?\* as signatures from '([^']+)'/.exec(text)?.[1];
  if (from === undefined) return new Set();
  const types = readFileSync(join(dirname(path), `${from}_types.d.ts`), 'utf8');
  return new Set([...types.matchAll(/export type (\w+Args) =/g)].map(([, name]) => name));
}

/** Puts a class's comment before its constructor; one that comes from a base class is declared for it. */
function describe(/** @type {string} */ path) {
  const text = readFileSync(path, 'utf8');
  const lists = argumentLists(path, text);
  const described = text.replace(classes, (all, comment, name, body) => {
    const indented = comment.replace(/^(?=.)/gm, '    ');
    if (/^ {4}(?:protected |private )?constructor\(/m.test(body)) {
      return all.replace(/(?<!\*\/\n)^( {4}constructor\()/m, `${indented}$1`);
    }
    if (!lists.has(`${name}Args`)) return all;
    return all.replace(body, `${indented}    constructor(...args: signatures.${name}Args);\n${body}`);
  });
  if (described !== text) writeFileSync(path, described);
}

/** @param {string} folder */
export function describeConstructors(folder) {
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (name.endsWith('.d.ts') && !name.includes('generated/')) describe(join(folder, name));
  }
}
