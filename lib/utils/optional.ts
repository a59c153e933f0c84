/** Packages that only some features use: users install them beside tsorch when they want those. */

/**
 * Loads an optional package.
 * @throws Error that names the package to install, when it is not there
 */
export function optional<Module>(name: string, user: string): Module {
  try {
    return require(name) as Module;
  } catch (error) {
    throw isMissing(error, name) ? missing(name, user, error) : error;
  }
}

/** Checks that an optional package is there, without loading it. */
export function requireInstalled(name: string, user: string): void {
  try {
    require.resolve(name);
  } catch (error) {
    throw isMissing(error, name) ? missing(name, user, error) : error;
  }
}

/** Whether it is this package that is not found, and not one that it needs itself. */
function isMissing(error: unknown, name: string): boolean {
  const { code, message } = error as NodeJS.ErrnoException;
  return code === 'MODULE_NOT_FOUND' && message.includes(`'${name}'`);
}

function missing(name: string, user: string, cause: unknown): Error {
  const [scope, second] = name.split('/');
  const install = scope!.startsWith('@') ? `${scope}/${second}` : scope;
  return new Error(`${user} needs the package '${install}': npm install ${install}`, { cause });
}
