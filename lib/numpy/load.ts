/** Reading .npy and .npz files. */

import type { DType } from '../base/types';
import { REQUIRED, Signature } from '../face/arguments';
import { type FileOrBytes, identified, open } from '../face/files';
import type { Tensor } from '../tensor/tensor';
import { MAGIC, NpyFormatError } from './format';
import { NpzFile } from './npz';
import { readArray } from './read';

export interface LoadOptions {
  /** `'r'` and `'c'` map a .npy file into memory: its pages are read when they are used, and copied when written to. */
  mmap_mode?: 'r' | 'c' | null;
  /** Only false: a pickle could run code. */
  allow_pickle?: false;
  /** What raw bytes (`'|V2'`) are: NumPy has no name for bfloat16 and others. */
  dtype?: DType | null;
  /** Bytes that a compressed array may unpack to, when it looks like a bomb and is none. */
  max_size?: number | null;
}

const signature = new Signature<LoadOptions & { file: FileOrBytes }>('load', {
  file: REQUIRED,
  mmap_mode: null,
  allow_pickle: false,
  dtype: null,
  max_size: null,
});

/**
 * The array in a .npy file as a tensor, or an `NpzFile` with the arrays of an .npz file. Fortran order becomes strides,
 * big-endian numbers become the machine's.
 * https://numpy.org/doc/stable/reference/generated/numpy.load.html
 * @throws NpyFormatError for a damaged file, for object arrays and for dtypes that torch lacks
 */
export function load(file: FileOrBytes, options?: LoadOptions): Tensor | NpzFile;
export function load(file: FileOrBytes, mmap_mode: 'r' | 'c' | null, options?: LoadOptions): Tensor | NpzFile;
export function load(...args: unknown[]): Tensor | NpzFile {
  const { file, mmap_mode, allow_pickle, dtype, max_size } = signature.read(args);
  if (allow_pickle) throw new NpyFormatError('allow_pickle must be false: a pickle could run code');
  if (mmap_mode !== null && mmap_mode !== 'r' && mmap_mode !== 'c') {
    throw new RangeError(`mmap_mode must be 'r' or 'c', but got ${String(mmap_mode)}: tensors do not write to files`);
  }
  const source = open(file, 'file', mmap_mode !== null);
  let isKept = false;
  try {
    if (source.size === 0) throw new NpyFormatError(`No data left in file ${source.name}`);
    const magic = source.read(0, Math.min(MAGIC.length, source.size)).toString('latin1');
    if (magic === MAGIC) return readArray(source, dtype);
    if (!magic.startsWith('PK\x03\x04') && !magic.startsWith('PK\x05\x06')) {
      const kind = identified(source) || 'Cannot load file containing pickled data when allow_pickle=False';
      throw new NpyFormatError(`${source.name}: ${kind}`);
    }
    const archive = new NpzFile(source, dtype, max_size);
    isKept = true;
    return archive;
  } finally {
    if (!isKept) source.close();
  }
}
