/** The index of a checkpoint in several files: which tensor is in which. */
import { readFileSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import { parseObject } from './distinct_json';

/** As for the header of a safetensors file. */
const LONGEST = 100_000_000;

export interface ShardIndex {
  /** The file of each tensor. */
  readonly files: ReadonlyMap<string, string>;
  readonly metadata: Record<string, string>;
}

/**
 * Reads `model.safetensors.index.json`, or another of its kind. It leads to files of its own folder only.
 * @throws what `fail` makes, for anything else
 */
export function readShardIndex(path: string, fail: (message: string) => Error): ShardIndex {
  const bad = (what: string) => fail(`invalid index ${path}: ${what}`);
  if (statSync(path).size > LONGEST) throw bad(`it is larger than ${LONGEST} bytes`);
  const { weight_map, metadata } = Object.fromEntries(parseObject(readFileSync(path), bad));
  if (typeof weight_map !== 'object' || weight_map === null) throw bad("it has no 'weight_map'");
  const files = new Map<string, string>();
  for (const [name, file] of Object.entries(weight_map)) {
    const isInFolder = typeof file === 'string' && file === basename(file) && file !== '' && !/^\.{1,2}$|\\/.test(file);
    if (!isInFolder) throw bad(`tensor \`${name}\` is in ${JSON.stringify(file)}, which is no file of its folder`);
    files.set(name, file);
  }
  const texts = Object.entries(metadata ?? {}).map(([key, value]): [string, string] => [key, String(value)]);
  return { files, metadata: Object.fromEntries(texts) };
}
