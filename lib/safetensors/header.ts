/**
 * The header of safetensors files: its length in 8 bytes, then JSON with the dtype, shape and place of each tensor.
 * https://huggingface.co/docs/safetensors/index#format
 */

import type { DType } from '../base/types';
import { identified, parseObject, type Source } from '../face/files';
import { dtypeOf } from './dtypes';
import { SafetensorError } from './errors';

export interface TensorInfo {
  readonly name: string;
  readonly dtype: DType;
  /** The format's name of the dtype. */
  readonly dtypeName: string;
  readonly shape: readonly number[];
  /** From the start of the file. */
  readonly begin: number;
  readonly end: number;
}

export interface Header {
  /** By name, in the order of the file. */
  readonly tensors: ReadonlyMap<string, TensorInfo>;
  readonly metadata: Record<string, string> | null;
}

const LENGTH_SIZE = 8;
/** The format's own limit. */
const LONGEST = 100_000_000;

export const METADATA = '__metadata__';

function bad(what: string): SafetensorError {
  return new SafetensorError(`Error while deserializing: ${what}`);
}

/** The message, with what the file is instead where that shows. */
function withKind(message: string, source: Source): string {
  const kind = identified(source);
  return kind === '' ? message : `${message}; ${kind}`;
}

export function readHeader(source: Source): Header {
  if (source.size < LENGTH_SIZE) throw bad(withKind('header too small', source));
  const length = Number(source.read(0, LENGTH_SIZE).readBigUInt64LE());
  if (length > LONGEST) {
    throw bad(withKind(`header too large: ${length} bytes, at most ${LONGEST} are allowed`, source));
  }
  if (LENGTH_SIZE + length > source.size) {
    throw bad(withKind(`invalid header length ${length} in a file of ${source.size} bytes`, source));
  }
  const json = parseObject(source.read(LENGTH_SIZE, length), (what) => bad(`invalid JSON in header: ${what}`));
  const start = LENGTH_SIZE + length;
  const infos: TensorInfo[] = [];
  let metadata: Record<string, string> | null = null;
  for (const [name, value] of json) {
    if (name === METADATA) metadata = readMetadata(value);
    else infos.push(readInfo(name, value, start));
  }
  infos.sort((a, b) => a.begin - b.begin || a.end - b.end);
  checkCover(infos, start, source.size);
  return { tensors: new Map(infos.map((info) => [info.name, info])), metadata };
}

function readMetadata(value: unknown): Record<string, string> {
  const entries = Object.entries(isRecord(value) ? value : { value });
  for (const [key, text] of entries) {
    if (typeof text !== 'string') throw bad(`invalid JSON in header: ${METADATA}.${key} must be a string`);
  }
  return Object.fromEntries(entries) as Record<string, string>;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function areCounts(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((each) => Number.isSafeInteger(each) && each >= 0);
}

function readInfo(name: string, value: unknown, start: number): TensorInfo {
  if (!isRecord(value)) throw bad(`invalid JSON in header: tensor \`${name}\` is not described by an object`);
  const { dtype: dtypeName, shape, data_offsets: offsets, ...others } = value;
  const [other] = Object.keys(others);
  if (other !== undefined) throw bad(`invalid JSON in header: tensor \`${name}\` has an unknown field \`${other}\``);
  const dtype = dtypeOf(dtypeName, name);
  if (!areCounts(shape)) throw bad(`invalid shape for tensor \`${name}\``);
  if (!areCounts(offsets) || offsets.length !== 2) throw bad(`invalid offset for tensor \`${name}\``);
  const [begin, end] = offsets as [number, number];
  const bytes = shape.reduce((product, size) => product * size, dtype.itemsize);
  if (end - begin !== bytes) {
    throw bad(`tensor \`${name}\` of shape [${shape}] and dtype ${dtypeName} has ${bytes} bytes, not ${end - begin}`);
  }
  return { name, dtype, dtypeName: dtypeName as string, shape, begin: start + begin, end: start + end };
}

/** Tensors follow each other without holes, to the end of the file. */
function checkCover(infos: readonly TensorInfo[], start: number, size: number): void {
  let at = start;
  for (const { name, begin, end } of infos) {
    if (begin !== at) {
      const what = begin < at ? 'overlaps the one before it' : 'leaves a hole before it';
      throw bad(`invalid offset for tensor \`${name}\`: it ${what}`);
    }
    at = end;
  }
  if (at !== size) {
    throw bad(`incomplete metadata, file not fully covered: it ends at byte ${size}, its tensors at byte ${at}`);
  }
}
