/**
 * Copies of the package in one process, each with classes and native state of its own: nested versions, a module registry
 * that jest has reset, a bundle beside the package. What one has made the others cannot use, and say so.
 */
import { join } from 'node:path';

/** A copy of the package. */
interface Copy {
  readonly folder: string;
}

const copyOf = Symbol.for('tsorch.copy'); // the same for all copies
const here: Copy = { folder: join(__dirname, '..', '..') };

/** Marks the objects of a class as those of this copy. */
export function mark(...classes: readonly { readonly prototype: object }[]): void {
  for (const { prototype } of classes) Object.defineProperty(prototype, copyOf, { value: here });
}

/** What to say of an object that another copy has made; undefined for all others. */
export function otherCopy(value: unknown): string | undefined {
  const copy = (value as { [copyOf]?: Copy } | null | undefined)?.[copyOf];
  if (copy === undefined || copy === here) return undefined;
  const where = copy.folder === here.folder ? `loaded again from ${here.folder}` : `${copy.folder}, not ${here.folder}`;
  return `of another copy of tsorch (${where})`;
}
