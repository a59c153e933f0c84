/** Checkpoints in several files, and the index that says which tensor is in which. */
import { dirname, join } from 'node:path';
import { readShardIndex, type ShardIndex } from '../face/files';
import type { Tensor } from '../tensor/tensor';
import { SafetensorError } from './errors';
import type { TensorInfo } from './header';
import type { Reader } from './reader';

export function isIndex(path: string): boolean {
  return path.endsWith('.index.json');
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
    this.index = readShardIndex(path, (message) => new SafetensorError(message));
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
