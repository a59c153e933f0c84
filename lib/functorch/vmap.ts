/** Functions of one example, run on a batch. https://docs.pytorch.org/docs/2.13/generated/torch.func.vmap.html */

import { isTensor, requireFunction } from '../arguments/checks';
import { isInteger } from '../arguments/integers';
import { TorchError } from '../base/errors';
import { native } from '../native/addon';
import { call } from '../native/frame';
import { isOptions, typeName } from '../native/kinds';
import { callOperator } from '../operators/operator';
import { get_rng_state, set_rng_state } from '../tensor/generator';
import type { Tensor } from '../tensor/tensor';
import * as signatures from './generated/func';
import { type Randomness, withVmapLayer } from './layers';
import { broadcast, flatten, specText, type TreeSpec, unflatten } from './tree';
import { isBatched } from './wrap';

/** The batch dimension of each argument or result, nested as they are; null for none, one number for all. */
export type Dims = number | null | readonly Dims[] | { readonly [name: string]: Dims };

export type { VmapOptions } from './generated/func';

type AnyFunction = (...args: never[]) => unknown;

/** What a call needs, the options filled in. */
interface Mapping {
  readonly fn: AnyFunction;
  readonly name: string;
  readonly inDims: Dims;
  readonly outDims: Dims;
  readonly randomness: Randomness;
}

/** The arguments of one call, flat, with the dimension of each. */
interface Batch {
  readonly leaves: readonly unknown[];
  readonly dims: readonly (number | null)[];
  readonly spec: TreeSpec;
  readonly size: number;
}

/** Dimensions as Python shows them. */
export function dimsText(dims: unknown): string {
  if (Array.isArray(dims))
    return tupleOf(dims.map((each) => (typeof each === 'string' ? `'${each}'` : dimsText(each))));
  if (!isOptions(dims)) return dims === null ? 'None' : String(dims);
  return `{${Object.entries(dims)
    .map(([key, each]) => `'${key}': ${dimsText(each)}`)
    .join(', ')}}`;
}

function tupleOf(texts: readonly string[]): string {
  return texts.length === 1 ? `(${texts[0]},)` : `(${texts.join(', ')})`;
}

function batchOf(mapping: Mapping, args: readonly unknown[]): Batch {
  const { name, inDims } = mapping;
  const head = `vmap(${name}, in_dims=${dimsText(inDims)}, ...)(<inputs>)`;
  if (!isInteger(inDims) && (inDims === null || typeof inDims !== 'object')) {
    throw new RangeError(
      `${head}: expected \`in_dims\` to be int or a (potentially nested) tuple matching the structure of inputs, got: ${typeName(inDims)}.`,
    );
  }
  if (args.length === 0) {
    throw new RangeError(
      `vmap(${name})(<inputs>): got no inputs. Maybe you forgot to add inputs, or you are trying to vmap over a function with no inputs. The latter is unsupported.`,
    );
  }
  const [leaves, spec] = flatten(args);
  const dims = broadcast(inDims, spec);
  if (dims === undefined) {
    throw new RangeError(
      `${head}: in_dims is not compatible with the structure of \`inputs\`. in_dims has structure ${specText(flatten(inDims)[1])} but inputs has structure ${specText(spec)}.`,
    );
  }
  const places = leaves.map((leaf, i) => inputDim(head, leaf, dims[i]));
  return { leaves, dims: places, spec, size: batchSize(leaves, places) };
}

function inputDim(head: string, leaf: unknown, dim: unknown): number | null {
  if (dim === null) return null;
  if (!isInteger(dim)) {
    throw new RangeError(
      `${head}: Got in_dim=${dim} for an input but in_dim must be either an integer dimension or None.`,
    );
  }
  if (!isTensor(leaf)) {
    throw new RangeError(
      `${head}: Got in_dim=${dim} for an input but the input is of type ${typeName(leaf)}. We cannot vmap over non-Tensor arguments, please use None as the respective in_dim`,
    );
  }
  const place = Number(dim);
  const rank = leaf.dim();
  if (place < -rank || place >= rank) {
    throw new RangeError(
      `${head}: Got in_dim=${dim} for some input, but that input is a Tensor of dimensionality ${rank} so expected in_dim to satisfy -${rank} <= in_dim < ${rank}.`,
    );
  }
  return place < 0 ? place + rank : place;
}

function batchSize(leaves: readonly unknown[], dims: readonly (number | null)[]): number {
  const sizes = leaves.flatMap((leaf, i) => (dims[i] === null ? [] : [(leaf as Tensor).shape[dims[i]!]!]));
  if (sizes.length === 0) throw new RangeError('vmap: Expected at least one Tensor to vmap over');
  if (sizes.some((size) => size !== sizes[0])) {
    throw new RangeError(
      `vmap: Expected all tensors to have the same size in the mapped dimension, got sizes [${sizes.join(', ')}] for the mapped dimension`,
    );
  }
  return sizes[0]!;
}

/** Gives each example its part of the arguments. */
export function addBatchDims(leaves: readonly unknown[], dims: readonly (number | null)[], level: number): unknown[] {
  const mappedOnes = leaves.filter((leaf, i): leaf is Tensor => dims[i] !== null);
  const places = dims.filter((dim) => dim !== null);
  const found = call(native.func_add_batch_dim, mappedOnes, places, level);
  if (found.length === leaves.length) return found;
  let next = 0;
  return leaves.map((leaf, i) => (dims[i] === null ? leaf : found[next++]));
}

