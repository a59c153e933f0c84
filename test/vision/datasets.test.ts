/** Datasets on small made files, and downloads from a server of this test. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32, deflateRawSync, gzipSync } from 'node:zlib';
import torch, { type Tensor } from 'tsorch';
import { DataLoader } from 'tsorch/utils/data';
import { datasets, io, transforms } from 'tsorch/vision';
import { withServer } from '../setup/file_server';
import golden from './golden/images.json';
import { type Packed, unpacked } from './packed';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tsorch-datasets-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const md5 = (bytes: Uint8Array) => createHash('md5').update(bytes).digest('hex');

function idx(shape: number[], bytes: number[]): Buffer {
  const head = Buffer.alloc(4 + 4 * shape.length);
  head[2] = 8;
  head[3] = shape.length;
  shape.forEach((size, i) => {
    head.writeUInt32BE(size, 4 + 4 * i);
  });
  return Buffer.concat([head, Buffer.from(bytes)]);
}

const pixels = (count: number) => Array.from({ length: count * 784 }, (_, i) => i % 251);

/** The four files of an MNIST with three images to learn from and two to test with. */
const mnistFiles: Record<string, Buffer> = {
  'train-images-idx3-ubyte': idx([3, 28, 28], pixels(3)),
  'train-labels-idx1-ubyte': idx([3], [7, 0, 4]),
  't10k-images-idx3-ubyte': idx([2, 28, 28], pixels(2)),
  't10k-labels-idx1-ubyte': idx([2], [1, 9]),
};

function tar(files: Record<string, Buffer>): Buffer {
  const parts = Object.entries(files).flatMap(([name, content]) => {
    const header = Buffer.alloc(512);
    header.write(name, 0);
    header.write(`${content.length.toString(8).padStart(11, '0')}\0`, 124);
    header.write('0', 156);
    return [header, content, Buffer.alloc((512 - (content.length % 512)) % 512)];
  });
  return Buffer.concat([...parts, Buffer.alloc(1024)]);
}

function zip(files: Record<string, Buffer>): Buffer {
  const [bodies, entries]: [Buffer[], Buffer[]] = [[], []];
  let offset = 0;
  for (const [name, content] of Object.entries(files)) {
    const data = deflateRawSync(content);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(8, 4);
    common.writeUInt32LE(crc32(content), 10);
    common.writeUInt32LE(data.length, 14);
    common.writeUInt32LE(content.length, 18);
    common.writeUInt16LE(name.length, 22);
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), common, Buffer.from(name), data]);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(offset, 10);
    entries.push(Buffer.concat([Buffer.from('PK\x01\x02\0\0'), common, tail, Buffer.from(name)]));
    bodies.push(local);
    offset += local.length;
  }
  const directory = Buffer.concat(entries);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 0, 'latin1');
  for (const at of [8, 10]) end.writeUInt16LE(entries.length, at);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...bodies, directory, end]);
}

const gzipped = Object.fromEntries(Object.entries(mnistFiles).map(([name, file]) => [`${name}.gz`, gzipSync(file)]));

class Small<Image = Tensor> extends datasets.MNIST<Image> {
  static override readonly source: datasets.MNISTSource = {
    mirrors: [],
    resources: Object.entries(gzipped).map(([name, file]) => [name, md5(file)]),
    classes: datasets.MNIST.source.classes,
  };
}

test('MNIST is downloaded, unpacked and read', async () => {
  const log = await withServer(gzipped, (url) => {
    const train = new Small(folder, {
      download: true,
      mirrors: [`${url}/none`, url],
      transform: new transforms.ToTensor(),
    });
    expect(train.length).toBe(3);
    const [image, label] = train.index(0);
    expect(label).toBe(7);
    expect(image.shape).toEqual([1, 28, 28]);
    expect(image.index(0, 1, 5).item()).toBeCloseTo(33 / 255);
    expect(train.data.dtype).toBe(torch.uint8);
    expect(train.targets.tolist()).toEqual([7, 0, 4]);
    expect(train.class_to_idx['9 - nine']).toBe(9);
    expect(String(train)).toBe(
      [
        'Dataset Small',
        '    Number of datapoints: 3',
        `    Root location: ${folder}`,
        '    Split: Train',
        '    StandardTransform',
        '    Transform: ToTensor()',
      ].join('\n'),
    );
    const test = new Small(folder, false, (image) => image.add(1), null, false);
    expect([test.train, test.index(0)[0].min().item()]).toEqual([false, 1]);
    expect(new Small({ root: folder, train: false }).length).toBe(test.length);
    expect(test.index(-1)[1]).toBe(9);
    expect(() => test.index(2)).toThrow(RangeError);
    const loader = new DataLoader(train, { batch_size: 2 });
    const [[x, y]] = [...loader] as [[Tensor, Tensor]];
    expect([x.shape, y.dtype]).toEqual([[2, 1, 28, 28], torch.int64]);
  });
  expect(log).toHaveLength(8);
  expect(log.slice(0, 2)).toEqual(['/none/train-images-idx3-ubyte.gz', '/train-images-idx3-ubyte.gz']);
});

