/** Writing safetensors files. */

import { layouts } from '../base/types';
import { isOptions, typeName } from '../face/arguments';
import { BytesSink, pathOf, type Sink, tensorBytes, writeFile } from '../face/files';
import { Tensor } from '../tensor/tensor';
import { compareDTypes, nameOf } from './dtypes';
import { SafetensorError } from './errors';
import { METADATA } from './header';
import { sharedNames, type Tensors } from './shared';

export type Metadata = Readonly<Record<string, string>>;

function check(tensors: Tensors): void {
  if (!isOptions(tensors)) throw new TypeError(`Expected a dict of [str, Tensor] but received ${typeName(tensors)}`);
  for (const [name, x] of Object.entries(tensors)) checkTensor(name, x);
  const shared = sharedNames(tensors);
  if (shared.length === 0) return;
  const groups = shared.map((names) => `{${names.map((name) => `'${name}'`).join(', ')}}`).join(', ');
  throw new SafetensorError(
    `Some tensors share memory, this will lead to duplicate memory on disk and potential differences when loading them again: [${groups}]. A potential way to correctly save your model is to use \`save_model\`.`,
  );
}

function checkTensor(name: string, x: unknown): void {
  if (!(x instanceof Tensor)) {
    throw new TypeError(`Key \`${name}\` is invalid, expected torch.Tensor but received ${typeName(x)}`);
  }
  if (name === METADATA) throw new SafetensorError(`a tensor cannot have the name ${METADATA}`);
  if (x.layout !== layouts.strided) {
    throw new SafetensorError(
      `You are trying to save a sparse tensor: \`${name}\` which this format does not support. Make it dense with \`.to_dense()\`, which may need much more room.`,
    );
  }
  if (x.is_meta) throw new SafetensorError(`tensor \`${name}\` is on the meta device and has no data to save`);
  nameOf(x.dtype, name);
  if (!x.is_contiguous()) {
    throw new SafetensorError(
      `You are trying to save a non contiguous tensor: \`${name}\` which is not allowed. Save the whole tensor and slice it when it is loaded, or call \`.contiguous()\` on it first.`,
    );
  }
}

function checkMetadata(metadata: Metadata | null): Metadata | null {
  for (const [key, value] of Object.entries(metadata ?? {})) {
    if (typeof value !== 'string') throw new TypeError(`metadata '${key}' must be str, not ${typeName(value)}`);
  }
  return metadata;
}

/** The widest dtypes first, so that everything is aligned; then by name. */
function inOrder(tensors: Tensors): [string, Tensor][] {
  return Object.entries(tensors).sort(
    ([a, x], [b, y]) => compareDTypes(x.dtype, y.dtype) || Buffer.compare(Buffer.from(a), Buffer.from(b)),
  );
}

/** An object of values that are JSON already: `JSON.stringify` would put keys that are numbers first. */
function json(entries: readonly (readonly [string, string])[]): string {
  return `{${entries.map(([key, value]) => `${JSON.stringify(key)}:${value}`).join(',')}}`;
}

function headerOf(tensors: readonly [string, Tensor][], metadata: Metadata | null): Buffer {
  const entries: [string, string][] = [];
  if (metadata !== null) {
    entries.push([METADATA, json(Object.entries(metadata).map(([key, value]) => [key, JSON.stringify(value)]))]);
  }
  let at = 0;
  for (const [name, x] of tensors) {
    const data_offsets = [at, at + x.nbytes];
    entries.push([name, JSON.stringify({ dtype: nameOf(x.dtype, name), shape: x.shape, data_offsets })]);
    at += x.nbytes;
  }
  const text = Buffer.from(json(entries));
  const padded = Buffer.alloc(8 + 8 * Math.ceil(text.length / 8), ' ');
  padded.writeBigUInt64LE(BigInt(padded.length - 8));
  text.copy(padded, 8);
  return padded;
}

function write(tensors: Tensors, metadata: Metadata | null, sink: Sink): void {
  const ordered = inOrder(tensors);
  sink.write(headerOf(ordered, metadata));
  for (const [, x] of ordered) for (const piece of tensorBytes(x)) sink.write(piece);
}

/** `metadata` may also be given by name. */
function metadataOf(argument: unknown): Metadata | null {
  if (argument === undefined || argument === null) return null;
  if (!isOptions(argument)) throw new TypeError(`metadata must be dict, not ${typeName(argument)}`);
  const { metadata } = argument as { metadata?: unknown };
  const byName = metadata === null || typeof metadata === 'object';
  return checkMetadata((byName ? metadata : argument) as Metadata | null);
}

/**
 * The bytes of a safetensors file with these tensors, which must be contiguous and share no memory.
 * https://huggingface.co/docs/safetensors/api/torch#safetensors.torch.save
 */
export function save(tensors: Tensors, metadata?: Metadata | { metadata: Metadata | null } | null): Uint8Array {
  const texts = metadataOf(metadata);
  check(tensors);
  const sink = new BytesSink();
  write(tensors, texts, sink);
  return sink.finish();
}

/**
 * Writes a safetensors file; the old one stays until the new one is whole.
 * https://huggingface.co/docs/safetensors/api/torch#safetensors.torch.save_file
 * @throws SafetensorError for tensors that share memory, have gaps or a dtype that the format has not
 */
export function save_file(
  tensors: Tensors,
  filename: string | URL,
  metadata?: Metadata | { metadata: Metadata | null } | null,
): void {
  const texts = metadataOf(metadata);
  check(tensors);
  const path = pathOf(filename);
  if (path === undefined) throw new TypeError("expected 'filename' to be a path");
  writeFile(path, (sink) => write(tensors, texts, sink));
}
