/** Which sizes may change, and what follows from them. */
import { isTensor } from '../arguments/checks';
import { isOptions } from '../native/kinds';
import { _torch } from '../tensor/namespaces';
import type { Tensor } from '../tensor/tensor';
import { OnnxExporterError } from './errors';

/**
 * What a model is called with: tensors, in arrays and plain objects too. Numbers, flags and texts are for programs of
 * TorchScript, and become constants.
 */
export type Example = Tensor | number | boolean | string | readonly Example[] | { readonly [name: string]: Example };

/** A size that may change: its name, and where it is first seen among the inputs. */
export interface Dimension {
  readonly name: string;
  /** Of the tensor among all tensors that go in. */
  readonly input: number;
  readonly dim: number;
  /** In the example, and in the second one that shows what changes with it. */
  readonly sizes: readonly [first: number, second: number];
}

/** The dimensions of each tensor that may change, with their names. */
export type DynamicSizes = readonly Readonly<Record<number, string>>[];

/** All tensors of an example, in order. */
export function tensorsOf(example: unknown): Tensor[] {
  if (isTensor(example)) return [example];
  if (Array.isArray(example)) return example.flatMap(tensorsOf);
  return isOptions(example) ? Object.values(example).flatMap(tensorsOf) : [];
}

/** The same with other tensors. */
export function withTensors(example: unknown, tensors: Iterator<Tensor>): unknown {
  if (isTensor(example)) return tensors.next().value;
  if (Array.isArray(example)) return example.map((each) => withTensors(each, tensors));
  if (!isOptions(example)) return example;
  return Object.fromEntries(Object.entries(example).map(([name, each]) => [name, withTensors(each, tensors)]));
}

/** Another size, each dimension by another difference; smaller ones where there is room: models have longest inputs. */
function otherSize(size: number, at: number): number {
  const difference = 2 * at + 1;
  return size > 2 * difference + 1 ? size - difference : size + difference;
}

/** The dimensions that may change, each name once. @throws OnnxExporterError where one name has two sizes */
export function dimensionsOf(tensors: readonly Tensor[], dynamic: DynamicSizes): Dimension[] {
  const found = new Map<string, Dimension>();
  dynamic.forEach((names, input) => {
    for (const [key, name] of Object.entries(names)) {
      const rank = tensors[input]!.dim();
      const dim = Number(key) < 0 ? Number(key) + rank : Number(key);
      if (!(dim < rank))
        throw new OnnxExporterError(`input ${input} has no dimension ${key}, which is said to be dynamic`);
      const size = tensors[input]!.size(dim);
      const same = found.get(name);
      if (same === undefined) found.set(name, { name, input, dim, sizes: [size, otherSize(size, found.size)] });
      else if (same.sizes[0] !== size) {
        throw new OnnxExporterError(`the dynamic size '${name}' is ${same.sizes[0]} and ${size} in the example`);
      }
    }
  });
  return [...found.values()];
}

/** The example with the second sizes: rows are left out, or come again. */
export function secondExample(
  tensors: readonly Tensor[],
  dynamic: DynamicSizes,
  dimensions: readonly Dimension[],
): Tensor[] {
  return tensors.map((x, input) => {
    let other = x;
    for (const [key, name] of Object.entries(dynamic[input] ?? {})) {
      const [first, second] = dimensions.find((each) => each.name === name)!.sizes;
      other = other.index_select(Number(key), _torch.arange(second, { device: x.device }).remainder(first));
    }
    return other;
  });
}

/** How a number that changed follows from the sizes that changed. */
export type Formula =
  | { readonly kind: 'size'; readonly of: Dimension; readonly times: number; readonly plus: number }
  | { readonly kind: 'product' | 'sum'; readonly of: readonly [Dimension, Dimension]; readonly times: number };

/** The formula of a number that was `first` and then `second`; undefined when none is found. */
export function formulaOf(first: number, second: number, all: readonly Dimension[]): Formula | undefined {
  const fits = (values: readonly [number, number], times: number, plus: number) =>
    values[0] * times + plus === first && values[1] * times + plus === second;
  for (const of of all)
    if (fits(of.sizes, 1, first - of.sizes[0])) return { kind: 'size', of, times: 1, plus: first - of.sizes[0] };
  for (const of of all) {
    const times = first / of.sizes[0];
    if (Number.isInteger(times) && fits(of.sizes, times, 0)) return { kind: 'size', of, times, plus: 0 };
  }
  const pairs = all.flatMap((a, i) => all.slice(i).map((b) => [a, b] as const));
  for (const of of pairs) {
    const [a, b] = of;
    const product = [a.sizes[0] * b.sizes[0], a.sizes[1] * b.sizes[1]] as const;
    const times = first / product[0];
    if (Number.isInteger(times) && fits(product, times, 0)) return { kind: 'product', of, times };
    const sum = [a.sizes[0] + b.sizes[0], a.sizes[1] + b.sizes[1]] as const;
    if (a !== b && fits(sum, 1, 0)) return { kind: 'sum', of, times: 1 };
  }
  return undefined;
}
