/** Which sizes of a program's inputs may change, and example inputs with other sizes. */
import { memoryFormats } from '../../base/types';
import { isOptions } from '../../native/kinds';
import { _torch } from '../../tensor/namespaces';
import type { Tensor } from '../../tensor/tensor';
import { Dim, DimHint } from '../dim';
import { ExportError } from '../errors';
import type { Expression } from '../symbolic';
import type { Tree } from '../tree';
import type { Point } from './formula';

/** What is said of a size: it may change as a Dim says, or it stays (null, or the size itself). */
export type DynamicSize = Dim | DimHint | number | null;

/** Of a tensor: its sizes in order, or by dimension. */
export type DynamicShape = Readonly<Record<number, DynamicSize>> | readonly DynamicSize[] | null;

/** Of an argument that may be a list or an object of tensors. */
export type DynamicShapes = DynamicShape | readonly DynamicShapes[] | { readonly [name: string]: DynamicShapes };

/** A size that follows from a symbol: `times * symbol + plus`. */
export interface Place {
  readonly input: number;
  readonly dim: number;
  readonly times: number;
  readonly plus: number;
}

/** A size that may change, wherever it is among the inputs. */
export interface Free {
  /** The name of its Dim, or its first place: `x.size()[0]`. */
  readonly label: string;
  /** What it is in the example. */
  readonly hint: number;
  readonly min: number;
  readonly max: number;
  /** Named by the user, or of a hint: then it may turn out to be fixed, or one with another. */
  readonly type: 'named' | DimHint['type'];
  readonly places: readonly Place[];
}

/** Sizes of 0 and 1 may mean something else to a model: it is exported for those that do not. */
const LEAST = 2;

/** What is said of each tensor among the leaves, in order. Leaves that are no tensors have none. */
export function shapesOf(tree: Tree, leaves: readonly unknown[], shapes: DynamicShapes, where: string): DynamicShape[] {
  if (tree.isLeaf) return [shapes as DynamicShape];
  if (shapes === null) return leaves.map(() => null);
  const { keys, children } = tree;
  const isList = Array.isArray(shapes);
  if (!isList && !isOptions(shapes))
    throw new ExportError(`${where} should be a list or an object, as its argument is`);
  const stray = isList
    ? shapes.length > children.length
    : Object.keys(shapes).some((key) => !(keys ?? children.map((_, i) => String(i))).includes(key));
  if (stray) throw new ExportError(`${where} has other parts than its argument, ${tree}`);
  let at = 0;
  return children.flatMap((child, i) => {
    const key = keys?.[i] ?? i;
    const own = leaves.slice(at, at + child.leaves);
    at += child.leaves;
    return shapesOf(child, own, (shapes as Record<string | number, DynamicShapes>)[key] ?? null, `${where}[${key}]`);
  });
}

/** The sizes that may change. `names` are those of the tensors. */
export function freeSizes(
  tensors: readonly Tensor[],
  shapes: readonly DynamicShape[],
  names: readonly string[],
): Free[] {
  const found = new Map<string, { size: Dim | DimHint; hint: number; places: Place[] }>();
  shapes.forEach((shape, input) => {
    const x = tensors[input]!;
    for (const [key, size] of Object.entries((shape ?? {}) as Record<string, DynamicSize>)) {
      const dim = Number(key);
      const label = `${names[input]}.size()[${dim}]`;
      if (!Number.isInteger(dim) || dim < 0 || dim >= x.dim())
        throw new ExportError(`${names[input]} has no dimension ${key}`);
      const given = x.size(dim);
      if (!isFree(size, given, label)) continue;
      const [times, plus] = size instanceof Dim ? [size.times, size.plus] : [1, 0];
      const hint = (given - plus) / times;
      const name = size instanceof Dim ? size.root.name : label;
      if (!Number.isInteger(hint)) throw new ExportError(`${label} is ${given} in the example, which is not ${size}`);
      const same = found.get(name);
      if (same === undefined) found.set(name, { size, hint, places: [{ input, dim, times, plus }] });
      else if (same.hint !== hint) {
        throw new ExportError(`the size '${name}' is ${same.hint} and ${hint} in the example, at ${label}`);
      } else same.places.push({ input, dim, times, plus });
    }
  });
  return [...found].map(([label, each]) => freeOf(label, each));
}

function isFree(size: DynamicSize | undefined, given: number, label: string): size is Dim | DimHint {
  if (typeof size === 'number' && size !== given)
    throw new ExportError(`${label} is ${given} in the example, not ${size}`);
  if (size instanceof Dim) return true;
  if (size instanceof DimHint) return size.type === 'DYNAMIC' || (size.type === 'AUTO' && given >= LEAST);
  if (size === null || size === undefined || typeof size === 'number') return false;
  throw new TypeError(`a dynamic size is a Dim, a number or null, at ${label}`);
}

