/** Arrays from the bytes of .npy files. */

import type { DType } from '../base/types';
import { contiguousStrides, partOf, type Source, swapBytes, typed } from '../face/files';
import { call, native } from '../face/tensors';
import type { Tensor } from '../tensor/tensor';
import { type Header, NpyFormatError, readHeader } from './format';

function bytesOf(header: Header, name: string, size: number): number {
  const bytes = header.shape.reduce((product, each) => product * each, header.dtype.itemsize);
  if (header.start + bytes <= size) return bytes;
  throw new NpyFormatError(
    `${name}: an array of shape (${header.shape.join(', ')}) and dtype ${header.dtype} has ${bytes} bytes, but ${size - header.start} are there`,
  );
}

function arrayOf(header: Header, bytes: Tensor): Tensor {
  if (header.isBigEndian) swapBytes(bytes, header.dtype);
  if (!header.isFortran) return typed(bytes, header.dtype, header.shape);
  const strides = contiguousStrides([...header.shape].reverse()).reverse();
  return typed(bytes, header.dtype, header.shape, strides);
}

/** The array in a file. */
export function readArray(source: Source, asked: DType | null): Tensor {
  const { name, size } = source;
  const header = readHeader(name, size, (position, length) => source.read(position, length), asked);
  return arrayOf(header, source.tensor(header.start, bytesOf(header, name, size), header.dtype.itemsize));
}

/** The array in a whole .npy file that is in memory; it shares that memory. */
export function readArrayFrom(name: string, file: Tensor, asked: DType | null): Tensor {
  const size = file.numel();
  const read = (position: number, length: number) => {
    const bytes = Buffer.alloc(length);
    call(native.storage_read, file, position, bytes);
    return bytes;
  };
  const header = readHeader(name, size, read, asked);
  return arrayOf(header, partOf(file, header.start, bytesOf(header, name, size)));
}