test('without its files, a dataset says how to get them', () => {
  expect(() => new datasets.MNIST(folder)).toThrow('Dataset not found. You can use download=True to download it');
  expect(() => new datasets.CIFAR10(folder)).toThrow('Dataset not found or corrupted');
  mkdirSync(join(folder, 'MNIST', 'raw'), { recursive: true });
  for (const name of Object.keys(mnistFiles))
    writeFileSync(join(folder, 'MNIST', 'raw', name), mnistFiles[name]!.subarray(0, 50));
  expect(() => new datasets.MNIST(folder)).toThrow(/train-images-idx3-ubyte has 34 bytes of elements, not the 2352/);
});

const { download_url, check_integrity, extract_archive } = datasets.utils;

test('a broken download leaves nothing under its name, and is gone on with', async () => {
  const file = Buffer.from(Array.from({ length: 5000 }, (_, i) => (i * 7) % 256));
  const log = await withServer({ 'data.bin': file }, (url) => {
    const path = join(folder, 'data.bin');
    expect(() => download_url(`${url}/cut/data.bin`, folder, { md5: md5(file) })).toThrow(/Error downloading data.bin/);
    expect(readdirSync(folder)).toEqual(['data.bin.part']);
    expect(download_url(`${url}/data.bin`, folder, { md5: md5(file) })).toBe(path);
    expect(readFileSync(path).equals(file)).toBe(true);
    expect(readdirSync(folder)).toEqual(['data.bin']);
    download_url(`${url}/data.bin`, folder, { md5: md5(file) });
  });
  expect(log).toEqual(['/cut/data.bin', '/data.bin from 100']);
});

test('leftovers of another file are thrown away; a wrong checksum is an error', async () => {
  const file = Buffer.from('right');
  await withServer({ 'data.bin': file }, (url) => {
    writeFileSync(join(folder, 'data.bin.part'), 'wron');
    download_url(`${url}/data.bin`, folder, { md5: md5(file) });
    expect(readFileSync(join(folder, 'data.bin'), 'utf8')).toBe('right');
    writeFileSync(join(folder, 'long.bin.part'), 'much longer than the file');
    download_url(`${url}/data.bin`, folder, { filename: 'long.bin', md5: md5(file) });
    expect(readFileSync(join(folder, 'long.bin'), 'utf8')).toBe('right');
    const wrong = { filename: 'other.bin', md5: md5(Buffer.from('wrong')) };
    expect(() => download_url(`${url}/data.bin`, folder, wrong)).toThrow(/File not found or corrupted/);
    expect(existsSync(join(folder, 'other.bin'))).toBe(false);
  });
  expect(check_integrity(join(folder, 'data.bin'), md5(file))).toBe(true);
  expect(check_integrity(join(folder, 'data.bin'), '0'.repeat(32))).toBe(false);
  expect(check_integrity(join(folder, 'none.bin'))).toBe(false);
});

test('mirrors are tried in order, and all failures told', async () => {
  await withServer({ 'data.bin': Buffer.from('x') }, (url) => {
    download_url('http://127.0.0.1:9/data.bin', folder, { mirrors: [`${url}/none/data.bin`, `${url}/data.bin`] });
    expect(existsSync(join(folder, 'data.bin'))).toBe(true);
    expect(() => download_url(`${url}/none/other.bin`, folder)).toThrow(/Tried http.*none\/other.bin, got:\n404/);
  });
});

test('archives cannot write outside of their folder', () => {
  const archive = join(folder, 'bad.tar');
  writeFileSync(archive, tar({ '../outside.txt': Buffer.from('x') }));
  expect(() => extract_archive(archive, join(folder, 'inside'))).toThrow("the archive names '../outside.txt'");
  expect(existsSync(join(folder, 'outside.txt'))).toBe(false);
  writeFileSync(join(folder, 'bad.zip'), zip({ 'a.txt': Buffer.from('abc') }).fill(0, 35, 37));
  expect(() => extract_archive(join(folder, 'bad.zip'), folder)).toThrow(torch.TorchError);
  for (const name of ['', '.', 'a/..']) {
    writeFileSync(join(folder, 'nameless.tar'), tar({ [name]: Buffer.from('x') }));
    expect(() => extract_archive(join(folder, 'nameless.tar'), join(folder, 'inside'))).toThrow('the archive names');
  }
  expect(existsSync(join(folder, 'inside.part'))).toBe(false);
  expect(() => extract_archive(join(folder, 'none.tar.gz'), folder)).toThrow(/ENOENT/);
});

