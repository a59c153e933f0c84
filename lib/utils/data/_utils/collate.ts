/** Samples to batches. https://docs.pytorch.org/docs/2.13/data.html#torch.utils.data.default_collate */

import { isMap } from 'node:util/types';
import { requireList } from '../../../arguments/checks';
import { REQUIRED, Signature } from '../../../arguments/signature';
import { TorchError } from '../../../base/errors';
import { dtypes, layouts } from '../../../base/types';
import { isList, isOptions, typeName } from '../../../native/kinds';
import { callOperator } from '../../../operators/operator';
import { as_tensor, tensor } from '../../../tensor/creation';
import { Tensor } from '../../../tensor/tensor';
import * as signatures from '../../generated/utils_data';

/** What `default_collate` makes of a list of `Sample`s. */
export type Collated<Sample> = Sample extends Tensor | number | bigint | boolean | ArrayBufferView
  ? Tensor
  : Sample extends string
    ? string[]
    : Sample extends ReadonlyMap<infer Key, infer Value>
      ? Map<Key, Collated<Value>>
      : Sample extends object
        ? { -readonly [Name in keyof Sample]: Collated<Sample[Name]> }
        : never;

/** What `default_convert` makes of a sample. */
export type Converted<Sample> = Sample extends ArrayBufferView
  ? Tensor
  : Sample extends Tensor | string | number | bigint | boolean | null | undefined
    ? Sample
    : Sample extends ReadonlyMap<infer Key, infer Value>
      ? Map<Key, Converted<Value>>
      : Sample extends object
        ? { -readonly [Name in keyof Sample]: Converted<Sample[Name]> }
        : Sample;

type Constructor = abstract new (...args: never[]) => object;
type CollateOptions = { collate_fn_map?: CollateMap | null };
/** Makes a batch of samples of one class. */
export type CollateFunction = (batch: never[], options: { collate_fn_map: CollateMap | null }) => unknown;
export type CollateMap = Map<Constructor, CollateFunction>;

function collateTensors(batch: readonly Tensor[]): Tensor {
  const first = batch[0]!;
  const kind = first.is_nested ? 'nested' : first.layout !== layouts.strided && !first.is_mkldnn ? 'sparse' : undefined;
  if (kind !== undefined) {
    throw new TorchError(
      `Batches of ${kind} tensors are not currently supported by the default collate_fn; ` +
        'please provide a custom collate_fn to handle them appropriately.',
    );
  }
  return callOperator('stack', batch, 0);
}

/** How objects of each class are collated; add classes of your own. */
export const default_collate_fn_map: CollateMap = new Map([[Tensor, collateTensors as CollateFunction]]);

/**
 * Whole numbers are indices and labels: int64, as Python's integers. One that is not whole makes all numbers floats:
 * float64 as Python's, unless the first of the batch is an integer for certain, for Python goes by that one.
 */
function collateNumbers(batch: readonly (number | bigint | boolean)[]): Tensor {
  if (batch.every((value) => typeof value === 'boolean')) return tensor(batch);
  const fractions = batch.some((value) => typeof value === 'number' && !Number.isInteger(value));
  if (!fractions) return tensor(batch, { dtype: dtypes.int64 });
  return typeof batch[0] === 'number' ? tensor(batch, { dtype: dtypes.float64 }) : tensor(batch);
}

/** A list keeps its names, if it has any. */
function like<Value>(sample: readonly unknown[], values: Value[]): Value[] {
  return Object.setPrototypeOf(values, Object.getPrototypeOf(sample)) as Value[];
}

/** Every position of the samples becomes a batch. */
function collateLists(batch: readonly (readonly unknown[])[], map: CollateMap | null): unknown[] {
  const first = batch[0]!;
  if (batch.some((each) => each.length !== first.length)) {
    throw new TorchError('each element in list of batch should be of equal size');
  }
  return like(
    first,
    first.map((_, i) =>
      collateAll(
        batch.map((each) => each[i]),
        map,
      ),
    ),
  );
}

function collateMaps(batch: readonly Map<unknown, unknown>[], map: CollateMap | null): Map<unknown, unknown> {
  const keys = [...batch[0]!.keys()];
  return new Map(
    keys.map((key) => [
      key,
      collateAll(
        batch.map((each) => each.get(key)),
        map,
      ),
    ]),
  );
}

function collateRecords(batch: readonly Record<string, unknown>[], map: CollateMap | null): Record<string, unknown> {
  const names = Object.keys(batch[0]!);
  return Object.fromEntries(
    names.map((name) => [
      name,
      collateAll(
        batch.map((each) => field(each, name)),
        map,
      ),
    ]),
  );
}

function field(record: Record<string, unknown>, name: string): unknown {
  if (!Object.hasOwn(record, name)) throw new RangeError(`default_collate: a sample has no key '${name}'`);
  return record[name];
}

function collateAll(batch: unknown[], map: CollateMap | null): unknown {
  requireList('default_collate', 'batch', batch);
  if (batch.length === 0) throw new RangeError('list index out of range');
  const first = batch[0];
  for (const [type, collateType] of map ?? []) {
    if (first instanceof type) return collateType(batch as never[], { collate_fn_map: map });
  }
  if (typeof first === 'number' || typeof first === 'bigint' || typeof first === 'boolean') {
    return collateNumbers(batch as number[]);
  }
  if (typeof first === 'string') return batch;
  if (ArrayBuffer.isView(first))
    return collateAll(
      batch.map((each) => as_tensor(each as ArrayBufferView)),
      map,
    );
  if (isList(first)) return collateLists(batch as unknown[][], map);
  if (isMap(first)) return collateMaps(batch as Map<unknown, unknown>[], map);
  if (isOptions(first)) return collateRecords(batch as Record<string, unknown>[], map);
  throw new TypeError(
    `default_collate: batch must contain tensors, numpy arrays, numbers, dicts or lists; found ${typeName(first)}`,
  );
}

const ofCollate = new Signature<{ batch: unknown[]; collate_fn_map: CollateMap | null }>(
  'collate',
  { batch: REQUIRED, collate_fn_map: null },
  1,
);

/** Collates with functions of one's own for some classes. */
export function collate(...args: [batch: readonly unknown[], options?: CollateOptions]): unknown {
  const { batch, collate_fn_map } = ofCollate.read(args);
  return collateAll(batch, collate_fn_map);
}

/**
 * A batch from a list of samples: tensors are stacked, numbers become a tensor (whole ones int64, others float64),
 * strings stay a list, and lists, plain objects and Maps are collated field by field.
 */
export function default_collate<Sample>(...args: signatures.DefaultCollateArgs<Sample>): Collated<Sample> {
  const [batch] = signatures.default_collate.list(args);
  return collateAll(batch as Sample[], default_collate_fn_map) as Collated<Sample>;
}

/** A sample with its typed arrays made tensors; numbers and strings stay. */
export function default_convert<Sample>(data: Sample): Converted<Sample>;
export function default_convert(data: unknown): unknown {
  if (ArrayBuffer.isView(data)) return as_tensor(data);
  if (isList(data))
    return like(
      data,
      data.map((each) => default_convert(each)),
    );
  if (isMap(data)) return new Map([...data].map(([key, value]) => [key, default_convert(value)]));
  if (!isOptions(data)) return data;
  return Object.fromEntries(Object.entries(data).map(([name, value]) => [name, default_convert(value)]));
}
