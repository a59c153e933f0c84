/** CIFAR: colour images of 32×32 pixels, in their binary version. https://www.cs.toronto.edu/~kriz/cifar.html */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { dtypes } from '../../base/types';
import { callOperator, frombuffer } from '../../face/tensors';
import type { Tensor } from '../../tensor/tensor';
import { download_and_extract_archive } from './utils';
import { type Downloadable, type DownloadableArgs, ofDownloadable, VisionDataset } from './vision';

const PIXELS = 3 * 32 * 32;

export interface CIFARSource {
  readonly url: string;
  readonly md5: string | null;
  readonly folder: string;
  readonly train: readonly string[];
  readonly test: readonly string[];
  /** The classes' names, a line each. */
  readonly names: string;
  /** Bytes before each image; the last one is the label. */
  readonly labels: number;
}

/** Images [N, 3, 32, 32] and labels of a file. */
function readBatch(path: string, labels: number): { images: Tensor; targets: number[] } {
  const file = readFileSync(path);
  const size = labels + PIXELS;
  if (file.length === 0 || file.length % size !== 0) throw new RangeError(`${path} is not a binary CIFAR file`);
  const rows = frombuffer(file, { dtype: dtypes.uint8 }).view(-1, size);
  return {
    images: rows.narrow(1, labels, PIXELS).reshape(-1, 3, 32, 32),
    targets: rows.select(1, labels - 1).tolist() as number[],
  };
}

/**
 * Ten kinds of things: 50,000 images to learn from, 10,000 to test with. Files are in `root/cifar-10-batches-bin`.
 * https://docs.pytorch.org/vision/0.28/generated/torchvision.datasets.CIFAR10.html
 */
export class CIFAR10<Image = Tensor, Target = number> extends VisionDataset<Image, Target> {
  static readonly source: CIFARSource = {
    url: 'https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz',
    md5: 'c32a1d4ab5d03f1284b67883e8d87530',
    folder: 'cifar-10-batches-bin',
    train: [1, 2, 3, 4, 5].map((i) => `data_batch_${i}.bin`),
    test: ['test_batch.bin'],
    names: 'batches.meta.txt',
    labels: 1,
  };

  readonly train: boolean;
  readonly classes: readonly string[];
  /** uint8 [N, 3, 32, 32]. */
  readonly data: Tensor;
  readonly targets: readonly number[];

  constructor(...args: DownloadableArgs<Image, Target>) {
    const { source, name } = new.target as typeof CIFAR10;
    const given = ofDownloadable.read(args, name) as Downloadable<Image, Target>;
    super(given.root, given);
    const { train, download, mirrors } = given;
    const path = (name: string) => join(this.root, source.folder, name);
    const paths = (train ? source.train : source.test).map(path);
    const found = () => [...paths, path(source.names)].every(existsSync);
    if (download && !found()) this.fetch(source, mirrors);
    if (!found()) throw new Error('Dataset not found or corrupted. You can use download=True to download it');
    const batches = paths.map((each) => readBatch(each, source.labels));
    this.train = train;
    this.classes = readFileSync(path(source.names), 'utf8').split(/\r?\n/).filter(Boolean);
    const images = batches.map((batch) => batch.images);
    this.data = callOperator<Tensor>('cat', images, 0);
    this.targets = batches.flatMap((batch) => batch.targets);
  }

  private fetch({ url, md5 }: CIFARSource, mirrors: readonly string[] | null): void {
    const name = url.slice(url.lastIndexOf('/') + 1);
    const [first, ...others] = mirrors?.map((mirror) => `${mirror.replace(/\/$/, '')}/${name}`) ?? [url];
    if (first === undefined) throw new RangeError('mirrors is empty');
    download_and_extract_archive(first, this.root, { md5, mirrors: others });
  }

  get class_to_idx(): Record<string, number> {
    return Object.fromEntries(this.classes.map((name, i) => [name, i]));
  }

  override __getitem__(index: number): [Image, Target] {
    return this.sample(this.data.index(index), this.targets.at(index)!);
  }

  override __len__(): number {
    return this.data.length;
  }

  protected override extra_repr(): string[] {
    return [`Split: ${this.train ? 'Train' : 'Test'}`];
  }
}

/** A hundred kinds of things. https://docs.pytorch.org/vision/0.28/generated/torchvision.datasets.CIFAR100.html */
export class CIFAR100<Image = Tensor, Target = number> extends CIFAR10<Image, Target> {
  static override readonly source: CIFARSource = {
    url: 'https://www.cs.toronto.edu/~kriz/cifar-100-binary.tar.gz',
    md5: '03b5dce01913d631647c71ecec9e9cb8',
    folder: 'cifar-100-binary',
    train: ['train.bin'],
    test: ['test.bin'],
    names: 'fine_label_names.txt',
    labels: 2,
  };
}
