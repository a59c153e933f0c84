/** Values as pickles by themselves, as Python's processes send them to each other; tensors are archives in them. */
import { BytesSource } from '../files/source';
import { Pickler } from '../pickle/pickler';
import { Plain } from '../pickle/plain';
import { Callable, Unpickler, UnpicklingError } from '../pickle/unpickler';
import { Call, Global } from '../pickle/values';
import { Tensor } from '../tensor/tensor';
import { describe, Storages } from './describe';
import { load } from './load';
import { findGlobal } from './rebuild';
import { save } from './save';

const archive = new Global('torch.storage', '_load_from_bytes');

function archiveOf(x: Tensor): Uint8Array {
  let bytes: Uint8Array | undefined;
  save(x, {
    write: (all: Uint8Array) => {
      bytes = all;
    },
  });
  return bytes!;
}

/** @throws TypeError for functions and objects of other classes */
export function encodeMessage(value: unknown): Uint8Array {
  const none = new Storages(); // tensors have archives of their own
  return new Pickler((each) =>
    each instanceof Tensor ? new Call(archive, [archiveOf(each)]) : describe(each, none),
  ).dump(value);
}

/** What an archive in a pickle holds, read as safely. */
const fromArchive = new Callable('torch.storage._load_from_bytes', ([bytes]) => {
  if (!(bytes instanceof Uint8Array)) throw new UnpicklingError('torch.storage._load_from_bytes: expected bytes');
  return load(bytes);
});

/** @throws UnpicklingError for bytes that name anything but plain values and tensors */
export function decodeMessage(bytes: Uint8Array): unknown {
  const find = (module: string, name: string): unknown =>
    module === archive.module && name === archive.name ? fromArchive : findGlobal(module, name);
  const load = (): never => {
    throw new UnpicklingError('a message has nothing beside its pickle');
  };
  return new Plain().of(new Unpickler(new BytesSource(bytes), { find, load }).load());
}
