/** Image files, grids and boxes, against Pillow and torchvision. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import torch, { type Tensor } from 'tsorch';
import { io, utils } from 'tsorch/vision';
import golden from './golden/images.json';
import { type Packed, unpacked } from './packed';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tsorch-images-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function distance(a: Tensor, b: Tensor): number {
  expect(a.shape).toEqual(b.shape);
  return a.to(torch.float64).sub(b.to(torch.float64)).abs().max().item();
}

interface File {
  file: string;
  pixels: Packed;
  rgb: Packed | null;
  grey: Packed | null;
}

test.each(Object.entries(golden.files as Record<string, File>))('%s', (name, expected) => {
  const path = join(folder, name);
  writeFileSync(path, Buffer.from(expected.file, 'base64'));
  // Decoders of JPEG may differ in the last bit.
  const bound = name.endsWith('.jpg') ? 1 : 0;
  const image = io.read_image(path);
  expect(image.dtype).toBe(torch[expected.pixels.dtype as 'uint8']);
  expect(distance(image, unpacked(expected.pixels))).toBeLessThanOrEqual(bound);
  if (expected.rgb === null || expected.grey === null) return;
  expect(distance(io.read_image(path, { mode: 'RGB' }), unpacked(expected.rgb))).toBeLessThanOrEqual(bound);
  const grey = io.decode_image(io.read_file(path), { mode: io.ImageReadMode.GRAY });
  expect(distance(grey, unpacked(expected.grey))).toBeLessThanOrEqual(bound);
  expect(io.read_image(path, { mode: 'RGB_ALPHA' }).shape[0]).toBe(4);
});

test.each([1, 3, 4])('PNG with %i channels comes back as it was', (channels) => {
  const image = torch.randint(0, 256, [channels, 7, 9], { dtype: torch.uint8 });
  expect(io.decode_png(io.encode_png(image)).equal(image)).toBe(true);
  const path = join(folder, 'written.png');
  io.write_png(image, path, 9);
  expect(io.read_image(path).equal(image)).toBe(true);
});

test.each([1, 3])('JPEG with %i channels comes back nearly as it was', (channels) => {
  const image = torch.arange(64).mul(3).view(1, 8, 8).expand(channels, -1, -1).to(torch.uint8);
  expect(distance(io.decode_jpeg(io.encode_jpeg(image, 95)), image)).toBeLessThan(6);
  const [rough, fine] = [10, 95].map((quality) => io.encode_jpeg(image, quality).length);
  expect(rough).toBeLessThan(fine!);
});

test('errors', () => {
  expect(() => io.read_image(join(folder, 'none.png'))).toThrow(/ENOENT/);
  expect(() => io.decode_image(torch.zeros(100, { dtype: torch.uint8 }))).toThrow(/unsupported image format/);
  expect(() => io.decode_image(torch.zeros(4))).toThrow('Input tensor dtype should be uint8, got torch.float32');
  expect(() => io.encode_png(torch.zeros(3, 4, 4))).toThrow('Input tensor dtype should be uint8, got torch.float32');
  expect(() => io.encode_png(torch.zeros(4, 4, { dtype: torch.uint8 }))).toThrow('3-dimensional tensor, got 2');
  expect(() => io.encode_jpeg(torch.zeros(4, 4, 4, { dtype: torch.uint8 }))).toThrow('should be 1 or 3, got: 4');
  expect(() => io.encode_jpeg(torch.zeros(3, 4, 4, { dtype: torch.uint8 }), 0)).toThrow('between 1 and 100, got 0');
  const file = io.encode_png(torch.zeros(3, 40, 40, { dtype: torch.uint8 }));
  expect(() => io.decode_image(file.index(':-20'))).toThrow();
});

test('grids', () => {
  const batch = unpacked(golden.batch);
  for (const { options, grid } of golden.grids) {
    const made = utils.make_grid(batch, options as utils.GridOptions);
    expect([options, distance(made, unpacked(grid)) < 1e-6]).toEqual([options, true]);
  }
  expect(utils.make_grid([torch.ones(1, 2, 3), torch.zeros(1, 2, 3)], { padding: 0 }).shape).toEqual([3, 2, 6]);
  expect(utils.make_grid(torch.ones(4, 5)).shape).toEqual([3, 4, 5]);
});

test('saved images', () => {
  const path = join(folder, 'grid.png');
  const images = torch.rand(4, 3, 5, 5);
  utils.save_image(images, path, { nrow: 2, padding: 0 });
  const expected = utils.make_grid(images, { nrow: 2, padding: 0 }).mul(255).add(0.5).clamp(0, 255).to(torch.uint8);
  expect(io.read_image(path).equal(expected)).toBe(true);
  utils.save_image(expected, join(folder, 'grid.jpg'));
  expect(readFileSync(join(folder, 'grid.jpg')).readUInt16BE(0)).toBe(0xffd8);
  expect(() => utils.save_image(images, 'grid.gif')).toThrow('unknown file extension: .gif');
});

test('boxes', () => {
  const image = torch.full([3, 12, 15], 100, { dtype: torch.uint8 });
  const boxes = torch.tensor([
    [1n, 2n, 8n, 9n],
    [4n, 5n, 14n, 11n],
  ]);
  const colors = [
    [255, 0, 0],
    [0, 0, 255],
  ];
  golden.boxes.forEach((expected, i) => {
    const drawn = utils.draw_bounding_boxes(image, boxes, { colors, width: i + 1 });
    expect(drawn.equal(unpacked(expected))).toBe(true);
  });
});
