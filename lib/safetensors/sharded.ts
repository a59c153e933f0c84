/** Checkpoints in several files, and the index that says which tensor is in which. */
import { readFileSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Tensor } from '../tensor/tensor';
import { SafetensorError } from './errors';
import type { TensorInfo } from './header';
import { parseObject } from './json';
import type { Reader } from './reader';

export function isIndex(path: string): boolean {
  return path.endsWith('.index.json');
}

/** As for the header of one file. */
const LONGEST = 100_000_000;

interface ShardIndex {
  files: Map<string, string>;
  metadata: Record<string, string>;
}

function readIndex(path: string): ShardIndex {
  const bad = (what: string) => new SafetensorError(`invalid index ${path}: ${what}`);
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

/** Opens each file when a tensor of it is asked for. */
export class ShardedFile implements Reader {
  private readonly index: ShardIndex;
  private readonly folder: string;
  private readonly shards = new Map<string, Reader>();

  constructor(
    path: string,
    private readonly open: (path: string) => Reader,
  ) {
    this.index = readIndex(path);
    this.folder = dirname(path);
  }

  private shard(name: string): Reader {
    const file = this.index.files.get(name);
    if (file === undefined) throw new SafetensorError(`File does not contain tensor ${name}`);
    const known = this.shards.get(file);
    if (known !== undefined) return known;
    const shard = this.open(join(this.folder, file));
    this.shards.set(file, shard);
    return shard;
  }

  keys(): string[] {
    return [...this.index.files.keys()].sort();
  }

  /** In the order of the index. */
  offset_keys(): string[] {
    return [...this.index.files.keys()];
  }

  metadata(): Record<string, string> {
    return this.index.metadata;
  }

  info(name: string): TensorInfo {
    return this.shard(name).info(name);
  }

  read(name: string): Tensor {
    return this.shard(name).read(name);
  }

  close(): void {
    for (const shard of this.shards.values()) shard.close();
    this.shards.clear();
  }
}