test('EMNIST comes in a ZIP archive', async () => {
  const inside = Object.fromEntries(
    Object.entries(mnistFiles).map(([name, file]) => [
      `gzip/emnist-letters-${name.replace('t10k', 'test')}.gz`,
      gzipSync(file),
    ]),
  );
  class SmallEMNIST extends datasets.EMNIST {
    static override readonly source: datasets.MNISTSource = {
      mirrors: [],
      resources: [['gzip.zip', null]],
      classes: [],
    };
  }
  await withServer({ 'gzip.zip': zip(inside) }, (url) => {
    const letters = new SmallEMNIST(folder, { split: 'letters', download: true, mirrors: [url] });
    expect([letters.length, letters.classes.length, letters.classes[1], letters.index(1)[1]]).toEqual([3, 27, 'a', 0]);
    expect(new SmallEMNIST(folder, { split: 'letters', train: false }).length).toBe(2);
  });
  expect(() => new datasets.EMNIST(folder, { split: 'words' as 'letters' })).toThrow(
    /Unknown value 'words' for argument split/,
  );
});

test('CIFAR-10 and CIFAR-100 are read from their binary files', async () => {
  const image = (seed: number) => Array.from({ length: 3072 }, (_, i) => (i + seed) % 256);
  const batch = (...labels: number[]) => Buffer.from(labels.flatMap((label) => [label, ...image(label)]));
  const ten = Object.fromEntries(
    [1, 2, 3, 4, 5].map((i) => [`cifar-10-batches-bin/data_batch_${i}.bin`, batch(i, 9 - i)]),
  );
  const files = {
    ...ten,
    'cifar-10-batches-bin/test_batch.bin': batch(3),
    'cifar-10-batches-bin/batches.meta.txt': Buffer.from('a\nb\n\n'),
  };
  const hundred = {
    'cifar-100-binary/train.bin': Buffer.from([1, 42, ...image(0)]),
    'cifar-100-binary/test.bin': Buffer.from([1, 99, ...image(1)]),
    'cifar-100-binary/fine_label_names.txt': Buffer.from('apple\nbear\n'),
  };
  class Ten extends datasets.CIFAR10 {
    static override readonly source = { ...datasets.CIFAR10.source, md5: null };
  }
  class Hundred extends datasets.CIFAR100 {
    static override readonly source = { ...datasets.CIFAR100.source, md5: null };
  }
  const archives = {
    'cifar-10-binary.tar.gz': gzipSync(tar(files)),
    'cifar-100-binary.tar.gz': gzipSync(tar(hundred)),
  };
  await withServer(archives, (url) => {
    const train = new Ten(folder, { download: true, mirrors: [url] });
    expect([train.length, train.data.shape, train.classes]).toEqual([10, [10, 3, 32, 32], ['a', 'b']]);
    expect(train.targets).toEqual([1, 8, 2, 7, 3, 6, 4, 5, 5, 4]);
    expect(train.index(1)[0].index(0, 0, ':3').tolist()).toEqual([8, 9, 10]);
    expect(new Ten(folder, { train: false }).index(0)[1]).toBe(3);
    expect(new Hundred(folder, { download: true, mirrors: [url] }).index(0)[1]).toBe(42);
  });
});