function freeOf(label: string, { size, hint, places }: { size: Dim | DimHint; hint: number; places: Place[] }): Free {
  if (hint < LEAST) {
    throw new ExportError(
      `the size '${label}', which may change, is ${hint} in the example: give one of ${LEAST} and more`,
    );
  }
  if (rootOf(places) === undefined) {
    throw new ExportError(`no input has the size '${label}' itself, which others follow from`);
  }
  if (size instanceof DimHint) return { label, hint, min: 0, max: Infinity, type: size.type, places };
  const { min, max } = size.root;
  if (hint < min || hint > max)
    throw new ExportError(`the size '${label}' is ${hint} in the example, not ${min} to ${max}`);
  return { label, hint, min, max, type: 'named', places };
}

/** The place whose size is the symbol itself. */
export function rootOf(places: readonly Place[]): Place | undefined {
  return places.find(({ times, plus }) => times === 1 && plus === 0);
}

/** The name of each symbol. */
export const symbolName = (i: number) => `s${i}`;

/** As many other values of a size as there are up to a number: near ones, smaller first, since models have longest inputs. */
function othersOf({ hint, min, max }: Free, count: number): number[] {
  const values: number[] = [];
  for (let value = hint - 1; value >= Math.max(min, LEAST) && values.length < count; value--) values.push(value);
  for (let value = hint + 1; value <= max && values.length < count; value++) values.push(value);
  return values;
}

/**
 * Values of all symbols, the example's first: each symbol alone at `count` others, every two together, and all
 * together at the last ones.
 */
export function pointsOf(free: readonly Free[], count: number): Point[] {
  const others = free.map((each) => othersOf(each, count));
  const point = (changed: ReadonlyMap<number, number>): Point =>
    new Map(free.map((each, i) => [symbolName(i), changed.get(i) ?? each.hint]));
  const single = others.flatMap((values, i) => values.map((value) => point(new Map([[i, value]]))));
  const pairs = others.flatMap((values, i) =>
    others.slice(0, i).flatMap((before, k) => {
      const [a, b] = [before[0], values[0]];
      return a === undefined || b === undefined
        ? []
        : [
            point(
              new Map([
                [k, a],
                [i, b],
              ]),
            ),
          ];
    }),
  );
  const last = new Map(others.flatMap((values, i) => (values.length === 0 ? [] : [[i, values.at(-1)!] as const])));
  return [point(new Map()), ...single, ...pairs, ...(last.size > 1 ? [point(last)] : [])];
}

/** The sizes of a tensor as expressions of the symbols. */
export function sizesOf(x: Tensor, input: number, free: readonly Free[]): (number | Expression)[] {
  return x.shape.map((size, dim) => {
    for (const [i, { places }] of free.entries()) {
      const place = places.find((each) => each.input === input && each.dim === dim);
      if (place === undefined) continue;
      const symbol: Expression = { kind: 'symbol', name: symbolName(i) };
      const { times, plus } = place;
      const integer = (value: number): Expression => ({ kind: 'integer', value });
      const multiple: Expression = times === 1 ? symbol : { kind: 'call', name: 'Mul', args: [integer(times), symbol] };
      return plus === 0 ? multiple : { kind: 'call', name: 'Add', args: [multiple, integer(plus)] };
    }
    return size;
  });
}

/** Copies of the tensors with the sizes of a point: rows are left out, or come again. */
export function exampleAt(tensors: readonly Tensor[], free: readonly Free[], point: Point): Tensor[] {
  return tensors.map((x, input) => {
    let other = x.detach();
    free.forEach(({ places }, i) => {
      for (const { dim, times, plus } of places.filter((place) => place.input === input)) {
        const size = times * point.get(symbolName(i))! + plus;
        const rows = _torch.arange(size, { device: x.device }).remainder(x.size(dim));
        other = other.index_select(dim, rows);
      }
    });
    return inOrderOf(x, other).requires_grad_(x.requires_grad);
  });
}

/** A copy whose dimensions lie in memory in the order of `x`. */
function inOrderOf(x: Tensor, values: Tensor): Tensor {
  const strides = x.stride();
  const order = x.shape.map((_, dim) => dim).sort((a, b) => strides[b]! - strides[a]!);
  const inverse = order.map((_, dim) => order.indexOf(dim));
  return values.permute(order).clone({ memory_format: memoryFormats.contiguous_format }).permute(inverse);
}
