import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import torch, { type Tensor } from 'tsorch';
import { type LoadOptions, load, NpyFormatError, type NpzFile, save, savez, savez_compressed } from 'tsorch/numpy';

const fixture = (name: string) => join(__dirname, '../../../test/numpy/fixtures', name);
const loadArray = (file: string, options?: LoadOptions) => load(file, options) as Tensor;
const loadArchive = (file: string | Uint8Array, options?: LoadOptions) => load(file, options) as NpzFile;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tsorch-numpy-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const file = (name: string) => join(folder, name);

const dtypes = 'bool int8 int16 int32 int64 uint8 uint16 uint32 uint64 float16 float32 float64 complex64 complex128';

describe('what NumPy saved', () => {
  const arrays = loadArchive(fixture('arrays.npz'));

  test.each(dtypes.split(' '))('%s', (name) => {
    const x = arrays.get(name);
    expect([String(x.dtype), x.shape]).toEqual([`torch.${name}`, [2, 3]]);
    const values = x.is_complex() ? x.real : x;
    const ones = [[1, 1, 0], [1, 1, 1]]; // biome-ignore format: one line
    const whole = [[1, 2, 0], [4, 5, 6]]; // biome-ignore format: one line
    expect(values.to(torch.float64).tolist()).toEqual(name === 'bool' ? ones : whole);
  });

  test('big-endian numbers and Fortran order', () => {
    expect(arrays.get('big_int16').tolist()).toEqual([1, -2, 300]);
    expect(arrays.get('big_float64').tolist()).toEqual([[1.5, -2.5]]);
    expect(arrays.get('big_complex64').equal(torch.tensor([new torch.Complex(1, 2), new torch.Complex(-0, -3)]))).toBe(
      true,
    );
    const fortran = arrays.get('fortran');
    expect(fortran.stride()).toEqual([1, 2, 6]);
    expect(fortran.equal(torch.arange(24).to(torch.float64).reshape(2, 3, 4))).toBe(true);
    expect([arrays.get('scalar').shape, arrays.get('scalar').item()]).toEqual([[], 7]);
    expect(arrays.get('empty').shape).toEqual([0, 3]);
  });

  test('raw bytes, when it is said what they are', () => {
    expect(() => arrays.get('void')).toThrow(/raw bytes: say what they are, like \{ dtype: torch.bfloat16 \}/);
    expect(String(arrays.get('void', { dtype: torch.bfloat16 }))).toBe('tensor([1., 2.], dtype=torch.bfloat16)');
    expect(() => arrays.get('void', { dtype: torch.float32 })).toThrow(/is not torch.float32, which has 4 bytes/);
  });

  test('what no tensor can hold', () => {
    expect(() => arrays.get('text')).toThrow(/dtype '<U1' \(text\) has no counterpart in torch/);
    expect(() => arrays.get('dates')).toThrow(NpyFormatError);
    expect(() => arrays.get('structured')).toThrow(/structured array/);
    expect(() => arrays.get('longdouble')).toThrow(/dtype '<f16' has no counterpart/);
    expect(() => load(fixture('object.npy'))).toThrow(/Object arrays cannot be loaded when allow_pickle=False/);
    expect(() => load(fixture('object.npy'), { allow_pickle: true as never })).toThrow(/a pickle could run code/);
    expect(() => arrays.get('none')).toThrow(new RangeError('none is not a file in the archive'));
  });

  test('every version of the format, mapped too, and from memory', () => {
    for (const version of [1, 2, 3]) {
      const path = fixture(`version${version}.npy`);
      for (const x of [load(path), load(path, 'r'), load(readFileSync(path))] as Tensor[]) {
        expect([x.dtype, x.tolist()]).toEqual([torch.int32, [[0, 1, 2], [3, 4, 5]]]); // biome-ignore format: one line
      }
    }
    expect(() => load(fixture('version1.npy'), 'r+' as never)).toThrow(/mmap_mode must be 'r' or 'c'/);
  });

  test('compressed', () => {
    using archive = loadArchive(fixture('compressed.npz'));
    expect(archive.files).toEqual(['x', 'arr_0']);
    expect(archive.get('x').tolist()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(archive.get('arr_0').sum().item()).toBe(0);
    archive.close();
    expect(() => archive.get('x')).toThrow(/is closed/);
  });
});

describe('saving', () => {
  const same = (a: Tensor, b: Tensor) => expect([a.dtype, String(a)]).toEqual([b.dtype, String(b)]);

  test.each(`${dtypes} bfloat16 float8_e4m3fn complex32`.split(' '))('%s comes back', (name) => {
    const dtype = (torch as unknown as Record<string, typeof torch.float32>)[name]!;
    const x = torch.tensor([[1, 2, 0]]).to(dtype);
    save(file('x'), x);
    same(loadArray(file('x.npy'), { dtype }), x);
  });

  test('is, byte for byte, what NumPy writes', () => {
    save(file('same.npy'), torch.arange(6, { dtype: torch.int32 }).reshape(2, 3));
    expect(readFileSync(file('same.npy')).equals(readFileSync(fixture('version1.npy')))).toBe(true);
  });

  test('transposed in Fortran order, other gaps closed', () => {
    const x = torch.arange(24).reshape(2, 3, 4);
    save(file('f'), x.permute(2, 1, 0));
    expect(loadArray(file('f.npy')).stride()).toEqual([1, 4, 12]);
    for (const y of [x.permute(2, 1, 0), x.index(':', '::2'), x.select(2, 1), x.expand(2, 2, 3, 4), torch.tensor(5)]) {
      save(file('gaps'), y);
      same(loadArray(file('gaps.npy')), y);
    }
    const z = torch.tensor([new torch.Complex(1, 2)]).conj();
    save(file('conj'), z);
    expect(String(loadArray(file('conj.npy')))).toBe('tensor([1.-2.j])');
  });

  test.each([savez, savez_compressed])('archives', (write) => {
    const x = torch.randn(300, 300);
    const zeros = torch.zeros(1000, 100);
    write(file('both'), x, zeros, { 'a/b': x.t(), empty: torch.empty(0) });
    using archive = loadArchive(file('both.npz'));
    expect(archive.keys()).toEqual(['arr_0', 'arr_1', 'a/b', 'empty']);
    expect(archive.get('arr_0').equal(x)).toBe(true);
    expect(archive.get('arr_1').equal(zeros)).toBe(true);
    expect(archive.get('a/b').equal(x.t())).toBe(true);
    expect(archive.get('empty').shape).toEqual([0]);
    expect(statSync(file('both.npz')).size < 800_000).toBe(write === savez_compressed);
  });

  test('refuses', () => {
    expect(() => save(file('x'), torch.ones(1, { requires_grad: true }))).toThrow(/requires grad. Use tensor.detach/);
    expect(() => save(file('x'), [1] as never)).toThrow(/must be Tensor, not/);
    expect(() => savez(file('x'), torch.ones(1), { arr_0: torch.ones(1) })).toThrow(
      /Cannot use un-named variables and keyword arr_0/,
    );
    expect(readdirSync(folder).filter((name) => name.includes('.tmp'))).toEqual([]);
  });
});

describe('damaged files', () => {
  function withHeader(header: string, data = 0): Uint8Array {
    const bytes = Buffer.alloc(10 + header.length + data);
    bytes.write('\x93NUMPY\x01\x00', 'latin1');
    bytes.writeUInt16LE(header.length, 8);
    bytes.write(header, 10, 'latin1');
    return bytes;
  }
  const header = (shape: string, descr = "'<f4'") => `{'descr': ${descr}, 'fortran_order': False, 'shape': ${shape}, }`;

  test.each<[string, Uint8Array, RegExp]>([
    ['nothing', Buffer.alloc(0), /No data left/],
    ['a pickle', Buffer.from('\x80\x04.', 'latin1'), /pickled data/],
    ['an unknown version', Buffer.from('\x93NUMPY\x09\x00', 'latin1'), /format versions 1.0 to 3.0, not 9.0/],
    ['a truncated header', withHeader(header('(1,)')).subarray(0, 30), /ends in its header/],
    ['a long header', withHeader(' '.repeat(20000)), /larger than 10000/],
    [
      'a shape larger than the file',
      withHeader(header('(1000000000000,)'), 4),
      /has 4000000000000 bytes, but 4 are there/,
    ],
    ['a shape beyond all numbers', withHeader(header('(9007199254740991, 9007199254740991)'), 4), /are there/],
    ['a shape of text', withHeader(header("('a',)"), 4), /shape is not valid/],
    ['a negative size', withHeader(header('(-1,)'), 4), /cannot parse header/],
    ['an expression', withHeader(header('(1,)', '__import__("os")'), 4), /cannot parse header/],
    ['deep nesting', withHeader('('.repeat(9000), 4), /cannot parse header/],
    ['missing keys', withHeader("{'descr': '<f4'}", 4), /correct keys: descr/],
    ['no dict', withHeader('(1, 2)', 4), /correct keys/],
    ['an unknown dtype', withHeader(header('(1,)', "'q9'"), 4), /has no counterpart/],
  ])('%s', (_, bytes, message) => {
    expect(() => load(bytes)).toThrow(message);
    expect(() => load(bytes)).toThrow(NpyFormatError);
  });

  test('an archive that would unpack to more than it should', () => {
    savez_compressed(file('zeros'), torch.zeros(80_000_000));
    expect(statSync(file('zeros.npz')).size).toBeLessThan(1_000_000);
    expect(() => loadArchive(file('zeros.npz')).get('arr_0')).toThrow(/unpacks to 320000128: give 'max_size'/);
    expect(loadArchive(file('zeros.npz'), { max_size: 2 ** 30 }).get('arr_0').shape).toEqual([80_000_000]);
  });

  test('sizes, checksums and overlaps', () => {
    savez_compressed(file('ok'), torch.arange(100));
    const whole = readFileSync(file('ok.npz'));
    const central = whole.indexOf('PK\x01\x02', 0, 'latin1');
    const changed = (at: number, value: number) => {
      const bytes = Buffer.from(whole);
      bytes.writeUInt32LE(value, at);
      return () => loadArchive(bytes).get('arr_0');
    };
    expect(changed(central + 16, 5)).toThrow(/does not match its checksum/);
    expect(changed(central + 24, 0x7fffffff)).toThrow(/larger than the file justifies/);
    expect(changed(central + 24, 100)).toThrow(/cannot be unpacked/);
    expect(changed(central + 20, 0xfffffff)).toThrow(/larger than the file justifies/);
    expect(changed(central + 42, 7)).toThrow(/has no header/);
    expect(() => load(whole.subarray(0, -5))).toThrow(/failed finding central directory/);
    writeFileSync(file('cut.npz'), whole.subarray(0, 100));
    expect(() => load(file('cut.npz'))).toThrow(torch.TorchError);
  });
});
