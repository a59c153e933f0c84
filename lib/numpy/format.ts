/**
 * The .npy format, versions 1.0 to 3.0: a magic number, a header that is a Python dict, the elements.
 * https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 */
import type { DType } from '../base/types';
import { type Descr, descrOf, parseDescr } from './dtypes';
import { LiteralParser } from './literal';

export const MAGIC = '\x93NUMPY';
const PREFIX = MAGIC.length + 2;
/** NumPy's own limit: a longer header is slow to parse for Python. */
const LONGEST = 10_000;
const ALIGNMENT = 64;

export interface Header extends Descr {
  shape: number[];
  isFortran: boolean;
  /** Of the first element. */
  start: number;
}

/** What is wrong with a file (NumPy's `ValueError`). */
export class NpyFormatError extends RangeError {
  override name = 'NpyFormatError';
}

/** Reads the header with `read`, which fails beyond the end of the file. */
export function readHeader(
  name: string,
  size: number,
  read: (position: number, length: number) => Buffer,
  asked: DType | null,
): Header {
  const fail = (what: string) => new NpyFormatError(`${name}: ${what}`);
  const prefix = read(0, Math.min(PREFIX, size));
  if (prefix.length < PREFIX || prefix.toString('latin1', 0, MAGIC.length) !== MAGIC) {
    throw fail('the magic string is not correct: it is no .npy file');
  }
  const [major, minor] = [prefix[6]!, prefix[7]!];
  if (major < 1 || major > 3 || minor !== 0)
    throw fail(`we only support format versions 1.0 to 3.0, not ${major}.${minor}`);
  const lengthSize = major === 1 ? 2 : 4;
  const start = PREFIX + lengthSize;
  if (start > size) throw fail('it ends in its header');
  const length = read(PREFIX, lengthSize).readUIntLE(0, lengthSize);
  if (length > LONGEST) throw fail(`header of ${length} characters is larger than ${LONGEST}`);
  if (start + length > size) throw fail('it ends in its header');
  const text = read(start, length).toString(major === 3 ? 'utf8' : 'latin1');
  return { ...parseHeader(text, asked, fail), start: start + length };
}

function parseHeader(text: string, asked: DType | null, fail: (what: string) => Error): Omit<Header, 'start'> {
  const header = new LiteralParser(text, fail).parse();
  const keys = header instanceof Map ? [...header.keys()].sort().join() : '';
  if (!(header instanceof Map) || keys !== 'descr,fortran_order,shape') {
    throw fail(`header does not contain the correct keys: ${keys}`);
  }
  const shape = header.get('shape');
  const isFortran = header.get('fortran_order');
  if (!Array.isArray(shape) || !shape.every((each) => typeof each === 'number' && Number.isSafeInteger(each))) {
    throw fail('shape is not valid');
  }
  if (typeof isFortran !== 'boolean') throw fail('fortran_order is not a valid bool');
  return { ...parseDescr(header.get('descr'), asked, fail), shape: shape as number[], isFortran };
}

/** The shortest version that holds it, as NumPy writes it. */
export function makeHeader(dtype: DType, shape: readonly number[], isFortran: boolean): Buffer {
  const sizes = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const order = isFortran ? 'True' : 'False';
  const text = `{'descr': '${descrOf(dtype)}', 'fortran_order': ${order}, 'shape': (${sizes}), }`;
  const fixed = PREFIX + 2;
  const total = Math.ceil((fixed + text.length + 1) / ALIGNMENT) * ALIGNMENT;
  const header = Buffer.alloc(total, ' ');
  header.write(MAGIC, 'latin1');
  header[6] = 1;
  header[7] = 0;
  header.writeUInt16LE(total - fixed, PREFIX);
  header.write(text, fixed, 'latin1');
  header.write('\n', total - 1, 'latin1');
  return header;
}
