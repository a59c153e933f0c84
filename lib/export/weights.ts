/** The tensors of a program: parameters, buffers and constants, whose storages lie in the file as raw bytes. */
import { native } from '../native/addon';
import { call } from '../native/frame';
import { Parameter } from '../nn/parameter';
import type { Archive } from '../serialization/archive';
import { load } from '../serialization/load';
import { placed } from '../serialization/locations';
import { Tensor } from '../tensor/tensor';
import { readTensorMeta, type Size, type TensorMeta } from './graph';
import { BadProgram, Json } from './json';

/** Reads tensors out of an archive; those that share a storage do so here too. */
export class Weights {
  private readonly storages = new Map<string, Tensor>();

  constructor(private readonly archive: Archive) {}

  /** The tensors that a list names, by their names in the program. Their bytes lie in `folder`. */
  read(folder: string, list: string): Map<string, Tensor> {
    if (!this.archive.has(list)) return new Map();
    const config = Json.parse(this.archive.bytes(list).toString(), list).at('config');
    return new Map(config.entries().map(([name, payload]) => [name, this.tensor(folder, name, payload)]));
  }

  private tensor(folder: string, name: string, payload: Json): Tensor {
    const path = folder + payload.at('path_name').text();
    const meta = payload.at('tensor_meta').given;
    if (meta === undefined) throw new BadProgram(`'${name}' is an object of a class in Python or C++, not a tensor`);
    if (payload.at('use_pickle').boolean()) return this.pickled(path, name);
    const known = readTensorMeta(meta);
    const tensor = this.strided(path, name, known);
    return payload.at('is_param').boolean() ? new Parameter(tensor, known.requires_grad) : tensor;
  }

  private pickled(path: string, name: string): Tensor {
    const tensor = load<unknown>(this.archive.bytes(path));
    if (!(tensor instanceof Tensor)) throw new BadProgram(`'${name}' should be a tensor`);
    return tensor;
  }

  private strided(path: string, name: string, meta: TensorMeta): Tensor {
    const known = this.storages.get(path);
    const storage = known ?? placed(this.archive.tensor(path), String(meta.device), null);
    this.storages.set(path, storage);
    const [sizes, strides, [offset]] = [meta.sizes, meta.strides, [meta.storage_offset]].map((list) =>
      list.map((size) => fixed(size, name)),
    ) as [number[], number[], [number]];
    return call(native.tensor_over_storage, storage, meta.dtype, offset, sizes, strides);
  }
}

function fixed(size: Size, name: string): number {
  if (typeof size !== 'number') throw new BadProgram(`'${name}' should have sizes that are numbers`);
  return size;
}
