/** Finds and loads the native addon, or explains what was tried and what to do. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const packageRoot = join(__dirname, '..', '..');

/** Where the addon may be, best first. `TSORCH_ADDON` names one file and rules out the others. */
export function addonCandidates(root = packageRoot, env = process.env): string[] {
  if (env.TSORCH_ADDON) return [env.TSORCH_ADDON];
  return [join(root, 'build', 'Release', 'tsorch.node')];
}

/** The libtorch this checkout was set up with, for the message only: the addon itself has the path built in. */
function chosenLibtorch(root: string): string | undefined {
  const file = join(root, '.libtorch.json');
  if (!existsSync(file)) return undefined;
  const { path, version, variant } = JSON.parse(readFileSync(file, 'utf8'));
  const state = existsSync(join(path, 'lib')) ? '' : ' (this folder no longer exists)';
  return `${version} (${variant}) in ${path}${state}`;
}

/** What to run: a checkout has npm scripts, an installed package the program `tsorch`. */
function commands(root: string): { build: string; doctor: string } {
  if (existsSync(join(root, 'lib', 'entries', 'index.ts')))
    return { build: '`npm run build` in the package folder', doctor: '`npm run doctor`' };
  const direct = `node ${join(root, 'scripts', 'cli.mjs')}`;
  return { build: `\`npx tsorch build\` in your project, or \`${direct} build\``, doctor: '`npx tsorch doctor`' };
}

function remedy(failures: Map<string, string>, build: string): string {
  const reasons = [...failures.values()].join('\n');
  if (/lib(cu|nv|nccl)\w*\.so.*cannot open/.test(reasons))
    return `NVIDIA's libraries are missing: install them, or set TSORCH_VARIANT=cpu and run ${build}.`;
  if (/lib(torch|c10)\w*[.-].*(cannot open|no such file|not loaded)/i.test(reasons))
    return `libtorch was moved or removed since the addon was built. Run ${build}.`;
  if (/undefined symbol|symbol not found/i.test(reasons))
    return `The addon was built against another libtorch. Run ${build}.`;
  if (/GLIBC|GLIBCXX|wrong ELF class|invalid ELF|incompatible architecture/i.test(reasons))
    return `The addon was built on another kind of machine. Remove the folder build/ there and run ${build}.`;
  return `Run ${build}.`;
}

/**
 * Loads the addon.
 * @throws Error naming every file tried, why each failed, the libtorch in use and the remedy.
 */
export function loadAddon<Addon>(root = packageRoot, env = process.env): Addon {
  const failures = new Map<string, string>();
  for (const file of addonCandidates(root, env)) {
    if (!existsSync(file)) {
      failures.set(file, 'no such file');
      continue;
    }
    try {
      return require(file) as Addon;
    } catch (error) {
      failures.set(file, error instanceof Error ? error.message : String(error));
    }
  }
  const tried = [...failures].map(([file, reason]) => `  ${file}: ${reason}`);
  const libtorch = chosenLibtorch(root) ?? 'none chosen yet';
  const { build, doctor } = commands(root);
  throw new Error(
    [
      'tsorch could not load its native addon. Tried:',
      ...tried,
      `Package folder: ${root}`,
      `libtorch: ${libtorch}`,
      `${remedy(failures, build)} ${doctor} shows what is missing.`,
    ].join('\n'),
  );
}