test('ImageFolder', () => {
  const image = torch.randint(0, 256, [3, 4, 5], { dtype: torch.uint8 });
  for (const name of ['dog/1.png', 'dog/deep/2.PNG', 'cat/b.png', 'cat/a.png', 'cat/notes.txt']) {
    mkdirSync(join(folder, name, '..'), { recursive: true });
    if (name.endsWith('.txt')) writeFileSync(join(folder, name), 'x');
    else io.write_png(image, join(folder, name));
  }
  const set = new datasets.ImageFolder(folder, {
    transform: new transforms.ToTensor(),
    target_transform: (i) => `class ${i}`,
  });
  expect(set.classes).toEqual(['cat', 'dog']);
  expect(set.samples.map(([path]) => path.slice(folder.length + 1))).toEqual([
    'cat/a.png',
    'cat/b.png',
    'dog/1.png',
    'dog/deep/2.PNG',
  ]);
  expect(set.targets).toEqual([0, 0, 1, 1]);
  const [x, label]: [Tensor, string] = set.index(3);
  expect([x.mul(255).round().to(torch.uint8).equal(image), label]).toEqual([true, 'class 1']);
  const texts = new datasets.DatasetFolder(folder, {
    loader: (path) => torch.tensor(readFileSync(path)),
    extensions: ['.txt'],
    allow_empty: true,
  });
  expect(texts.index(0)[0].tolist()).toEqual([120]);
  mkdirSync(join(folder, 'empty'));
  expect(() => new datasets.ImageFolder(folder)).toThrow(/Found no valid file for the classes empty/);
  expect(() => new datasets.ImageFolder(join(folder, 'empty'))).toThrow(/Couldn't find any class folder/);
});

test('datasets with transforms are read by workers, with the random numbers of the seed', async () => {
  for (const name of ['a/1', 'a/2', 'b/3', 'b/4', 'b/5']) {
    mkdirSync(join(folder, name, '..'), { recursive: true });
    io.write_png(torch.randint(0, 256, [3, 12, 12], { dtype: torch.uint8 }), join(folder, `${name}.png`));
  }
  const transform = new transforms.Compose([
    new transforms.RandomCrop(8, { padding: 2 }),
    new transforms.RandomApply([new transforms.ColorJitter({ brightness: 0.5 })], { p: 0.5 }),
    new transforms.ToTensor(),
    new transforms.Normalize([0.5, 0.5, 0.5], [0.2, 0.2, 0.2]),
  ]);
  const set = new datasets.ImageFolder(folder, { transform });
  const epoch = async () => {
    torch.manual_seed(3);
    const batches: [Tensor, Tensor][] = [];
    for await (const batch of new DataLoader(set, { batch_size: 2, num_workers: 2 }))
      batches.push(batch as [Tensor, Tensor]);
    return batches;
  };
  const [first, second] = [await epoch(), await epoch()];
  expect(first.map(([x, y]) => [x.shape, y.tolist()])).toEqual([
    [
      [2, 3, 8, 8],
      [0, 0],
    ],
    [
      [2, 3, 8, 8],
      [1, 1],
    ],
    [[1, 3, 8, 8], [1]],
  ]);
  first.forEach(([x], i) => {
    expect(x.equal(second[i]![0])).toBe(true);
  });
}, 60000);

test('FakeData is the noise of torchvision, and leaves the random stream alone', () => {
  const fake = new datasets.FakeData({ size: 3, image_size: [3, 4, 5], num_classes: 7, random_offset: 2 });
  torch.manual_seed(1);
  const next = torch.rand(1).item();
  torch.manual_seed(1);
  (golden.fake as unknown as [Packed, number][]).forEach(([image, target], i) => {
    const [x, y] = fake.index(i);
    expect([i, x.equal(unpacked(image)), y]).toEqual([i, true, target]);
  });
  expect(torch.rand(1).item()).toBe(next);
  expect(() => fake.index(3)).toThrow('FakeData index out of range');
});

test('a process that reads images ends by itself', () => {
  const entries = join(__dirname, '..', '..', '..', 'dist', 'entries');
  const code = `
    const torch = require(${JSON.stringify(join(entries, 'main.js'))});
    const { encode_png, decode_png } = require(${JSON.stringify(join(entries, 'vision', 'io.js'))});
    console.log(decode_png(encode_png(torch.ones(3, 2, 2, { dtype: torch.uint8 }))).sum().item());`;
  const { stdout, stderr, status } = spawnSync(process.execPath, ['-e', code], { encoding: 'utf8', timeout: 30000 });
  expect([stdout, stderr, status]).toEqual(['12\n', '', 0]);
});

test('wrong arguments are named', () => {
  const make = datasets.MNIST as unknown as new (...args: unknown[]) => unknown;
  expect(() => new make()).toThrow("MNIST.__init__() missing 1 required positional argument: 'root'");
  expect(() => new make(3)).toThrow("MNIST(): argument 'root' must be a string, not number");
  expect(() => new make('x', { trian: true })).toThrow("MNIST.__init__() got an unexpected keyword argument 'trian'");
  expect(() => new make('x', { transform: 3 })).toThrow("MNIST(): argument 'transform' must be a function");
  expect(() => new (datasets.EMNIST as unknown as typeof make)('x')).toThrow("required positional argument: 'split'");
});
