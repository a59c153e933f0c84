// Editors show the comment of a constructor where a class is made, and of a function where one is called, not those of the
// class or of the constant that holds the function: the declarations get them there too. What begins with an underscore and is
// marked @internal is protected in their classes: completion leaves it out, and subclasses may still write it anew.
// Interfaces go without it.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const classes =
  /(\/\*\*(?:(?!\*\/)[\s\S])*\*\/\n)export declare (?:abstract )?class (\w+)((?:(?! \{\n)[\s\S])*) \{\n([\s\S]*?)^\}$/gm;
const constants = /(\*\/\n)export declare const (\w+): (?=[<(])(.*);$/gm;
const constructors = /^ {4}(?:protected |private )?constructor\(/m;

/** The argument lists that generated signatures declare, when a file reads its arguments by them; a function may have one
 * with type parameters, of the name that a class without a constructor would have (`identity` and `Identity`). */
function argumentLists(/** @type {string} */ path, /** @type {string} */ text) {
  const from = /import (?:type )?\* as signatures from '([^']+)'/.exec(text)?.[1];
  if (from === undefined) return new Set();
  const types = readFileSync(join(dirname(path), `${from}_types.d.ts`), 'utf8');
  return new Set([...types.matchAll(/export type (\w+Args) =/g)].map(([, name]) => name));
}

/** The constructor that a class takes from its base, when that is declared in the same file or is an error. */
function inherited(/** @type {string} */ text, /** @type {string} */ heritage) {
  const own = heritage.startsWith('<') ? closing(heritage, 0) + 1 : 0;
  const [, base, generic] = /^ extends ([\w.]+)(<?)/.exec(heritage.slice(own)) ?? [];
  if (base === undefined) return '    constructor();\n';
  if (/^(Range|Torch|globalThis\.)?Error$/.test(base)) {
    return '    constructor(message?: string, options?: ErrorOptions);\n';
  }
  if (generic !== '') return undefined;
  const found = new RegExp(
    `^(?:export )?declare (?:abstract )?class ${base}(?: [^{]*)?\\{\n([\\s\\S]*?)^\\}`,
    'm',
  ).exec(text);
  return /^ {4}constructor\([\s\S]*?\);\n/m.exec(found?.[1] ?? '')?.[0];
}

/** Puts a class's comment before its constructor; one that comes from a base class is declared for it. */
function describeClasses(/** @type {string} */ path, /** @type {string} */ text) {
  const lists = argumentLists(path, text);
  return text.replace(classes, (all, comment, name, heritage, body) => {
    const indented = comment.replace(/^(?=.)/gm, '    ');
    if (constructors.test(body)) {
      return all.replace(/(?:^ {4}\/\*\* @internal \*\/\n|(?<!\*\/\n))^( {4}constructor\()/m, `${indented}$1`);
    }
    const own = lists.has(`${name}Args`)
      ? `    constructor(...args: signatures.${name}Args);\n`
      : inherited(text, heritage);
    return own === undefined ? all : `${all.slice(0, -1 - body.length)}${indented}${own}${body}}`;
  });
}

/** Where the parenthesis that opens at a place closes. */
function closing(/** @type {string} */ text, /** @type {number} */ start) {
  let depth = 0;
  for (let i = start; i < text.length; i++) {
    if ('([{<'.includes(text.charAt(i))) depth++;
    else if (')]}'.includes(text.charAt(i)) || (text[i] === '>' && text[i - 1] !== '=')) depth--;
    if (depth === 0) return i;
  }
  return -1;
}

/** Declares constants that are functions as functions. */
function describeFunctions(/** @type {string} */ text) {
  return text.replace(constants, (all, comment, name, type) => {
    const generics = type.startsWith('<') ? closing(type, 0) + 1 : 0;
    const end = closing(type, generics) + 1;
    if (type[generics] !== '(' || !type.startsWith(' => ', end)) return all;
    return `${comment}export declare function ${name}${type.slice(0, end)}: ${type.slice(end + 4)};`;
  });
}

const classBodies = /^(?:export )?declare (?:abstract )?class [\s\S]*?^\}$/gm;
const interfaceBodies = /^(?:export )?(?:declare )?interface [\s\S]*?^\}$/gm;
// Read in the sources: declarations that were described in an earlier build say it no longer.
const internalMember =
  /^ {2}\/\*\* @internal[^\n]*\*\/\n {2}(?:(?:declare|static|override|abstract|readonly|async|get|set) )*(_\w+)/gm;
const openMember = /^ {4}((?:(?:static|abstract|readonly|get|set) )*(_\w+)[(:<?;])/gm;

/** @param {string} text @param {ReadonlySet<string>} names */
function hideInternal(text, names) {
  return text
    .replace(classBodies, (body) =>
      body.replace(openMember, (all, member, name) => (names.has(name) ? `    protected ${member}` : all)),
    )
    .replace(interfaceBodies, (body) => body.replace(/^ {4}\/\*\* @internal[^\n]*\*\/\n {4}_\w+[^\n]*;\n/gm, ''));
}

/** @param {string} folder @param {string} ending */
function filesOf(folder, ending) {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(ending) && !name.includes('generated/'))
    .map((name) => join(folder, name));
}

/** @param {string} folder @param {string} sources */
export function describeDeclarations(folder, sources) {
  const internal = new Set(
    filesOf(sources, '.ts').flatMap((path) =>
      [...readFileSync(path, 'utf8').matchAll(internalMember)].map(([, name]) => name),
    ),
  );
  for (const path of filesOf(folder, '.d.ts')) {
    const text = readFileSync(path, 'utf8');
    const described = hideInternal(describeFunctions(describeClasses(path, text)), internal);
    if (described !== text) writeFileSync(path, described);
  }
}
