/** Files that are not what they are taken for, and numbers in files that are none. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import torch, { type Tensor } from 'tsorch';
import * as np from 'tsorch/numpy';
import { load_file, save } from 'tsorch/safetensors';

const dist = createRequire(join(__dirname, '..', '..', '..', 'dist', 'index.js'));
const { Pickler } = dist('./pickle/pickler.js') as typeof import('../../lib/pickle/pickler');
const { Call, Dict, Global, Persistent, Tuple } = dist(
  './pickle/values.js',
) as typeof import('../../lib/pickle/values');
const { ZipWriter } = dist('./files/zip/writer.js') as typeof import('../../lib/files/zip/writer');
const { BytesSink } = dist('./files/replace_file.js') as typeof import('../../lib/files/replace_file');

const pickled = (value: unknown) => Buffer.from(new Pickler(() => undefined).dump(value));
const text = (content: string) => Buffer.from(content, 'latin1');

function zip(entries: Record<string, Uint8Array>): Buffer {
  const sink = new BytesSink();
  const writer = new ZipWriter(sink, false);
  for (const [name, content] of Object.entries(entries)) writer.add(name, [content]);
  writer.finish();
  return Buffer.from(sink.finish());
}

const none = new Uint8Array(1);
const words = (...lines: string[]) => text(lines.join('\n'));
const tar = (name: string) => {
  const header = Buffer.alloc(1536);
  header.write(name);
  header.write('ustar', 257);
  return header;
};

const files: Record<string, [content: Uint8Array, says: RegExp]> = {
  'nothing': [text(''), /^Ran out of input: the file is empty/],
  'a Git LFS pointer': [words('version https://git-lfs.github.com/spec/v1', 'oid sha256:0'), /Git LFS.*git lfs pull/],
  'a web page': [text('<!DOCTYPE html>\n<html><body>Sign in</body></html>'), /a web page.*needs a login/],
  'an answer of a server': [text('<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>'), /an XML document/],
  'JSON': [text('{"error": "not found"}'), /a JSON text/],
  'HDF5': [text('\x89HDF\r\n\x1a\n00000000'), /an HDF5 file.*h5py/],
  'an array of NumPy': [text("\x93NUMPY\x01\x00v\x00{'descr'"), /a NumPy array.*tsorch\/numpy/],
  'arrays of NumPy': [zip({ 'x.npy': none }), /NumPy arrays.*tsorch\/numpy/],
  'safetensors': [save({ x: torch.ones(1) }), /a safetensors file.*load_file/],
  'GGUF': [text('GGUF\x03\0\0\0'), /a GGUF file/],
  'gzip': [gzipSync('weights'), /compressed with gzip: unpack it/],
  'a tar archive': [tar('weights/model.bin'), /a tar archive: unpack it/],
  'the format before 0.1.10': [tar('sys_info'), /\.tar format of before PyTorch 0\.1\.10.*weights_only=False/],
  'ONNX': [text('\x08\x0a\x12\x07pytorch\x1a\x052.13.0'), /an ONNX model.*onnxruntime-node/],
  'TorchScript': [zip({ 'm/data.pkl': none, 'm/constants.pkl': none, 'm/code/__torch__.py': none }), /a TorchScript archive/],
  'torch.export': [zip({ 'm/archive_format': text('pt2'), 'm/models/model.json': none }), /a program of torch\.export \(\.pt2\)/],
  'torch.export of before': [zip({ 'serialized_exported_program.json': none, version: none }), /torch\.export/],
  'weights in a zip': [zip({ 'model/pytorch_model.bin': none }), /zip archive around files of weights: unpack it/],
  'another zip': [zip({ 'word/document.xml': none }), /a zip archive, but has no record 'data\.pkl'/],
  'an image': [text('\x89PNG\r\n\x1a\n0000'), /a PNG image.*decode_image/],
  'half a file': [text('PK\x03\x04weights'), /cut off, as by a download/],
  'a pickle': [pickled([1, 2]), /a pickle, but none that torch\.save made/],
}; // biome-ignore format: a line each

const { UnpicklingError } = torch.serialization;

describe('torch.load says what a file is that it does not read', () => {
  test.each(Object.entries(files))('%s', (_, [content, says]) => {
    expect(() => torch.load(content)).toThrow(says);
    expect(() => torch.load(content)).toThrow(says.source.includes('cut off') ? torch.TorchError : UnpicklingError);
  });

  test('a folder', () => {
    const folder = mkdtempSync(join(tmpdir(), 'tsorch-foreign-'));
    try {
      expect(() => torch.load(folder)).toThrow(/is a directory: give one of the files in it$/);
      writeFileSync(join(folder, 'model.safetensors'), '');
      for (const read of [torch.load, load_file, np.load] as ((path: string) => unknown)[]) {
        expect(() => read(folder)).toThrow(/is a directory: load_file of 'tsorch\/safetensors' reads its model/);
      }
      mkdirSync(join(folder, 'x.pt'));
      expect(() => torch.load(join(folder, 'x.pt'), { mmap: true })).toThrow(/EISDIR/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

test('so do the readers of the other formats', () => {
  const page = text('<!DOCTYPE html><html></html>');
  expect(() => np.load(page)).toThrow(/a web page/);
  expect(() => np.load(text('version https://git-lfs.github.com/spec/v1'))).toThrow(/git lfs pull/);
  const folder = mkdtempSync(join(tmpdir(), 'tsorch-foreign-'));
  const path = join(folder, 'x.safetensors');
  try {
    torch.save({}, path);
    expect(() => load_file(path)).toThrow(/^Error while deserializing: header too large.*read it with torch\.load$/);
    writeFileSync(path, '<html>');
    expect(() => load_file(path)).toThrow(/header too small; the file is a web page/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

const MAGIC = 0x1950a86a20f9469cfc6cn;

/** A file of before 1.6 with one tensor over the storage '0' of four floats, or over what `view` makes of it. */
function legacy({ count = 4 as unknown, view = null as unknown, offset = 0 as unknown, size = [2] as unknown[] }) {
  const storage = ['storage', new Global('torch', 'FloatStorage'), '0', 'cpu', count];
  const seen = Array.isArray(view) ? new Tuple(view) : view;
  const reference = new Persistent(new Tuple([...storage, seen]));
  const hooks = new Call(new Global('collections', 'OrderedDict'), []);
  const args = [reference, offset, new Tuple(size), new Tuple(size.map(() => 1)), false, hooks];
  const x = new Call(new Global('torch._utils', '_rebuild_tensor_v2'), args);
  const whole = [...storage.slice(0, 4), 4, null];
  const value = { x, all: new Persistent(new Tuple(whole)) };
  const numbers = Buffer.from(new Float32Array([1, 2, 3, 4]).buffer);
  const length = Buffer.from(new BigInt64Array([4n]).buffer);
  return Buffer.concat([
    pickled(MAGIC),
    pickled(1001),
    pickled([]),
    pickled(new Dict(Object.entries(value))),
    pickled(['0']),
    length,
    numbers,
  ]);
}

describe('the format before 1.6', () => {
  test('has views of storages, which share their memory', () => {
    const { x } = torch.load<{ x: Tensor }>(legacy({ view: ['v', 1, 3] }));
    expect(x.tolist()).toEqual([2, 3]);
    expect(() => torch.load(legacy({ view: ['v', 1, 1] }))).toThrow(/out of bounds for storage of size 4/);
  });

  const wrong = [-1, 2n ** 63n, -(2n ** 80n), 1.5, Number.NaN, null, true, '2', [2], 5, 2 ** 53 - 1];
  test.each(wrong)('refuses %p where a number of elements belongs', (number) => {
    for (const parts of [{ count: number }, { view: ['v', number, 3] }, { view: ['v', 1, number] }, { view: number }]) {
      if (parts.view !== undefined && parts.view === null) continue;
      expect(() => torch.load(legacy(parts))).toThrow(UnpicklingError);
    }
    expect(() => torch.load(legacy({ offset: number }))).toThrow();
    expect(() => torch.load(legacy({ size: [number] }))).toThrow();
  });
});
