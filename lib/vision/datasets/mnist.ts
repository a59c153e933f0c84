/** MNIST and its kin: images of 28×28 grey pixels. https://docs.pytorch.org/vision/0.28/datasets.html */

import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type DType, dtypes } from '../../base/types';
import { REQUIRED, Signature } from '../../face/arguments';
import { frombuffer } from '../../face/tensors';
import type { Tensor } from '../../tensor/tensor';
import { download_url, extract_archive } from './utils';
import {
  type Downloadable,
  type DownloadableArgs,
  type DownloadableOptions,
  downloadable,
  ofDownloadable,
  VisionDataset,
} from './vision';

/** The element types of IDX files. */
const idxTypes: Readonly<Record<number, DType>> = {
  8: dtypes.uint8,
  9: dtypes.int8,
  11: dtypes.int16,
  12: dtypes.int32,
  13: dtypes.float32,
  14: dtypes.float64,
};

/**
 * A tensor of an IDX file: two zero bytes, the element type, the number of dimensions, their sizes, the elements.
 * http://yann.lecun.com/exdb/mnist/
 */
export function read_idx(path: string): Tensor {
  const file = readFileSync(path);
  const [type, dimensions] = [file[2] ?? 0, file[3] ?? 0];
  const dtype = idxTypes[type];
  const head = 4 + 4 * dimensions;
  if (file.length < head || file.readUInt16BE(0) !== 0 || dtype === undefined) {
    throw new RangeError(`${path} is not an IDX file`);
  }
  const shape = Array.from({ length: dimensions }, (_, i) => file.readUInt32BE(4 + 4 * i));
  const count = shape.reduce((product, size) => product * size, 1);
  const elements = file.subarray(head);
  if (elements.length !== count * dtype.itemsize) {
    throw new RangeError(
      `${path} has ${elements.length} bytes of elements, not the ${count * dtype.itemsize} it names`,
    );
  }
  if (dtype.itemsize > 1) swap(elements, dtype.itemsize);
  // Elements of a file begin anywhere; those of a tensor at multiples of their size.
  return frombuffer(dtype.itemsize > 1 ? Uint8Array.from(elements) : elements, { dtype }).reshape(shape);
}

/** IDX files have the first byte first. */
function swap(bytes: Buffer, size: number): void {
  if (size === 2) bytes.swap16();
  else if (size === 4) bytes.swap32();
  else bytes.swap64();
}

/** A file and its MD5; null for any. */
export type Resource = readonly [name: string, md5: string | null];

/** Where a dataset is, and what its files are called. */
export interface MNISTSource {
  readonly mirrors: readonly string[];
  readonly resources: readonly Resource[];
  readonly classes: readonly string[];
}

const FILES = [
  'train-images-idx3-ubyte',
  'train-labels-idx1-ubyte',
  't10k-images-idx3-ubyte',
  't10k-labels-idx1-ubyte',
];

const resources = (...sums: string[]): Resource[] => FILES.map((name, i) => [`${name}.gz`, sums[i]!]);

/** A file in a folder on the network. */
const within = (mirror: string, file: string) => `${mirror.replace(/\/$/, '')}/${file}`;

/** The names of the images' and the labels' file. */
type Pair = readonly [images: string, labels: string];

const filesOf = (part: string): Pair => [`${part}-images-idx3-ubyte`, `${part}-labels-idx1-ubyte`];

/**
 * Handwritten digits: 60,000 to learn from, 10,000 to test with. Files are in `root/MNIST/raw`, and fetched there with
 * `download`. https://docs.pytorch.org/vision/0.28/generated/torchvision.datasets.MNIST.html
 */
export class MNIST<Image = Tensor, Target = number> extends VisionDataset<Image, Target> {
  static readonly source: MNISTSource = {
    mirrors: ['https://ossci-datasets.s3.amazonaws.com/mnist/', 'http://yann.lecun.com/exdb/mnist/'],
    resources: resources(
      'f68b3c2dcbeaaa9fbdd348bbdeb94873',
      'd53e105ee54ea40749a09fcbcd1e9432',
      '9fb629c4189551a2d022fa330f9573f3',
      'ec29112dd5afa0611ce80d1b7f02629c',
    ),
    classes: [
      '0 - zero',
      '1 - one',
      '2 - two',
      '3 - three',
      '4 - four',
      '5 - five',
      '6 - six',
      '7 - seven',
      '8 - eight',
      '9 - nine',
    ],
  };

  /** @internal */
  static readonly signature: Signature<DownloadableOptions<unknown, unknown> & { root: string }> = ofDownloadable;

  readonly train: boolean;
  readonly classes: readonly string[];
  /** uint8 [N, 28, 28]. */
  readonly data: Tensor;
  /** int64 [N]. */
  readonly targets: Tensor;

  constructor(...args: DownloadableArgs<Image, Target>) {
    const { source, signature, name } = new.target as typeof MNIST;
    const given = signature.read(args, name) as Downloadable<Image, Target>;
    super(given.root, given);
    this.train = given.train;
    const files = this.files(given).map((file) => join(this.raw_folder, file)) as [string, string];
    this.classes = this.classesOf(source, given);
    if (given.download && !files.every(existsSync)) fetchResources(source, this.raw_folder, given.mirrors);
    if (!files.every(existsSync)) throw new Error('Dataset not found. You can use download=True to download it');
    this.data = read_idx(files[0]);
    this.targets = read_idx(files[1]).to(dtypes.int64);
  }

  get raw_folder(): string {
    return join(this.root, this.constructor.name, 'raw');
  }

  get class_to_idx(): Record<string, number> {
    return Object.fromEntries(this.classes.map((name, i) => [name, i]));
  }

