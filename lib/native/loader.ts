/** Finds and loads the native addon, or explains what was tried and what to do. */
import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { bundled } from '../base/bundled';

const packageRoot = join(__dirname, '..', '..');

/** A place where the addon may be. */
interface Candidate {
  /** A file or a package, for messages. */
  name: string;
  load(): unknown;
}

const file = (name: string): Candidate => ({
  name,
  load() {
    if (!existsSync(name)) throw new Error('no such file');
    return require(name);
  },
});

/** The package with the addon for this machine, as npm names it. */
const platformPackage = `@tsorch/${process.platform}-${process.arch}`;

/** Packages of prebuilt addons that come with this one: a checkout has none, and builds. */
function prebuiltPackages(root: string): string[] {
  const description = join(root, 'package.json');
  if (!existsSync(description)) return [];
  const { optionalDependencies = {} } = JSON.parse(readFileSync(description, 'utf8'));
  return Object.keys(optionalDependencies).filter((name) => name.startsWith('@tsorch/'));
}

/**
 * The addon of the platform's package. libtorch is opened by its path first, since package managers put it anywhere: the
 * addon then finds it open.
 */
const prebuilt = (root: string): Candidate => ({
  name: platformPackage,
  load() {
    const addon = find(createRequire(join(root, 'package.json')), platformPackage);
    const near = createRequire(addon);
    near('./preload.node').open(find(near, platformPackage.replace('/', '/libtorch-')));
    return near(addon);
  },
});

function find(from: NodeJS.Require, name: string): string {
  try {
    return from.resolve(name);
  } catch (error) {
    throw new Error(`${name} is not installed`, { cause: error });
  }
}

/** Where the addon may be, best first. `TSORCH_ADDON` names one file and rules out the others. */
function candidates(root: string, env: NodeJS.ProcessEnv): Candidate[] {
  if (env.TSORCH_ADDON) return [file(env.TSORCH_ADDON)];
  const local = file(join(root, 'build', 'Release', 'tsorch.node'));
  return prebuiltPackages(root).includes(platformPackage) ? [local, prebuilt(root)] : [local];
}

/** The libtorch this package was built with, for the message only: the addon itself has the path built in. */
interface Libtorch {
  path: string;
  text: string;
  /** It is there, as far as one can see, but not for this user. */
  forbidden: boolean;
}

function chosenLibtorch(root: string): Libtorch | undefined {
  const choice = join(root, '.libtorch.json');
  if (!existsSync(choice)) return undefined;
  const { path, version, variant } = JSON.parse(readFileSync(choice, 'utf8'));
  const trouble = whyClosed(join(path, 'lib'));
  const forbidden = trouble === 'EACCES';
  const state = forbidden ? ' (this user may not read it)' : trouble ? ' (this folder no longer exists)' : '';
  return { path, text: `${version} (${variant}) in ${path}${state}`, forbidden };
}

/** The system's code for why a folder cannot be read; undefined if it can. */
function whyClosed(folder: string): string | undefined {
  try {
    accessSync(folder, constants.R_OK | constants.X_OK);
    return undefined;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code;
  }
}

/** What to run: a checkout has npm scripts, an installed package the program `tsorch`. */
function commands(root: string): { build: string; doctor: string } {
  if (existsSync(join(root, 'lib', 'entries', 'index.ts')))
    return { build: '`npm run build` in the package folder', doctor: '`npm run doctor`' };
  const direct = `node ${join(root, 'scripts', 'cli.mjs')}`;
  return { build: `\`npx tsorch build\` in your project, or \`${direct} build\``, doctor: '`npx tsorch doctor`' };
}

/** How the package for this platform comes to be installed, or why there is none. */
function installRemedy(root: string, build: string): string {
  const names = prebuiltPackages(root);
  if (!names.includes(platformPackage)) {
    const platforms = names.map((name) => name.slice('@tsorch/'.length)).join(', ');
    return `There is no prebuilt addon for ${platformPackage.slice('@tsorch/'.length)} (only for ${platforms}). Run ${build}.`;
  }
  return [
    `${platformPackage} brings the addon, as an optional dependency. To have it:`,
    '  - install without --omit=optional, --no-optional, --ignore-optional',
    '  - where node_modules or the lockfile come from another platform, remove them and install anew; or name this one:',
    `    npm install --os=${process.platform} --cpu=${process.arch}; pnpm and yarn: supportedArchitectures`,
    '  - on Linux it needs glibc 2.28 or newer; Alpine has musl instead',
    `Or run ${build}.`,
  ].join('\n');
}

function remedy(root: string, env: NodeJS.ProcessEnv, failures: Map<string, string>, build: string): string {
  const reasons = [...failures.values()].join('\n');
  if (/lib(cu|nv|nccl)\w*\.so.*cannot open/.test(reasons))
    return `NVIDIA's libraries are missing: install them, or set TSORCH_VARIANT=cpu and run ${build}.`;
  if (/lib(torch|c10)\w*[.-].*(cannot open|no such file|not loaded)/i.test(reasons)) {
    const libtorch = chosenLibtorch(root);
    if (libtorch?.forbidden)
      return `This user may not read ${libtorch.path}. Set XDG_CACHE_HOME to a folder that all may read and run ${build}.`;
    return `libtorch was moved or removed since the addon was built. Run ${build}.`;
  }
  if (/undefined symbol|symbol not found/i.test(reasons))
    return `The addon was built against another libtorch. Run ${build}.`;
  if (/GLIBC|GLIBCXX|wrong ELF class|invalid ELF|incompatible architecture/i.test(reasons))
    return `The addon was built on another kind of machine. Remove the folder build/ there and run ${build}.`;
  const mayBePrebuilt = !env.TSORCH_ADDON && prebuiltPackages(root).length > 0;
  return mayBePrebuilt ? installRemedy(root, build) : `Run ${build}.`;
}

/** An addon and where it came from: a file, or the name of a package. */
export interface Loaded<Addon> {
  addon: Addon;
  from: string;
}

/**
 * Finds the addon and loads it.
 * @throws Error naming everything tried, why each failed, the libtorch in use and the remedy.
 */
export function findAddon<Addon>(root = packageRoot, env = process.env): Loaded<Addon> {
  const failures = new Map<string, string>();
  for (const { name, load } of candidates(root, env)) {
    try {
      return { addon: load() as Addon, from: name };
    } catch (error) {
      failures.set(name, error instanceof Error ? error.message : String(error));
    }
  }
  const reason = bundled();
  if (reason !== undefined) throw new Error(reason);
  const tried = [...failures].map(([name, reason]) => `  ${name}: ${reason}`);
  const libtorch = chosenLibtorch(root)?.text ?? 'none chosen yet';
  const { build, doctor } = commands(root);
  throw new Error(
    [
      'tsorch could not load its native addon. Tried:',
      ...tried,
      `Package folder: ${root}`,
      `libtorch: ${libtorch}`,
      `${remedy(root, env, failures, build)} ${doctor} shows what is missing.`,
    ].join('\n'),
  );
}

/** The addon of {@link findAddon}. */
export const loadAddon = <Addon>(root?: string, env?: NodeJS.ProcessEnv): Addon => findAddon<Addon>(root, env).addon;