function checkResult(name: string, leaf: unknown, dim: unknown): void {
  if (dim === null) {
    if (!isTensor(leaf) || !isBatched(leaf)) return;
    throw new RangeError(`vmap(${name}, ...): \`${name}\` can not return a BatchedTensor when out_dim is None`);
  }
  if (isTensor(leaf)) return;
  throw new RangeError(
    `vmap(${name}, ...): \`${name}\` must only return Tensors, got type ${typeName(leaf)}. Did you mean to set out_dims= to None for output?`,
  );
}

/** The results with a batch dimension again. */
function removeBatchDims(name: string, leaves: readonly unknown[], dims: unknown[], level: number, size: number) {
  leaves.forEach((leaf, i) => {
    checkResult(name, leaf, dims[i]);
  });
  const mappedOnes = leaves.filter((leaf, i): leaf is Tensor => dims[i] !== null);
  const places = dims.filter((dim): dim is number => dim !== null);
  const found = call(native.func_remove_batch_dim, mappedOnes, places, level, size);
  if (found.length === leaves.length) return found;
  let next = 0;
  return leaves.map((leaf, i) => (dims[i] === null ? leaf : found[next++]));
}

function outputDims({ name, outDims }: Mapping, spec: TreeSpec): unknown[] {
  const single = spec.kind === 'leaf' && Array.isArray(outDims) && outDims.length === 1 ? outDims[0] : outDims;
  const dims = broadcast(single, spec);
  if (dims !== undefined) return dims;
  throw new RangeError(
    `vmap(${name}, ..., out_dims=${dimsText(outDims)})(<inputs>): out_dims is not compatible with the structure of \`outputs\`. out_dims has structure ${specText(flatten(outDims)[1])} but outputs has structure ${specText(spec)}.`,
  );
}

/** Runs the function on a whole batch. */
function runBatch(mapping: Mapping, batch: Batch): [leaves: unknown[], spec: TreeSpec, dims: unknown[]] {
  return withVmapLayer(batch.size, mapping.randomness, (level) => {
    const args = unflatten(addBatchDims(batch.leaves, batch.dims, level), batch.spec) as never[];
    const [leaves, spec] = flatten(mapping.fn(...args));
    const dims = outputDims(mapping, spec);
    return [removeBatchDims(mapping.name, leaves, dims, level, batch.size), spec, dims];
  });
}

/** The batch in parts of at most `size` examples. */
function chunksOf(batch: Batch, size: number): Batch[] {
  const ends = Array.from({ length: Math.ceil(batch.size / size) - 1 }, (_, i) => (i + 1) * size);
  const parts = batch.leaves.map((leaf, i) =>
    batch.dims[i] === null ? undefined : callOperator<Tensor[]>('tensor_split.indices', leaf, ends, batch.dims[i]),
  );
  return Array.from({ length: ends.length + 1 }, (_, k) => {
    const leaves = batch.leaves.map((leaf, i) => parts[i]?.[k] ?? leaf);
    return { ...batch, leaves, size: batchSize(leaves, batch.dims) };
  });
}

function runChunks(mapping: Mapping, batch: Batch, size: number): unknown {
  const state = mapping.randomness === 'same' ? get_rng_state() : undefined;
  const results = chunksOf(batch, size).map((chunk) => {
    if (state !== undefined) set_rng_state(state);
    return runBatch(mapping, chunk);
  });
  const [, spec, dims] = results[0]!;
  const joined = dims.map((dim, i) => {
    const parts = results.map(([leaves]) => leaves[i]);
    return dim === null ? parts[0] : callOperator('cat', parts, dim);
  });
  return unflatten(joined, spec);
}

function checkOutDims(name: string, dims: Dims): void {
  for (const leaf of flatten(dims)[0]) {
    if (leaf === null || isInteger(leaf)) continue;
    throw new RangeError(
      `vmap(${name}, ..., out_dims=${dimsText(dims)}): \`out_dims\` must be an int, None or a python collection of ints representing where in the outputs the vmapped dimension should appear.`,
    );
  }
}

const allowed: readonly string[] = ['error', 'different', 'same'];

/** `vmap` with its options in order. */
export function mapped(fn: AnyFunction, options: signatures.VmapOptions): AnyFunction {
  requireFunction('vmap', 'func', fn);
  const { in_dims = 0, out_dims = 0, randomness = 'error', chunk_size = null } = options;
  if (!allowed.includes(randomness)) {
    throw new TorchError(`Only allowed values for randomness are 'error', 'different', or 'same'. Got ${randomness}`);
  }
  if (chunk_size !== null && !(chunk_size > 0)) {
    throw new RangeError(`vmap: chunk_size should be None or greater than 0. (got ${chunk_size})`);
  }
  const name = fn.name || '<lambda>';
  const mapping: Mapping = { fn, name, inDims: in_dims, outDims: out_dims, randomness };
  return (...args: unknown[]) => {
    checkOutDims(name, out_dims);
    const batch = batchOf(mapping, args);
    if (chunk_size !== null && chunk_size < batch.size) return runChunks(mapping, batch, chunk_size);
    const [leaves, spec] = runBatch(mapping, batch);
    return unflatten(leaves, spec);
  };
}

/**
 * Makes a function of one example into a function of a batch, computed at once.
 * https://docs.pytorch.org/docs/2.13/generated/torch.func.vmap.html
 * @throws RangeError for dimensions that do not fit the arguments or results
 */
export function vmap<Fn extends AnyFunction>(
  func: Fn,
  in_dims?: Dims | signatures.VmapOptions,
  out_dims?: Dims | signatures.VmapOptions,
  randomness?: Randomness | signatures.VmapOptions,
  options?: signatures.VmapOptions,
): Fn;
export function vmap<Fn extends AnyFunction>(args: signatures.VmapOptions & { func: Fn }): Fn;
export function vmap(...args: unknown[]): AnyFunction {
  const { func, ...options } = signatures.vmap.read(args);
  return mapped(func, options);
}
