/** What all transforms have in common. https://docs.pytorch.org/vision/0.28/transforms.html */

import { NotImplementedError } from '../../base/errors';
import { requireNumber, Signature } from '../../face/arguments';
import { _torch, float } from '../../face/tensors';
import { Module } from '../../nn';
import { Tensor } from '../../tensor/tensor';
import type { Fill } from './functional/interpolation';

/** One of `rand`'s numbers. */
export function random(): number {
  return _torch.rand([1]).item() as number;
}

/** A number between two, from the default generator. */
export function uniform(low: number, high: number): number {
  return (_torch.empty([1]) as Tensor).uniform_(low, high).item() as number;
}

/** A whole number from `low` to `high` − 1. */
export function randomInteger(low: number, high: number): number {
  return _torch.randint(low, high, [1]).item() as number;
}

/** The logarithm in float32, as torchvision has it. */
const logarithm = (value: number) => Math.fround(Math.log(Math.fround(value)));

/** A ratio, even on a logarithmic scale. */
export function randomRatio([low, high]: readonly [number, number]): number {
  return Math.fround(Math.exp(uniform(logarithm(low), logarithm(high))));
}

export function randomOrder(count: number): number[] {
  return _torch.randperm(count).tolist() as number[];
}

/** Python's text of a transform's option: `[0.5, 0.5]`, `(3, 4)`, `bilinear`. */
function optionText(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (Array.isArray(value)) return `[${value.map(optionText).join(', ')}]`;
  return String(value);
}

/** `[0.5, 1.0]`: numbers that Python shows as floats, whole or not. */
export const floatList = (values: readonly number[]): string => `[${values.map(float).join(', ')}]`;

export const floatTuple = (values: readonly number[]): string => `(${values.map(float).join(', ')})`;

export const tuple = (values: readonly unknown[]): string => `(${values.join(', ')})`;

/** A fill as Python shows it. */
export const fillText = (fill: Fill): unknown => (typeof fill === 'number' || fill === null ? fill : tuple(fill));

/** A place for a transformed value in a sample. */
interface Leaf {
  image: Tensor | undefined;
}

/**
 * A transform of images: tensors [..., channels, height, width]. Called with several values, or with lists and
 * dictionaries, it changes the first tensor in them and leaves the rest. Subclasses write `transform`, and `make_params`
 * for what chance decides. https://docs.pytorch.org/vision/0.28/generated/torchvision.transforms.v2.Transform.html
 */
export abstract class Transform<Params = unknown> extends Module {
  /** What chance decides for an image. */
  make_params(_image: Tensor): Params {
    return {} as Params;
  }

  /** Changes one image; every transform has its own. */
  transform(_image: Tensor, _params: Params): unknown {
    throw new NotImplementedError(`${this.constructor.name}.transform`);
  }

  override forward(image: Tensor): Tensor;
  override forward<Sample extends readonly unknown[]>(...sample: Sample): Sample;
  override forward(image: Tensor): Tensor;
  override forward(...inputs: unknown[]): unknown {
    if (inputs.length === 1 && inputs[0] instanceof Tensor) return this.apply_image(inputs[0]);
    const sample = inputs.length === 1 ? inputs[0] : inputs;
    const leaf: Leaf = { image: undefined };
    return this.replace(sample, leaf);
  }

  /** Transforms one image. @internal */
  protected apply_image(image: Tensor): unknown {
    return this.transform(image, this.make_params(image));
  }

  private replace(value: unknown, leaf: Leaf): unknown {
    if (value instanceof Tensor) {
      if (leaf.image !== undefined) return value;
      leaf.image = value;
      return this.apply_image(value);
    }
    if (Array.isArray(value)) return value.map((item) => this.replace(item, leaf));
    if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, this.replace(item, leaf)]));
  }

  /** The options that Python shows, in order. */
  protected options(): Record<string, unknown> {
    return {};
  }

  override extra_repr(): string {
    return Object.entries(this.options())
      .filter(([, value]) => value !== null && value !== undefined)
      .map(([name, value]) => `${name}=${optionText(value)}`)
      .join(', ');
  }
}

/** A probability, as a number or by name; null stands for no options. */
export type Probability = number | { p?: number } | null;

/** @throws TypeError for anything else */
export function probabilityOf(name: string, given: Probability, fallback: number): number {
  const signature = new Signature<{ p?: number }>(`${name}.__init__`, { p: fallback });
  const { p } = signature.read(given === null ? [] : [given]);
  requireNumber(name, 'p', p);
  return p;
}

/** A transform that happens with probability `p`. */
export abstract class RandomTransform<Params = unknown> extends Transform<Params> {
  p: number;

  constructor(given: Probability, fallback = 0.5) {
    super();
    const p = probabilityOf(new.target.name, given, fallback);
    if (!(p >= 0 && p <= 1)) {
      throw new RangeError('`p` should be a floating point value in the interval [0.0, 1.0].');
    }
    this.p = p;
  }

  protected override apply_image(image: Tensor): unknown {
    return random() >= this.p ? image : super.apply_image(image);
  }

  protected override options(): Record<string, unknown> {
    return { p: float(this.p) };
  }
}
