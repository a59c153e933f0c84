/** Joining and splitting dimensions. */
import { typeName } from '../../operators/kinds';
import type { Tensor } from '../../tensor';
import { type ArgumentsOf, signature } from '../arguments';
import { Module } from './module';
import { fields } from './repr';

const ofFlatten = signature<{ start_dim?: number; end_dim?: number }>()('Flatten.__init__', ['start_dim', 'end_dim'], {
  start_dim: 1,
  end_dim: -1,
});

/** Joins a range of dimensions, all but the first by default. https://docs.pytorch.org/docs/2.13/generated/torch.nn.Flatten.html */
export class Flatten extends Module {
  start_dim: number;
  end_dim: number;

  constructor(...args: ArgumentsOf<typeof ofFlatten>) {
    super();
    const { start_dim, end_dim } = ofFlatten.read(args);
    this.start_dim = start_dim;
    this.end_dim = end_dim;
  }

  override forward(input: Tensor): Tensor {
    return input.flatten(this.start_dim, this.end_dim);
  }

  override extra_repr(): string {
    const { start_dim, end_dim } = this;
    return fields({ start_dim, end_dim });
  }
}

const ofUnflatten = signature<{ dim: number; unflattened_size: readonly number[] }>()('Unflatten.__init__', [
  'dim',
  'unflattened_size',
]);

/** Splits one dimension into several. https://docs.pytorch.org/docs/2.13/generated/torch.nn.Unflatten.html */
export class Unflatten extends Module {
  dim: number;
  unflattened_size: readonly number[];

  constructor(...args: ArgumentsOf<typeof ofUnflatten>) {
    super();
    const { dim, unflattened_size } = ofUnflatten.read(args);
    if (!Array.isArray(unflattened_size)) {
      throw new TypeError(`unflattened_size must be a tuple of ints, but found type ${typeName(unflattened_size)}`);
    }
    const wrong = unflattened_size.findIndex((size) => !Number.isInteger(size));
    if (wrong >= 0) {
      throw new TypeError(
        `unflattened_size must be tuple of ints, but found element of type ${typeName(unflattened_size[wrong])} at pos ${wrong}`,
      );
    }
    this.dim = dim;
    this.unflattened_size = unflattened_size;
  }

  override forward(input: Tensor): Tensor {
    return input.unflatten(this.dim, this.unflattened_size);
  }

  override extra_repr(): string {
    const { dim, unflattened_size } = this;
    return fields({ dim, unflattened_size });
  }
}
