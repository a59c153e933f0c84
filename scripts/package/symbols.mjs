// Versions of symbols in ELF files: which an addon asks the system for, and how to ask for old ones.
//
// A linker takes the newest version that the build machine has, so an addon built on Debian 12 does not load on Debian 10.
// Here it links stand-ins of the system's libraries first. They have the same names and, of each symbol, only the newest
// version that libtorch may ask for too; so the addon runs wherever libtorch does. Done by the linker, it holds for all
// optimizations, those across files included.
import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { capture, run } from '../tools/run.mjs';

/**
 * @typedef {object} Symbol
 * @property {string} name
 * @property {string} version  '' without one, else as 'GLIBC_2.28'
 * @property {string} type     FUNC, OBJECT, TLS, ...
 * @property {boolean} defined  here, not asked of another library
 */

/** The dynamic symbols of a library. @param {string} file @returns {Promise<Symbol[]>} */
export async function symbols(file) {
  const { status, stdout, stderr } = await capture('readelf', ['--wide', '--dyn-syms', file]);
  if (status !== 0) throw new Error(`readelf cannot read ${file}: ${stderr.trim()}`);
  const row = /^ +\d+: \w+ +\w+ (\w+) +(?:GLOBAL|WEAK|UNIQUE) +\w+ +(?:\[.*\] +)?(\w+) ([^@\s]+)(?:@{1,2}(\S+))?/gm;
  return [...stdout.matchAll(row)].map(([, type, section, name, version = '']) => ({
    ...{ name, version, type },
    defined: section !== 'UND',
  }));
}

/** 'GLIBC_2.28' as its name and numbers. @param {string} version @returns {[string, number[]]} */
function parse(version) {
  const [, family, numbers] = version.match(/^(\w+?)_([\d.]+)$/) ?? [];
  return family ? [family, numbers.split('.').map(Number)] : ['', []];
}

/** @param {number[]} a @param {number[]} b */
function compare(a, b) {
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference) return difference;
  }
  return 0;
}

/**
 * The newest version of each family (GLIBC, GLIBCXX, CXXABI, GCC) that libraries ask for.
 * @param {string[]} files
 * @returns {Promise<Map<string, string>>} the version by family
 */
export async function newestAsked(files) {
  /** @type {Map<string, string>} */
  const newest = new Map();
  for (const { version, defined } of (await Promise.all(files.map(symbols))).flat()) {
    const [family, numbers] = parse(version);
    if (defined || !family) continue;
    const known = newest.get(family);
    if (!known || compare(numbers, parse(known)[1]) > 0) newest.set(family, version);
  }
  return newest;
}

/** @param {string} version @param {Map<string, string>} limits */
function fits(version, limits) {
  const [family, numbers] = parse(version);
  const limit = limits.get(family);
  return limit !== undefined && compare(numbers, parse(limit)[1]) <= 0;
}

/**
 * What a library asks of the system that is newer than `limits`, or in no version of theirs.
 * @param {string} file
 * @param {Map<string, string>} limits
 * @returns {Promise<string[]>} as 'pow@GLIBC_2.29'
 */
export async function tooNew(file, limits) {
  const asked = (await symbols(file)).filter(({ defined, version }) => !defined && version);
  return asked.filter(({ version }) => !fits(version, limits)).map(({ name, version }) => `${name}@${version}`);
}

/**
 * What no stand-in had, since it is new altogether: it was left without a version.
 * @param {string} file
 * @param {string[]} others  libraries that it links besides
 * @returns {Promise<string[]>}
 */
export async function lostInStandIns(file, others) {
  const names = async (/** @type {string[]} */ files) =>
    new Set((await Promise.all(files.map(symbols))).flat().flatMap(({ name, defined }) => (defined ? [name] : [])));
  const inSystem = await names(await Promise.all(systemLibraries.map((name) => find(name))));
  const inOthers = await names(others);
  const asked = (await symbols(file)).filter(({ defined, version }) => !defined && !version);
  return asked.map(({ name }) => name).filter((name) => inSystem.has(name) && !inOthers.has(name));
}

const systemLibraries = ['libc.so.6', 'libm.so.6', 'libstdc++.so.6', 'libgcc_s.so.1'];

/** @param {string} name @param {string} [compiler] */
async function find(name, compiler = process.env.CXX || 'c++') {
  return (await capture(compiler, [`-print-file-name=${name}`])).stdout.trim();
}

/**
 * Makes stand-ins of the system's libraries.
 * @param {string} folder
 * @param {Map<string, string>} limits
 * @param {string} [compiler]
 * @returns {Promise<string[]>} their files, to be linked before the real ones
 */
export async function makeStandIns(folder, limits, compiler = process.env.CXX || 'c++') {
  mkdirSync(folder, { recursive: true });
  return await Promise.all(
    systemLibraries.map(async (name) =>
      makeStandIn(join(folder, name), await symbols(await find(name, compiler)), limits, compiler),
    ),
  );
}

/**
 * @param {string} file
 * @param {Symbol[]} all
 * @param {Map<string, string>} limits
 * @param {string} compiler
 */
async function makeStandIn(file, all, limits, compiler) {
  /** @type {Map<string, Symbol>} */
  const chosen = new Map();
  for (const symbol of all.filter(({ defined, version }) => defined && fits(version, limits))) {
    const known = chosen.get(symbol.name);
    if (!known || compare(parse(symbol.version)[1], parse(known.version)[1]) > 0) chosen.set(symbol.name, symbol);
  }
  writeFileSync(`${file}.s`, assembly([...chosen.values()]));
  writeFileSync(`${file}.map`, versionScript([...chosen.values()]));
  const options = ['-shared', '-nostdlib', `-Wl,-soname,${basename(file)}`, `-Wl,--version-script,${file}.map`];
  await run(compiler, [...options, '-o', file, `${file}.s`]);
  return file;
}

/** A definition of each symbol, of its type: the linker compares that. @param {Symbol[]} chosen */
function assembly(chosen) {
  const sections = { TLS: '.section .tbss,"awT",%nobits', OBJECT: '.data', FUNC: '.text' };
  const types = { TLS: 'tls_object', OBJECT: 'object', FUNC: 'function' };
  const lines = chosen
    .filter(({ type }) => type !== 'NOTYPE')
    .map(({ name, type }) => {
      const kind = type === 'TLS' || type === 'OBJECT' ? type : 'FUNC';
      return `${sections[kind]}\n.globl ${name}\n.type ${name}, %${types[kind]}\n${name}: .zero 8\n.size ${name}, 8`;
    });
  return `${lines.join('\n')}\n.section .note.GNU-stack,"",%progbits\n`;
}

/** @param {Symbol[]} chosen */
function versionScript(chosen) {
  /** @type {Map<string, Symbol[]>} */
  const nodes = new Map();
  for (const symbol of chosen) nodes.set(symbol.version, [...(nodes.get(symbol.version) ?? []), symbol]);
  return [...nodes]
    .map(([version, members]) => `${version} { ${members.map(({ name }) => `${name};`).join(' ')} };\n`)
    .join('');
}
