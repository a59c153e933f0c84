/** Whole models, whose tensors may be tied; and checkpoints in several files. */

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { DeviceLike } from '../base/types';
import { isOptions, REQUIRED, Signature } from '../face/arguments';
import { pathOf, writeFile } from '../face/files';
import type { Module } from '../nn';
import type { Tensor } from '../tensor/tensor';
import { SafetensorError } from './errors';
import { load_file } from './load';
import { type Metadata, save_file } from './save';
import { duplicates, type Tensors } from './shared';

/** Each memory once, without gaps; what was left out is named in the metadata. */
function packed(state: Tensors, metadata: Metadata | null, force: boolean): { tensors: Tensors; metadata: Metadata } {
  const left = duplicates(state);
  const kept = Object.entries(state).filter(([name]) => !left.has(name));
  return {
    tensors: Object.fromEntries(kept.map(([name, x]) => [name, force ? x.contiguous() : x])),
    metadata: { ...Object.fromEntries(left), ...metadata },
  };
}

const orNull = (metadata: Metadata) => (Object.keys(metadata).length > 0 ? metadata : null);

/** Options of `save_model`. An object of texts alone is the metadata. */
export interface SaveModelOptions {
  metadata?: Metadata | null;
  /** Copies tensors that are not contiguous, instead of refusing them. */
  force_contiguous?: boolean;
}

/**
 * Saves the state_dict of a model. Of tied tensors one is saved.
 * https://huggingface.co/docs/safetensors/api/torch#safetensors.torch.save_model
 */
export function save_model(
  model: Module,
  filename: string | URL,
  metadata: Metadata | null | SaveModelOptions = null,
  force_contiguous = true,
): void {
  const byName = isOptions(metadata) && Object.values(metadata).some((value) => typeof value !== 'string');
  const given = byName ? (metadata as SaveModelOptions) : { metadata: metadata as Metadata | null, force_contiguous };
  const { tensors, metadata: texts } = packed(
    model.state_dict(),
    given.metadata ?? null,
    given.force_contiguous ?? true,
  );
  save_file(tensors, filename, { metadata: orNull(texts) });
}

interface LoadModelOptions {
  /** Whether the names must be the same. */
  strict?: boolean;
  device?: DeviceLike;
}

interface LoadModelArguments extends LoadModelOptions {
  filename: string | URL;
}

const ofLoad = new Signature<LoadModelArguments & { model: Module }>('load_model', {
  model: REQUIRED,
  filename: REQUIRED,
  strict: true,
  device: 'cpu',
});

/**
 * Loads what `save_model` saved. Gives the names that the file lacks, and those that the model lacks.
 * https://huggingface.co/docs/safetensors/api/torch#safetensors.torch.load_model
 * @throws SafetensorError when `strict` and there are any
 */
export function load_model(
  ...args:
    | [
        model: Module,
        filename: string | URL | LoadModelArguments,
        strict?: boolean | LoadModelOptions,
        device?: DeviceLike | LoadModelOptions,
      ]
    | [args: LoadModelArguments & { model: Module }]
): [missing: string[], unexpected: string[]] {
  const { model, filename, strict, device } = ofLoad.read(args);
  const tensors = load_file(filename, device);
  const tied = duplicates(model.state_dict(), Object.keys(tensors));
  const result = model.load_state_dict(tensors, false);
  const missing = result.missing_keys.filter((name) => !tied.has(name)).sort();
  const unexpected = [
    ...result.unexpected_keys,
    ...[...tied.keys()].filter((name) => !result.missing_keys.includes(name)),
  ].sort();
  if (strict && missing.length + unexpected.length > 0) {
    const list = (names: string[]) => names.map((name) => `"${name}"`).join(', ');
    const lines = [`Error(s) in loading state_dict for ${model.constructor.name}:`];
    if (missing.length > 0) lines.push(`Missing key(s) in state_dict: ${list(missing)}`);
    if (unexpected.length > 0) lines.push(`Unexpected key(s) in state_dict: ${list(unexpected)}`);
    throw new SafetensorError(lines.join('\n    '));
  }
  return [missing, unexpected];
}

export interface SaveStateDictOptions {
  filename_pattern?: string;
  /** Bytes, or a text such as `'5GB'`. A tensor that is larger gets a file of its own. */
  max_shard_size?: number | string;
  metadata?: Metadata | null;
  force_contiguous?: boolean;
}

const units: Record<string, number> = { '': 1, KB: 1e3, MB: 1e6, GB: 1e9, TB: 1e12 };

function bytesOf(size: number | string): number {
  const [, digits, unit = ''] = /^(\d+(?:\.\d+)?)\s*([KMGT]B)?$/i.exec(String(size).trim()) ?? [];
  const bytes = Math.floor(Number(digits) * units[unit.toUpperCase()]!);
  if (!(bytes > 0)) throw new RangeError(`size ${size} is not in a valid format: use a number and a unit, like '5GB'`);
  return bytes;
}

/** The tensors in their order, cut where a file would be larger than `most`. */
function shardsOf(tensors: Tensors, most: number): Record<string, Tensor>[] {
  const shards: Record<string, Tensor>[] = [{}];
  let size = 0;
  for (const [name, x] of Object.entries(tensors)) {
    if (size > 0 && size + x.nbytes > most) {
      shards.push({});
      size = 0;
    }
    shards[shards.length - 1]![name] = x;
    size += x.nbytes;
  }
  return shards;
}

const ofSave = new Signature<SaveStateDictOptions & { save_directory: string | URL }>('save_torch_state_dict', {
  save_directory: REQUIRED,
  filename_pattern: 'model{suffix}.safetensors',
  force_contiguous: true,
  max_shard_size: '5GB',
  metadata: null,
});

/**
 * Saves a state_dict as `model.safetensors`, or, where that would be larger than `max_shard_size`, as
 * `model-00001-of-00003.safetensors`, … with `model.safetensors.index.json`, which `load_file` and `safe_open` take.
 * https://huggingface.co/docs/huggingface_hub/package_reference/serialization#huggingface_hub.save_torch_state_dict
 */
export function save_torch_state_dict(
  state_dict: Tensors,
  save_directory: string | URL,
  options: SaveStateDictOptions = {},
): void {
  const args = ofSave.read([save_directory, options]);
  const folder = pathOf(args.save_directory);
  if (folder === undefined) throw new TypeError("expected 'save_directory' to be a path");
  const { tensors, metadata } = packed(state_dict, args.metadata, args.force_contiguous);
  const shards = shardsOf(tensors, bytesOf(args.max_shard_size));
  mkdirSync(folder, { recursive: true });
  const fileOf = (suffix: string) => args.filename_pattern.replace('{suffix}', suffix);
  const padded = (i: number) => String(i).padStart(5, '0');
  const weight_map: Record<string, string> = {};
  shards.forEach((shard, i) => {
    const file = fileOf(shards.length === 1 ? '' : `-${padded(i + 1)}-of-${padded(shards.length)}`);
    save_file(shard, join(folder, file), { metadata: { format: 'pt', ...metadata } });
    for (const name of Object.keys(shard)) weight_map[name] = file;
  });
  if (shards.length === 1) return;
  const total_size = Object.values(tensors).reduce((sum, x) => sum + x.nbytes, 0);
  const index = JSON.stringify({ metadata: { total_size, ...metadata }, weight_map }, null, 2);
  writeFile(join(folder, `${fileOf('')}.index.json`), (sink) => sink.write(Buffer.from(`${index}\n`)));
}
