/** What each value is in Python, for the pickler. */

import { isMap, isSet } from 'node:util/types';
import { NotImplementedError, TorchError } from '../base/errors';
import { Complex, Device, DType, Layout, layouts } from '../base/types';
import { native } from '../native/addon';
import { call } from '../native/frame';
import { isOptions } from '../native/kinds';
import { Parameter } from '../nn/parameter';
import { Call, Dict, Float, Global, Persistent, Tuple } from '../pickle/values';
import { Tensor } from '../tensor/tensor';
import { storageGlobal } from './storages';

const globals = {
  OrderedDict: new Global('collections', 'OrderedDict'),
  tensor: new Global('torch._utils', '_rebuild_tensor_v2'),
  tensorWithDType: new Global('torch._utils', '_rebuild_tensor_v3'),
  parameter: new Global('torch._utils', '_rebuild_parameter'),
  sparse: new Global('torch._utils', '_rebuild_sparse_tensor'),
  meta: new Global('torch._utils', '_rebuild_meta_tensor_no_storage'),
  size: new Global('torch', 'Size'),
  device: new Global('torch', 'device'),
  layout: new Global('torch.serialization', '_get_layout'),
  complex: new Global('__builtin__', 'complex'),
  set: new Global('__builtin__', 'set'),
  encode: new Global('_codecs', 'encode'),
};

/** A key that an array could have; Python's optimizers number their parameters. */
function isPosition(key: string): boolean {
  return /^(0|[1-9]\d{0,9})$/.test(key);
}

/** A state_dict is an OrderedDict with what its modules say about it. */
function describeRecord(record: Record<string, unknown>): unknown {
  const metadata = (record as { _metadata?: object })._metadata;
  if (metadata !== undefined && !Object.prototype.propertyIsEnumerable.call(record, '_metadata')) {
    const entries = Object.entries(metadata).map(([path, each]) => [path, each] as const);
    const state = new Dict([['_metadata', new Call(globals.OrderedDict, [], entries)]]);
    return new Call(globals.OrderedDict, [], Object.entries(record), state);
  }
  const keys = Object.keys(record);
  const numbered = keys.every(isPosition);
  return new Dict(keys.map((key) => [numbered ? Number(key) : key, record[key]]));
}

/** The storages of one file, in the order they were met. */
export class Storages {
  /** A tensor over each. */
  readonly list: Tensor[] = [];
  private readonly keys = new Map<number, string>();
  private readonly dtypes = new Map<number, DType>();

  /** How the pickle names the storage of a tensor. */
  reference(x: Tensor): Persistent {
    const [, , address, bytes] = call(native.tensor_storage, x);
    const { type, isTyped } = storageGlobal(x.dtype);
    const count = isTyped ? Math.floor(bytes / x.itemsize) : bytes;
    if (address !== 0) this.checkDType(address, x.dtype);
    return new Persistent(new Tuple(['storage', type, this.keyOf(x), String(x.device), count]));
  }

  private keyOf(x: Tensor): string {
    const identity = call(native.storage_identity, x);
    const known = this.keys.get(identity);
    if (known !== undefined) return known;
    const key = String(this.list.push(x) - 1);
    this.keys.set(identity, key);
    return key;
  }

  private checkDType(address: number, dtype: DType): void {
    const known = this.dtypes.get(address) ?? dtype;
    if (known !== dtype) {
      throw new TorchError('Cannot save multiple tensors or storages that view the same data as different types');
    }
    this.dtypes.set(address, dtype);
  }
}

/** An empty OrderedDict: hooks, which are not saved. */
const noHooks = () => new Call(globals.OrderedDict, []);

function describeSparse(x: Tensor): Call {
  const size = new Call(globals.size, [new Tuple(x.shape)]);
  const byRow = x.layout === layouts.sparse_csr || x.layout === layouts.sparse_bsr;
  const parts = x.is_sparse
    ? [x._indices(), x._values(), size, x.is_coalesced()]
    : byRow
      ? [x.crow_indices(), x.col_indices(), x.values(), size]
      : [x.ccol_indices(), x.row_indices(), x.values(), size];
  return new Call(globals.sparse, [x.layout, new Tuple(parts)]);
}

function describeDense(x: Tensor, storages: Storages): Call {
  const { isTyped } = storageGlobal(x.dtype);
  const bits = new Dict();
  if (x.is_conj()) bits.entries.set('conj', true);
  if (x.is_neg()) bits.entries.set('neg', true);
  return new Call(isTyped ? globals.tensor : globals.tensorWithDType, [
    storages.reference(x),
    x.storage_offset(),
    new Tuple(x.shape),
    new Tuple(x.stride()),
    x.requires_grad,
    noHooks(),
    ...(isTyped ? [] : [x.dtype]),
    ...(bits.entries.size > 0 ? [bits] : []),
  ]);
}

function describeTensor(x: Tensor, storages: Storages): Call {
  if (x instanceof Parameter) return new Call(globals.parameter, [x.data, x.requires_grad, noHooks()]);
  if (x.is_quantized || x.is_nested || x.is_mkldnn) {
    throw new NotImplementedError(`saving a tensor of dtype ${x.dtype}, layout ${x.layout}`);
  }
  if (x.layout !== layouts.strided) return describeSparse(x.detach());
  if (!x.is_meta) return describeDense(x, storages);
  return new Call(globals.meta, [x.dtype, new Tuple(x.shape), new Tuple(x.stride()), x.requires_grad]);
}

/** Says what the pickler is to write for an object; undefined for what Python could not read safely. */
export function describe(value: object, storages: Storages): unknown {
  if (value instanceof Tensor) return describeTensor(value, storages);
  if (isMap(value)) return new Dict(value);
  if (isSet(value)) return new Call(globals.set, [[...value]]);
  if (value instanceof DType) return new Global('torch', value.name);
  if (value instanceof Layout) return new Call(globals.layout, [String(value)]);
  if (value instanceof Device) {
    return new Call(globals.device, value.index === null ? [value.type] : [value.type, value.index]);
  }
  if (value instanceof Complex) return new Call(globals.complex, [new Float(value.re), new Float(value.im)]);
  if (Object.prototype.toString.call(value) === '[object Uint8Array]') {
    return new Call(globals.encode, [Buffer.from(value as Uint8Array).toString('latin1'), 'latin1']);
  }
  return isOptions(value) ? describeRecord(value) : undefined;
}
