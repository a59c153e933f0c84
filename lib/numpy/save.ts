/** Writing .npy and .npz files. */

import { layouts } from '../base/types';
import { isOptions, typeName } from '../face/arguments';
import { pathOf, tensorBytes, writeFile, ZipWriter } from '../face/files';
import { Tensor } from '../tensor/tensor';
import { makeHeader } from './format';

function checkArray(x: unknown, place: string): asserts x is Tensor {
  if (!(x instanceof Tensor)) throw new TypeError(`${place} must be Tensor, not ${typeName(x)}`);
  if (x.requires_grad) {
    throw new TypeError("Can't call numpy() on Tensor that requires grad. Use tensor.detach().numpy() instead.");
  }
  if (x.layout !== layouts.strided || x.is_quantized || x.is_nested || x.is_meta) {
    throw new TypeError(`can't convert a tensor of layout ${x.layout}, dtype ${x.dtype}, device ${x.device} to numpy`);
  }
}

/** In Fortran order when it lies so in memory. */
function* fileOf(x: Tensor): Generator<Uint8Array> {
  const transposed = x.permute(x.shape.map((_, i) => x.dim() - 1 - i));
  const isFortran = !x.is_contiguous() && transposed.is_contiguous();
  yield makeHeader(x.dtype, x.shape, isFortran);
  yield* tensorBytes(isFortran ? transposed : x);
}

function pathWith(suffix: string, file: unknown): string {
  const path = pathOf(file);
  if (path === undefined) throw new TypeError(`expected 'file' to be a path, not ${typeName(file)}`);
  return path.endsWith(suffix) ? path : path + suffix;
}

/**
 * Writes a tensor to a .npy file, whose name gets that ending. dtypes that NumPy lacks (bfloat16, float8, complex32)
 * are written as raw bytes: `load(file, { dtype })` has them back.
 * https://numpy.org/doc/stable/reference/generated/numpy.save.html
 */
export function save(file: string | URL, arr: Tensor): void {
  checkArray(arr, "save(): argument 'arr'");
  writeFile(pathWith('.npy', file), (sink) => {
    for (const piece of fileOf(arr)) sink.write(piece);
  });
}

type Arrays = (Tensor | Readonly<Record<string, Tensor>>)[];

/** Those without a name are arr_0, arr_1, … */
function namedArrays(name: string, arrays: Arrays): [string, Tensor][] {
  const last = arrays.at(-1);
  const byName = last !== undefined && !(last instanceof Tensor) && isOptions(last) ? last : undefined;
  const positional = byName === undefined ? arrays : arrays.slice(0, -1);
  const entries: [string, unknown][] = [...positional.map((x, i): [string, unknown] => [`arr_${i}`, x])];
  for (const [key, x] of Object.entries(byName ?? {})) {
    if (entries.some(([used]) => used === key)) {
      throw new RangeError(`Cannot use un-named variables and keyword ${key}`);
    }
    entries.push([key, x]);
  }
  for (const [key, x] of entries) checkArray(x, `${name}(): array '${key}'`);
  return entries as [string, Tensor][];
}

function writeArchive(name: string, file: unknown, arrays: Arrays, compress: boolean): void {
  const entries = namedArrays(name, arrays);
  writeFile(pathWith('.npz', file), (sink) => {
    const zip = new ZipWriter(sink, compress);
    for (const [key, x] of entries) zip.add(`${key}.npy`, fileOf(x));
    zip.finish();
  });
}

/**
 * Writes tensors to an .npz file: `savez('data.npz', { x, y })`.
 * https://numpy.org/doc/stable/reference/generated/numpy.savez.html
 */
export function savez(file: string | URL, ...arrays: Arrays): void {
  writeArchive('savez', file, arrays, false);
}

/** Likewise, compressed. https://numpy.org/doc/stable/reference/generated/numpy.savez_compressed.html */
export function savez_compressed(file: string | URL, ...arrays: Arrays): void {
  writeArchive('savez_compressed', file, arrays, true);
}
