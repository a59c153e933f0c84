// Callables of signatures.json with TypeScript's types.
import { readFileSync } from 'node:fs';
import { typeOf, typeOfDefault, valueOf } from './annotations.mjs';
import { docs } from './docs.mjs';
import { defaults, generics, leftOut, methods, open } from './overrides.mjs';
import { types } from './types.mjs';

/**
 * @typedef {object} Parameter
 * @property {string} name
 * @property {boolean} keyword it has no position
 * @property {string} type
 * @property {string | undefined} value JavaScript of its default; undefined when it must be given
 * @property {string | undefined} doc
 */

/**
 * @typedef {object} Callable
 * @property {string} label Conv2d, mse_loss, Module_apply: its name in the generated file
 * @property {string} errorName what Python's errors call it
 * @property {boolean} isClass
 * @property {string} generics
 * @property {Parameter[]} parameters
 * @property {{ args: boolean, kwargs: boolean } | undefined} more whether it takes *args and **kwargs too
 */

/** mse_loss → MseLoss, Module_apply → ModuleApply, normal_ → Normal_. @param {string} label */
export function typeName(label) {
  const words = label.replace(/_$/, '').split('_');
  return words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('') + (label.endsWith('_') ? '_' : '');
}

/** Looks up `module.Callable.name`, `Callable.name`, patterns of it, `module/name` and `name`, in this order. */
class Lookup {
  /** @param {Record<string, string>} table */
  constructor(table) {
    this.plain = new Map(Object.entries(table));
    this.patterns = Object.entries(table)
      .filter(([key]) => /[*?]/.test(key))
      .map(([key, value]) => ({ regex: patternOf(key), value }));
  }

  /** @param {string} module @param {string} callable @param {string} name */
  find(module, callable, name) {
    const full = `${callable}.${name}`;
    const exact =
      this.plain.get(`${module}.${full}`) ??
      this.plain.get(full) ??
      this.patterns.find(({ regex }) => regex.test(full))?.value;
    return exact ?? this.plain.get(`${module}/${name}`) ?? this.plain.get(name);
  }
}

/** @param {string} key */
function patternOf(key) {
  return new RegExp(`^${key.replaceAll('.', '\\.').replaceAll('*', '\\w*').replaceAll('?', '\\w')}$`);
}

const methodPatterns = methods.map(patternOf);

/** Whether a method reads its arguments by the tables. @param {string} key */
function isMethod(key) {
  return methodPatterns.some((pattern) => pattern.test(key));
}

const typeTable = new Lookup(types);
const docTable = new Lookup(docs);
const defaultTable = new Lookup(defaults);
const genericTable = new Lookup(generics);

const source = JSON.parse(readFileSync(new URL('signatures.json', import.meta.url), 'utf8'));

/** @param {string} module @param {string} callable @param {Record<string, string>} entry */
function parameterOf(module, callable, { name, kind, type: annotation, default: written }) {
  const known = typeTable.find(module, callable, name)?.replace('$Options', `${typeName(callable)}Options`);
  const text = defaultTable.find(module, callable, name) ?? written;
  const value = text === undefined ? undefined : valueOf(text);
  if (text !== undefined && value === undefined) {
    throw new Error(`${module}.${callable}: the default ${text} of ${name} needs an entry in overrides.mjs`);
  }
  const told = known ?? (annotation === undefined ? (typeOfDefault(written) ?? 'unknown') : typeOf(annotation));
  const type = value === 'null' && told !== 'unknown' && !told.includes('null') ? `${told} | null` : told;
  return { name, keyword: kind === 'keyword', type, value, doc: docTable.find(module, callable, name) };
}

/** The names of type parameters that a type speaks of. @param {string} type @param {string} declared */
export function mentions(type, declared) {
  return declared.split(/,(?![^<]*>)/).some((each) => new RegExp(`\\b${each.trim().split(' ')[0]}\\b`).test(type));
}

/**
 * @param {string} module @param {string} label @param {string} errorName @param {boolean} isClass
 * @param {Record<string, string>[]} entries
 * @returns {Callable[]} none for those that only hand their arguments on
 */
function callableOf(module, label, errorName, isClass, entries) {
  const has = (/** @type {string} */ wanted) => entries.some(({ kind }) => kind === wanted);
  const more = has('args') || has('kwargs') ? { args: has('args'), kwargs: has('kwargs') } : undefined;
  if (more !== undefined && !open.includes(`${module}.${errorName}`)) return [];
  const own = entries.filter(({ kind }) => kind !== 'args' && kind !== 'kwargs');
  const parameters = own.map((entry) => parameterOf(module, label, entry));
  const declared = genericTable.find(module, label, '') ?? '';
  const used = parameters.some(({ type }) => mentions(type, declared));
  return [{ label, errorName, isClass, generics: used ? declared : '', parameters, more }];
}

/** The callables of a module, methods of its classes among them. @param {string} module */
export function callablesOf(module) {
  /** @type {Callable[]} */
  const found = [];
  for (const [key, entry] of Object.entries(source)) {
    if (!key.startsWith(`${module}.`) || leftOut.includes(key)) continue;
    const name = key.slice(module.length + 1);
    const [owner, method, deeper] = name.split('.');
    if (deeper !== undefined || (method !== undefined && !isMethod(key))) continue;
    if (method !== undefined) found.push(...callableOf(module, `${owner}_${method}`, name, false, entry.parameters));
    else if (entry.parameters) found.push(...callableOf(module, name, name, false, entry.parameters));
    else if (entry.forward && isMethod(`${key}.forward`)) {
      found.push(...callableOf(module, `${name}_forward`, `${name}.forward`, false, entry.forward));
    }
    if (entry.init) found.push(...callableOf(module, name, `${name}.__init__`, true, entry.init));
    else if (entry.new) found.push(...callableOf(module, name, `${name}.__new__`, true, entry.new));
  }
  return found;
}

/** The names of inputs of a module's classes. @param {string} module */
export function forwardsOf(module) {
  /** @type {Callable[]} */
  const found = [];
  for (const [key, entry] of Object.entries(source)) {
    const name = key.slice(module.length + 1);
    if (!key.startsWith(`${module}.`) || name.includes('.') || !entry.forward || isMethod(`${key}.forward`)) continue;
    found.push(...callableOf(module, name, `${name}.forward`, false, entry.forward));
  }
  return found;
}