  /** What the constructor's options choose; called by it. @internal */
  protected files({ train }: Downloadable<Image, Target>): Pair {
    return filesOf(train ? 'train' : 't10k');
  }

  /** @internal */
  protected classesOf(source: MNISTSource, _given: Downloadable<Image, Target>): readonly string[] {
    return source.classes;
  }

  override __getitem__(index: number): [Image, Target] {
    return this.sample(this.data.index(index).unsqueeze(0), this.targets.index(index).item());
  }

  override __len__(): number {
    return this.data.length;
  }

  protected override extra_repr(): string[] {
    return [`Split: ${this.train ? 'Train' : 'Test'}`];
  }
}

/** Pieces of clothing. https://docs.pytorch.org/vision/0.28/generated/torchvision.datasets.FashionMNIST.html */
export class FashionMNIST<Image = Tensor, Target = number> extends MNIST<Image, Target> {
  static override readonly source: MNISTSource = {
    mirrors: ['http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/'],
    resources: resources(
      '8d4fb7e6c68d591d4c3dfef9ec88bf0d',
      '25c81989df183df01b3e8a0aad5dffbe',
      'bef4ecab320f06d8554ea6380940ec79',
      'bb300cfdad3c16e7a12a480ee83cd310',
    ),
    classes: ['T-shirt/top', 'Trouser', 'Pullover', 'Dress', 'Coat', 'Sandal', 'Shirt', 'Sneaker', 'Bag', 'Ankle boot'],
  };
}

/** Ten old Japanese letters. https://docs.pytorch.org/vision/0.28/generated/torchvision.datasets.KMNIST.html */
export class KMNIST<Image = Tensor, Target = number> extends MNIST<Image, Target> {
  static override readonly source: MNISTSource = {
    mirrors: ['http://codh.rois.ac.jp/kmnist/dataset/kmnist/'],
    resources: resources(
      'bdb82020997e1d708af4cf47b453dcf7',
      'e144d726b3acfaa3e44228e80efcd344',
      '5c965bf0a639b31b8f53240b1b52f4d7',
      '7320c461ea6c1c855c0b718fb2a4b134',
    ),
    classes: ['o', 'ki', 'su', 'tsu', 'na', 'ha', 'ma', 'ya', 're', 'wo'],
  };
}

const digits = [...'0123456789'];
const upper = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'];
const lower = [...'abcdefghijklmnopqrstuvwxyz'];
/** Small letters that look like large ones count as those. */
const merged = [...digits, ...upper, ...lower.filter((letter) => !'cijklmopsuvwxyz'.includes(letter))];

const emnistClasses = {
  byclass: [...digits, ...upper, ...lower],
  bymerge: merged,
  balanced: merged,
  letters: ['N/A', ...lower],
  digits,
  mnist: digits,
};

export type EMNISTSplit = keyof typeof emnistClasses;

export interface EMNISTOptions<Image, Target> extends DownloadableOptions<Image, Target> {
  split: EMNISTSplit;
}

interface EMNISTArguments<Image, Target> extends EMNISTOptions<Image, Target> {
  root: string;
}

const ofEMNIST = new Signature<EMNISTArguments<unknown, unknown>>(
  'EMNIST.__init__',
  { root: REQUIRED, split: REQUIRED, ...downloadable },
  5,
);

/**
 * Handwritten letters and digits, lying on their sides as in the files.
 * https://docs.pytorch.org/vision/0.28/generated/torchvision.datasets.EMNIST.html
 */
export class EMNIST<Image = Tensor, Target = number> extends MNIST<Image, Target> {
  static override readonly source: MNISTSource = {
    mirrors: ['https://biometrics.nist.gov/cs_links/EMNIST/'],
    resources: [['gzip.zip', '58c8d27c78d21e728a6bc7b3cc06412e']],
    classes: [],
  };

  /** @internal */
  static override readonly signature = ofEMNIST;

  readonly split: EMNISTSplit;

  constructor(
    ...args:
      | [root: string, split: EMNISTSplit | EMNISTOptions<Image, Target>, options?: DownloadableOptions<Image, Target>]
      | [args: EMNISTArguments<Image, Target>]
  ) {
    const given = ofEMNIST.read(args) as EMNISTArguments<Image, Target>;
    const { split } = given;
    if (!Object.hasOwn(emnistClasses, split)) {
      const known = Object.keys(emnistClasses).map((name) => `'${name}'`);
      throw new RangeError(`Unknown value '${split}' for argument split. Valid values are {${known.join(', ')}}.`);
    }
    super(given);
    this.split = split;
  }

  /** The images' and the labels' file of the split. @internal */
  protected override files(given: Downloadable<Image, Target> & { split?: EMNISTSplit }): Pair {
    return filesOf(`emnist-${given.split}-${given.train ? 'train' : 'test'}`);
  }

  protected override classesOf(
    _: MNISTSource,
    { split = 'byclass' }: Downloadable<Image, Target> & { split?: EMNISTSplit },
  ): readonly string[] {
    return emnistClasses[split];
  }
}

/** Fetches a dataset's archives and unpacks them into one folder, those in a ZIP archive too. */
function fetchResources({ mirrors, resources }: MNISTSource, folder: string, given: readonly string[] | null): void {
  for (const [name, md5] of resources) {
    const [first, ...others] = (given ?? mirrors).map((mirror) => within(mirror, name));
    if (first === undefined) throw new RangeError('mirrors is empty');
    const archive = download_url(first, folder, { md5, mirrors: others });
    extract_archive(archive, folder);
    if (!name.endsWith('.zip')) continue;
    const inner = join(folder, name.replace(/\.zip$/, ''));
    for (const file of readdirSync(inner)) if (file.endsWith('.gz')) extract_archive(join(inner, file), folder);
    rmSync(inner, { recursive: true });
  }
}
