/** Weights of a folder in the Hub's style, in one file or several. */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { DeviceLike } from '../base/types';
import { REQUIRED, Signature } from '../face/arguments';
import { pathOf, readShardIndex } from '../face/files';
import { checkLoaded, IncompatibleKeys, tidy } from '../face/tensors';
import type { Module } from '../nn';
import { load_file } from '../safetensors';
import { load, type MapLocation } from '../serialization';
import type { Tensor } from '../tensor/tensor';

interface FileOptions {
  /** Where the tensors go: a device, or for pickles whatever `torch.load` takes. */
  map_location?: MapLocation | null;
  /** Always so: nothing in a file can run code. */
  weights_only?: boolean;
  /** Maps a pickle's file instead of reading it; safetensors are mapped in any case. */
  mmap?: boolean;
  /** Only safetensors are read; `false` reads the pickles of `torch.save` too. */
  safe?: boolean;
}

export interface LoadModelOptions extends FileOptions {
  /** Throws when the names in the files are not those of the model. */
  strict?: boolean;
  /** The files' names: `'model{suffix}.safetensors'` by default. */
  filename_pattern?: string | null;
}

const isSafetensors = (file: string) => /\.safetensors$/i.test(file);

function pathGiven(value: string | URL, name: string): string {
  const path = pathOf(value);
  if (path === undefined) throw new TypeError(`expected '${name}' to be a path`);
  return path;
}

function deviceOf(location: MapLocation | null): DeviceLike {
  if (location === null) return 'cpu';
  const isDevice = typeof location === 'string' || typeof location === 'number' || 'type' in location;
  if (!isDevice) throw new TypeError('safetensors go to one device: map_location must name it');
  return location as DeviceLike;
}

type FileArguments = Required<FileOptions> & { checkpoint_file: string | URL };

const fileSignature = new Signature<FileArguments>(
  'load_state_dict_from_file',
  { checkpoint_file: REQUIRED, map_location: null, weights_only: true, mmap: false, safe: true },
  1,
);

type Weights = Record<string, Tensor>;

function read(file: string, { map_location, mmap, safe }: Omit<Required<FileOptions>, 'weights_only'>): Weights {
  if (isSafetensors(file)) return load_file(file, deviceOf(map_location));
  if (!safe) return load<Weights>(file, map_location, { mmap });
  throw new RangeError(`${file} is no safetensors file: { safe: false } reads pickles too, none of whose code is run`);
}

/**
 * Reads the weights of one file: safetensors, whose tensors are the file's pages, or with `safe: false` what `torch.save`
 * wrote (`pytorch_model.bin`).
 * https://huggingface.co/docs/huggingface_hub/package_reference/serialization#huggingface_hub.load_state_dict_from_file
 * @throws RangeError for another kind of file; SafetensorError or UnpicklingError for a damaged one
 */
export function load_state_dict_from_file(checkpoint_file: string | URL, options?: FileOptions): Record<string, Tensor>;
export function load_state_dict_from_file(
  checkpoint_file: string | URL,
  map_location: MapLocation | null,
  options?: FileOptions,
): Record<string, Tensor>;
export function load_state_dict_from_file(...args: unknown[]): Record<string, Tensor> {
  const given = fileSignature.read(args);
  return read(pathGiven(given.checkpoint_file, 'checkpoint_file'), given);
}

const isFile = (path: string) => statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;

/** The files of a folder that have its weights. */
function filesOf(folder: string, safe: boolean, pattern: string | null): string[] {
  if (pattern !== null && safe && !isSafetensors(pattern)) {
    throw new RangeError(`filename_pattern '${pattern}' is not of safetensors files: { safe: false } reads others too`);
  }
  const patterns = pattern ? [pattern] : ['model{suffix}.safetensors', ...(safe ? [] : ['pytorch_model{suffix}.bin'])];
  for (const each of patterns) {
    const index = join(folder, `${each.replace('{suffix}', '')}.index.json`);
    if (!isFile(index)) continue;
    const { files } = readShardIndex(index, (message) => new RangeError(message));
    const shards = [...new Set(files.values())];
    const other = shards.find((file) => isSafetensors(file) !== isSafetensors(each));
    if (other !== undefined) throw new RangeError(`invalid index ${index}: ${other} is of another format`);
    return shards.map((file) => join(folder, file));
  }
  const names = readdirSync(folder);
  for (const ending of ['.safetensors', ...(safe ? [] : ['.bin'])]) {
    const found = names.filter((name) => name.endsWith(ending));
    if (found.length === 1) return [join(folder, found[0]!)];
  }
  const kinds = safe ? 'safetensors' : 'safetensors or .bin';
  throw new RangeError(`${folder} has neither an index of weights in several files nor one ${kinds} file alone`);
}

type ModelArguments = Required<LoadModelOptions> & { model: Module; checkpoint_path: string | URL };

const modelSignature = new Signature<ModelArguments>(
  'load_torch_model',
  {
    model: REQUIRED,
    checkpoint_path: REQUIRED,
    strict: false,
    safe: true,
    weights_only: true,
    map_location: null,
    mmap: false,
    filename_pattern: null,
  },
  6,
);

/**
 * Copies the weights of a file or a folder into a model: of `model.safetensors`, of several files by
 * `model.safetensors.index.json`, and with `safe: false` of `pytorch_model.bin` likewise. One file after the other is in
 * memory; safetensors are mapped. Gives the names that the files lack, and those that the model lacks.
 * https://huggingface.co/docs/huggingface_hub/package_reference/serialization#huggingface_hub.load_torch_model
 * @throws RangeError where no weights are found; TorchError for shapes that differ and, when `strict`, for names
 */
export function load_torch_model(
  model: Module,
  checkpoint_path: string | URL,
  options?: LoadModelOptions,
): IncompatibleKeys;
export function load_torch_model(...args: unknown[]): IncompatibleKeys {
  const given = modelSignature.read(args);
  const path = pathGiven(given.checkpoint_path, 'checkpoint_path');
  const status = statSync(path, { throwIfNoEntry: false });
  if (status === undefined) throw new RangeError(`Checkpoint path ${path} does not exist`);
  const files = status.isFile() ? [path] : filesOf(path, given.safe, given.filename_pattern);
  if (files.length === 1) return tidy(() => given.model.load_state_dict(read(files[0]!, given), given.strict));
  return loadShards(given, files);
}

function loadShards(given: ModelArguments, files: readonly string[]): IncompatibleKeys {
  const { model, strict } = given;
  const loaded = new Set<string>();
  for (const file of files) {
    tidy(() => {
      const weights = read(file, given);
      for (const name of Object.keys(weights)) loaded.add(name);
      model.load_state_dict(weights, false);
    });
  }
  const own = Object.keys(model.state_dict());
  const missing = own.filter((name) => !loaded.has(name));
  const known = new Set(own);
  const unexpected = [...loaded].filter((name) => !known.has(name));
  const incompatible = new IncompatibleKeys(missing, unexpected);
  if (strict) checkLoaded(model, incompatible);
  return incompatible;
}
