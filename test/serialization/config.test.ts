/** What saving and loading do by default: checksums, byte order, mapping, and whether data is there at all. */
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import torch, { type Tensor } from 'tsorch';

const dist = createRequire(join(__dirname, '..', '..', '..', 'dist', 'index.js'));
const { ZipReader } = dist('./files/zip/reader.js') as typeof import('../../lib/files/zip/reader');
const { BytesSource } = dist('./files/source.js') as typeof import('../../lib/files/source');
const serialization = torch.serialization;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tsorch-config-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function saved(value: unknown): Uint8Array {
  const pieces: Uint8Array[] = [];
  torch.save(value, { write: (bytes) => pieces.push(bytes) });
  return Buffer.concat(pieces);
}

const sums = (file: Uint8Array) => [...new ZipReader(new BytesSource(file)).entries.values()].map(({ crc }) => crc);

test('checksums can be left out', () => {
  const x = torch.arange(8);
  expect(serialization.get_crc32_options()).toBe(true);
  expect(sums(saved(x)).every((sum) => sum !== 0)).toBe(true);
  serialization.set_crc32_options(false);
  try {
    expect(serialization.get_crc32_options()).toBe(false);
    const file = saved(x);
    expect(sums(file).filter((sum) => sum !== 0)).toEqual([]);
    expect(torch.load<Tensor>(file).tolist()).toEqual(x.tolist());
  } finally {
    serialization.set_crc32_options(true);
  }
  expect(() => serialization.set_crc32_options(1 as never)).toThrow(TypeError);
});

test.each(['path', 'bytes'])('data can be left out when saving, and when loading: %s', (way) => {
  const x = torch.ones(300, 300);
  const path = join(folder, 'skipped.pt');
  const save = () => {
    if (way === 'bytes') return saved({ x });
    torch.save({ x }, path);
    return path;
  };
  const hollow = serialization.skip_data(save);
  const loaded = torch.load<{ x: Tensor }>(hollow);
  expect([loaded.x.shape, loaded.x.abs().sum().item()]).toEqual([[300, 300], 0]);
  const whole = save();
  expect(torch.load<{ x: Tensor }>(whole).x.sum().item()).toBe(90_000);
  expect(serialization.skip_data(() => torch.load<{ x: Tensor }>(whole)).x.shape).toEqual([300, 300]);
});

test('mapped tensors may write to their file', () => {
  const path = join(folder, 'mapped.pt');
  torch.save(torch.zeros(3), path);
  const mapped = () => torch.load<Tensor>(path, { mmap: true });
  expect(serialization.get_default_mmap_options()).toBe(2);
  mapped().fill_(5);
  expect(mapped().tolist()).toEqual([0, 0, 0]);
  serialization.set_default_mmap_options(1, () => mapped().fill_(5));
  expect(mapped().tolist()).toEqual([5, 5, 5]);
  expect(() => torch.load(path)).toThrow('does not match its checksum'); // which is of what was saved
  expect(serialization.get_default_mmap_options()).toBe(2);
  expect(() => serialization.set_default_mmap_options(7)).toThrow(
    'expected mmap.MAP_PRIVATE or mmap.MAP_SHARED, but got 7',
  );
});

test('the byte order of files without a mark', () => {
  const { LoadEndianness, get_default_load_endianness, set_default_load_endianness } = serialization;
  expect(get_default_load_endianness()).toBeNull();
  const unmarked = Buffer.from(saved(torch.tensor([1n, 256n])));
  for (let at = unmarked.indexOf('byteorder'); at >= 0; at = unmarked.indexOf('byteorder')) unmarked.write('x', at);
  set_default_load_endianness(LoadEndianness.BIG);
  try {
    expect(torch.load<Tensor>(unmarked).tolist()).toEqual([2n ** 56n, 2 ** 48]);
  } finally {
    set_default_load_endianness(null);
  }
  expect(torch.load<Tensor>(unmarked).tolist()).toEqual([1, 256]);
  expect(() => set_default_load_endianness('middle' as never)).toThrow(
    'Invalid argument type in function set_default_load_endianness',
  );
});

test('a large tensor comes back, in pieces and from its pages', () => {
  const path = join(folder, 'large.pt');
  const x = torch.arange(3_000_001);
  torch.save(x, path);
  for (const mmap of [false, true]) expect(torch.load<Tensor>(path, { mmap }).equal(x)).toBe(true);
});
