/** Packages that only some features use: users install them beside tsorch when they want those. */
import { closeSync, existsSync, openSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Loads an optional package.
 * @throws Error that names the package to install, when it is not there; whatever else fails is told as it is
 */
export function optional<Module>(name: string, user: string): Module {
  return explaining(name, user, () => require(name) as Module);
}

/** Checks that an optional package is there, without loading it. */
export function requireInstalled(name: string, user: string): void {
  explaining(name, user, () => require.resolve(name));
}

function explaining<Result>(name: string, user: string, load: () => Result): Result {
  checkReadable(name);
  try {
    return load();
  } catch (error) {
    throw isMissing(error, name) ? missing(name, user, error) : error;
  }
}

/**
 * Node.js takes a package whose package.json it cannot open for one that is not there, and remembers that: so what
 * keeps it from being opened, such as too many open files, has to come up before.
 */
function checkReadable(name: string): void {
  const manifests = (require.resolve.paths(name) ?? []).map((folder) => join(folder, packageOf(name), 'package.json'));
  const manifest = manifests.find((file) => existsSync(file));
  if (manifest !== undefined) closeSync(openSync(manifest, 'r'));
}

/** The package that a module is in. */
function packageOf(name: string): string {
  return name
    .split('/')
    .slice(0, name.startsWith('@') ? 2 : 1)
    .join('/');
}

/** Whether it is this package that is not found, and not one that it needs itself. */
function isMissing(error: unknown, name: string): boolean {
  const { code, message } = error as NodeJS.ErrnoException;
  return code === 'MODULE_NOT_FOUND' && message.includes(`'${name}'`);
}

function missing(name: string, user: string, cause: unknown): Error {
  const install = packageOf(name);
  return new Error(`${user} needs the package '${install}': npm install ${install}`, { cause });
}
