/** What datasets of images have in common. https://docs.pytorch.org/vision/0.28/datasets.html */

import { homedir } from 'node:os';
import { join } from 'node:path';
import { REQUIRED, requireFunction, requireString, Signature, type Values } from '../../face/arguments';
import type { Tensor } from '../../tensor/tensor';
import { Dataset } from '../../utils/data';

/** What is done with each image and each target. */
export interface TransformOptions<Image, Target> {
  transform?: Transform<Tensor, Image>;
  target_transform?: Transform<number, Target>;
}

/** What is done with a value; null for nothing. */
export type Transform<From, To> = ((value: From) => To) | null;

export interface DownloadableOptions<Image, Target> extends TransformOptions<Image, Target> {
  /** The images to learn from, or those to test with. */
  train?: boolean;
  /** Fetches what is not there yet. */
  download?: boolean;
  /** Folders on the network that have the dataset's files, instead of the usual ones. */
  mirrors?: readonly string[] | null;
}

/** The argument lists of a dataset that can be fetched. */
export type DownloadableArgs<Image, Target, Options = DownloadableOptions<Image, Target>> = [
  root: string | (Options & { root: string }),
  train?: boolean | Options,
  transform?: Transform<Tensor, Image> | Options,
  target_transform?: Transform<number, Target> | Options,
  download?: boolean | Options,
  options?: Options,
];

/** Their defaults. */
export const downloadable = { train: true, transform: null, target_transform: null, download: false, mirrors: null };

/** The signature of a dataset that can be fetched. */
export const ofDownloadable = new Signature<DownloadableOptions<unknown, unknown> & { root: string }>(
  'Dataset.__init__',
  { root: REQUIRED, ...downloadable },
  1,
);

/** The values of its arguments. */
export type Downloadable<Image, Target> = Values<DownloadableOptions<Image, Target> & { root: string }>;

/** `~` is the home folder. */
export function expanded(path: string): string {
  return path === '~' || path.startsWith('~/') ? join(homedir(), path.slice(1)) : path;
}

/** Images are uint8 tensors [channels, height, width], before `transform`. */
export abstract class VisionDataset<Image = Tensor, Target = number> extends Dataset<[Image, Target]> {
  readonly root: string;
  transform: ((image: Tensor) => Image) | null;
  target_transform: ((target: number) => Target) | null;

  constructor(root: string, { transform = null, target_transform = null }: TransformOptions<Image, Target> = {}) {
    super();
    const { name } = new.target;
    requireString(name, 'root', root);
    for (const [key, value] of Object.entries({ transform, target_transform })) {
      if (value !== null) requireFunction(name, key, value);
    }
    this.root = expanded(root);
    this.transform = transform;
    this.target_transform = target_transform;
  }

  abstract override __len__(): number;

  /** An image and its target, transformed. */
  protected sample(image: Tensor, target: number): [Image, Target] {
    const { transform, target_transform } = this;
    return [
      transform === null ? (image as Image) : transform(image),
      target_transform === null ? (target as Target) : target_transform(target),
    ];
  }

  /** Lines of `toString`. */
  protected extra_repr(): string[] {
    return [];
  }

  override toString(): string {
    const body = [`Number of datapoints: ${this.length}`];
    if (this.root !== '') body.push(`Root location: ${this.root}`);
    body.push(...this.extra_repr());
    const named = (name: string, value: unknown) => {
      if (value === null) return [];
      const lines = String(value).split('\n');
      return [`${name}: ${lines[0]}`, ...lines.slice(1).map((line) => ' '.repeat(name.length + 2) + line)];
    };
    const transforms = [...named('Transform', this.transform), ...named('Target transform', this.target_transform)];
    if (transforms.length > 0) body.push('StandardTransform', ...transforms);
    return [`Dataset ${this.constructor.name}`, ...body.map((line) => `    ${line}`)].join('\n');
  }
}
