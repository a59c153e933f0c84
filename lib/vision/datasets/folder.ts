/** Images in folders that are named after their classes. https://docs.pytorch.org/vision/0.28/datasets.html */

import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { REQUIRED, requireFunction, Signature, type Values } from '../../face/arguments';
import { read_image } from '../../face/files';
import type { Tensor } from '../../tensor/tensor';
import { type Transform, type TransformOptions, VisionDataset } from './vision';

export const IMG_EXTENSIONS: readonly string[] = [
  '.jpg',
  '.jpeg',
  '.png',
  '.ppm',
  '.bmp',
  '.pgm',
  '.tif',
  '.tiff',
  '.webp',
];

export interface FolderOptions<Image, Target> extends TransformOptions<Image, Target> {
  /** Reads a file; an RGB image by default. */
  loader?: (path: string) => Tensor;
  is_valid_file?: ((path: string) => boolean) | null;
  /** Whether a class may have no files. */
  allow_empty?: boolean;
}

export interface DatasetFolderOptions<Image, Target> extends FolderOptions<Image, Target> {
  loader: (path: string) => Tensor;
  /** What the names of files end in; either this or `is_valid_file`. */
  extensions?: readonly string[] | null;
}

interface ImageFolderArguments<Image, Target> extends FolderOptions<Image, Target> {
  root: string;
}

interface DatasetFolderArguments<Image, Target> extends DatasetFolderOptions<Image, Target> {
  root: string;
}

/** A file as RGB bytes [3, height, width]. */
export function default_loader(path: string): Tensor {
  return read_image(path, { mode: 'RGB' });
}

const transforms = { transform: null, target_transform: null };
const ofDatasetFolder = new Signature<DatasetFolderArguments<unknown, unknown>>('DatasetFolder.__init__', {
  root: REQUIRED,
  loader: REQUIRED,
  extensions: null,
  ...transforms,
  is_valid_file: null,
  allow_empty: false,
});
const ofImageFolder = new Signature<ImageFolderArguments<unknown, unknown>>('ImageFolder.__init__', {
  root: REQUIRED,
  ...transforms,
  loader: default_loader,
  is_valid_file: null,
  allow_empty: false,
});

/** By code points, as Python sorts. */
const inOrder = (names: string[]) => names.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));

/** The files in a folder and the folders in it, those of each folder in order. */
function* filesIn(folder: string): Generator<string> {
  const names = readdirSync(folder);
  const isFolder = (name: string) => statSync(join(folder, name)).isDirectory();
  for (const name of inOrder(names.filter((each) => !isFolder(each)))) yield join(folder, name);
  for (const name of inOrder(names.filter(isFolder))) yield* filesIn(join(folder, name));
}

/** The classes of a folder: its folders, in order. */
export function find_classes(directory: string): [classes: string[], class_to_idx: Record<string, number>] {
  const classes = inOrder(readdirSync(directory).filter((name) => statSync(join(directory, name)).isDirectory()));
  if (classes.length === 0) throw new Error(`Couldn't find any class folder in ${directory}.`);
  return [classes, Object.fromEntries(classes.map((name, i) => [name, i]))];
}

/** Files of any kind, read by `loader`: `root/class/name.ext`. */
export class DatasetFolder<Image = Tensor, Target = number> extends VisionDataset<Image, Target> {
  readonly classes: string[];
  readonly class_to_idx: Record<string, number>;
  /** Paths with the index of their class. */
  readonly samples: [path: string, target: number][];
  readonly targets: number[];
  readonly loader: (path: string) => Tensor;

  constructor(
    ...args:
      | [
          root: string,
          loader: ((path: string) => Tensor) | DatasetFolderOptions<Image, Target>,
          extensions?: readonly string[] | null | FolderOptions<Image, Target>,
          transform?: Transform<Tensor, Image> | FolderOptions<Image, Target>,
          target_transform?: Transform<number, Target> | FolderOptions<Image, Target>,
          is_valid_file?: ((path: string) => boolean) | null | FolderOptions<Image, Target>,
          allow_empty?: boolean,
        ]
      | [args: DatasetFolderArguments<Image, Target>]
  ) {
    const given = ofDatasetFolder.read(args) as Values<DatasetFolderArguments<Image, Target>>;
    super(given.root, given);
    requireFunction('DatasetFolder', 'loader', given.loader);
    this.loader = given.loader;
    [this.classes, this.class_to_idx] = this.find_classes(this.root);
    this.samples = makeDataset(this.root, this.class_to_idx, given);
    this.targets = this.samples.map(([, target]) => target);
  }

  /** Subclasses may find classes in another way. */
  find_classes(directory: string): [classes: string[], class_to_idx: Record<string, number>] {
    return find_classes(directory);
  }

  override __getitem__(index: number): [Image, Target] {
    const found = this.samples.at(index);
    if (found === undefined) throw new RangeError('list index out of range');
    return this.sample(this.loader(found[0]), found[1]);
  }

  override __len__(): number {
    return this.samples.length;
  }
}

type Choice = Pick<Values<DatasetFolderArguments<unknown, unknown>>, 'extensions' | 'is_valid_file' | 'allow_empty'>;

function makeDataset(
  root: string,
  class_to_idx: Record<string, number>,
  { extensions, is_valid_file, allow_empty }: Choice,
): [string, number][] {
  if ((extensions === null) === (is_valid_file === null)) {
    throw new RangeError('Both extensions and is_valid_file cannot be None or not None at the same time');
  }
  const endsRight = (path: string) => extensions!.some((extension) => path.toLowerCase().endsWith(extension));
  const valid = is_valid_file ?? endsRight;
  const samples: [string, number][] = [];
  const empty: string[] = [];
  for (const name of inOrder(Object.keys(class_to_idx))) {
    const folder = join(root, name);
    const files = existsSync(folder) ? [...filesIn(folder)].filter(valid) : [];
    if (files.length === 0) empty.push(name);
    samples.push(...files.map((path): [string, number] => [path, class_to_idx[name]!]));
  }
  if (empty.length > 0 && !allow_empty) {
    const supported = extensions === null ? '' : `Supported extensions are: ${extensions.join(', ')}`;
    throw new Error(`Found no valid file for the classes ${empty.join(', ')}. ${supported}`);
  }
  return samples;
}

/**
 * Images, `root/cat/1.png`; needs the package `sharp`.
 * https://docs.pytorch.org/vision/0.28/generated/torchvision.datasets.ImageFolder.html
 */
export class ImageFolder<Image = Tensor, Target = number> extends DatasetFolder<Image, Target> {
  constructor(
    ...args:
      | [
          root: string,
          transform?: Transform<Tensor, Image> | FolderOptions<Image, Target>,
          target_transform?: Transform<number, Target> | FolderOptions<Image, Target>,
          loader?: ((path: string) => Tensor) | FolderOptions<Image, Target>,
          is_valid_file?: ((path: string) => boolean) | null | FolderOptions<Image, Target>,
          allow_empty?: boolean,
        ]
      | [args: ImageFolderArguments<Image, Target>]
  ) {
    const given = ofImageFolder.read(args, new.target.name) as Values<ImageFolderArguments<Image, Target>>;
    super({ ...given, extensions: given.is_valid_file === null ? IMG_EXTENSIONS : null });
  }

  get imgs(): [path: string, target: number][] {
    return this.samples;
  }
}
