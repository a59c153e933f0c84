/** Archives of arrays. */

import type { DType } from '../base/types';
import { type Source, ZipReader } from '../face/files';
import type { Tensor } from '../tensor/tensor';
import { readArrayFrom } from './read';

const SUFFIX = '.npy';

/**
 * An open .npz file. Each array is read when it is asked for. Ends with `close()` or `using`.
 * https://numpy.org/doc/stable/reference/generated/numpy.lib.npyio.NpzFile.html
 */
export class NpzFile {
  /** The names of the arrays. */
  readonly files: readonly string[];
  private zip: ZipReader | undefined;

  /** @internal */
  constructor(
    private readonly source: Source,
    private readonly dtype: DType | null,
    max_size: number | null,
  ) {
    this.zip = new ZipReader(source, max_size === null ? {} : { max_size });
    this.files = [...this.zip.entries.keys()].map((name) =>
      name.endsWith(SUFFIX) ? name.slice(0, -SUFFIX.length) : name,
    );
  }

  /** Whether there is an array of this name. */
  has(name: string): boolean {
    return this.files.includes(name);
  }

  /**
   * `file[name]`: the array of that name. `dtype` says what raw bytes are, when not all are the same.
   * @throws RangeError when there is none
   */
  get(name: string, { dtype = this.dtype }: { dtype?: DType | null } = {}): Tensor {
    if (this.zip === undefined) throw new Error(`${this.source.name} is closed`);
    if (!this.has(name)) throw new RangeError(`${name} is not a file in the archive`);
    const entry = this.zip.entries.has(name + SUFFIX) ? name + SUFFIX : name;
    return readArrayFrom(`${this.source.name}: ${entry}`, this.zip.tensor(entry), dtype);
  }

  /** The names of the arrays. */
  keys(): string[] {
    return [...this.files];
  }

  /** The arrays, all read now. */
  values(): Tensor[] {
    return this.files.map((name) => this.get(name));
  }

  /** The pairs of names and arrays. */
  items(): [string, Tensor][] {
    return this.files.map((name) => [name, this.get(name)]);
  }

  /** Closes the file; the arrays read from it stay. */
  close(): void {
    this.source.close();
    this.zip = undefined;
  }

  [Symbol.dispose](): void {
    this.close();
  }
}
