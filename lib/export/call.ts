/** The arguments of a program as the leaves that its graph takes. */
import { isOptions } from '../native/kinds';
import type { Tree } from './tree';

/**
 * The leaves of the arguments: those by position, and those by name in an object at the end.
 * @throws RangeError for arguments of another structure than the program was exported with
 */
export function leavesOf(structure: Tree, args: readonly unknown[]): unknown[] {
  const [positional, keywords] = structure.children as [Tree, Tree];
  const count = positional.children.length;
  const wanted = keywords.keys ?? [];
  const last = args.at(-1);
  const named = args.length > count && wanted.length > 0 && isOptions(last) ? last : {};
  const names = Object.keys(named);
  if (wanted.length !== names.length || !wanted.every((name) => names.includes(name))) {
    throw new RangeError(
      `Ran into a kwarg keyword mismatch: Got the following keywords [${names.map((name) => `'${name}'`).join(', ')}] ` +
        `but expected [${wanted.map((name) => `'${name}'`).join(', ')}]`,
    );
  }
  const given = names.length > 0 ? args.slice(0, -1) : args;
  return [...positional.flatten(given, 'the arguments'), ...keywords.flatten(named, 'the named arguments')];
}
