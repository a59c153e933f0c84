/** Nested arrays and plain objects as flat lists: PyTorch's pytrees. */
import { isList, isOptions } from '../native/kinds';
import { tuplePrototype } from '../operators/named_tuple';

/** The shape of a nested value: what to put the leaves back into. */
export type TreeSpec =
  | { readonly kind: 'leaf' }
  | { readonly kind: 'tuple'; readonly children: readonly TreeSpec[]; readonly prototype?: object }
  | { readonly kind: 'dict'; readonly keys: readonly string[]; readonly children: readonly TreeSpec[] };

const LEAF: TreeSpec = { kind: 'leaf' };

/** The leaves of a value in order, and its shape. */
export function flatten(value: unknown): [leaves: unknown[], spec: TreeSpec] {
  const leaves: unknown[] = [];
  return [leaves, gather(value, leaves)];
}

function gather(value: unknown, leaves: unknown[]): TreeSpec {
  if (isList(value)) {
    const children = Array.from(value, (each) => gather(each, leaves)); // map() would ask a named tuple for a list
    const prototype = tuplePrototype(value);
    return prototype === undefined ? { kind: 'tuple', children } : { kind: 'tuple', children, prototype };
  }
  if (isOptions(value)) {
    const keys = Object.keys(value);
    return { kind: 'dict', keys, children: keys.map((key) => gather(value[key], leaves)) };
  }
  leaves.push(value);
  return LEAF;
}

/** Puts leaves into a shape. */
export function unflatten(leaves: readonly unknown[], spec: TreeSpec): unknown {
  let next = 0;
  const build = (at: TreeSpec): unknown => {
    if (at.kind === 'leaf') return leaves[next++];
    const children = at.children.map(build);
    if (at.kind === 'dict') return Object.fromEntries(at.keys.map((key, i) => [key, children[i]]));
    return at.prototype === undefined ? children : Object.setPrototypeOf(children, at.prototype);
  };
  return build(spec);
}

/** Applies a function to every leaf. */
export function mapLeaves(value: unknown, fn: (leaf: unknown) => unknown): unknown {
  const [leaves, spec] = flatten(value);
  return unflatten(leaves.map(fn), spec);
}

export function sameSpec(a: TreeSpec, b: TreeSpec): boolean {
  if (a.kind === 'leaf' || b.kind === 'leaf') return a.kind === b.kind;
  if (a.kind !== b.kind || a.children.length !== b.children.length) return false;
  if (a.kind === 'dict' && b.kind === 'dict' && a.keys.some((key, i) => key !== b.keys[i])) return false;
  return a.children.every((child, i) => sameSpec(child, b.children[i]!));
}

function leavesIn(spec: TreeSpec): number {
  return spec.kind === 'leaf' ? 1 : spec.children.reduce((sum, child) => sum + leavesIn(child), 0);
}

/** The leaves of `value` spread over a larger shape: `0` for every leaf, `[0, null]` for those of two parts. */
export function broadcast(value: unknown, spec: TreeSpec): unknown[] | undefined {
  const isNode = isList(value) || isOptions(value);
  if (!isNode) return new Array<unknown>(leavesIn(spec)).fill(value);
  if (spec.kind === 'leaf') return undefined;
  const own = isList(value) ? undefined : Object.keys(value);
  if ((own === undefined) !== (spec.kind === 'tuple')) return undefined;
  if (spec.kind === 'dict' && own?.join('\0') !== spec.keys.join('\0')) return undefined;
  const children = isList(value) ? value : Object.values(value as object);
  if (children.length !== spec.children.length) return undefined;
  const parts = children.map((child, i) => broadcast(child, spec.children[i]!));
  return parts.some((part) => part === undefined) ? undefined : parts.flatMap((part) => part!);
}

/** The shape as PyTorch's messages show it. */
export function specText(spec: TreeSpec, indent = 0): string {
  if (spec.kind === 'leaf') return '*';
  const context = spec.kind === 'tuple' ? 'None' : `[${spec.keys.map((key) => `'${key}'`).join(', ')}]`;
  const inner = spec.children.map((child) => specText(child, indent + 2)).join(`,\n${' '.repeat(indent + 2)}`);
  return `TreeSpec(${spec.kind}, ${context}, [${inner}])`;
}

/** The shape on one line: `(*, *)`. */
export function specLine(spec: TreeSpec): string {
  if (spec.kind === 'leaf') return '*';
  const children = spec.children.map(specLine);
  if (spec.kind === 'dict') return `{${spec.keys.map((key, i) => `'${key}': ${children[i]}`).join(', ')}}`;
  return children.length === 1 ? `(${children[0]},)` : `(${children.join(', ')})`;
}
