/** Names in archives. */
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, isAbsolute, join, normalize, sep } from 'node:path';

/**
 * Writes a file of an archive, whole or not at all.
 * @throws Error for a name that leads out of the folder, or is none
 */
export function writeEntry(folder: string, name: string, content: Uint8Array): void {
  const inside = normalize(name);
  const leadsOut = isAbsolute(inside) || inside.split(sep).includes('..');
  if (leadsOut || inside === '.' || inside.includes('\0')) throw new Error(`the archive names '${name}'`);
  const path = join(folder, inside);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(`${path}.part`, content);
  renameSync(`${path}.part`, path);
}
