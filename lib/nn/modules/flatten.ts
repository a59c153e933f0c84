/** Joining and splitting dimensions. */

import { typeName } from '../../native/kinds';
import type { Tensor } from '../../tensor/tensor';
import * as signatures from '../generated/nn';
import { Module } from './module';
import { fields } from './repr';

/** Joins a range of dimensions, all but the first by default. https://docs.pytorch.org/docs/2.13/generated/torch.nn.Flatten.html */
export class Flatten extends Module {
  start_dim: number;
  end_dim: number;

  constructor(...args: signatures.FlattenArgs) {
    super();
    const { start_dim, end_dim } = signatures.Flatten.read(args);
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

/** Splits one dimension into several. https://docs.pytorch.org/docs/2.13/generated/torch.nn.Unflatten.html */
export class Unflatten extends Module {
  dim: number;
  unflattened_size: readonly number[];

  constructor(...args: signatures.UnflattenArgs) {
    super();
    const { dim, unflattened_size } = signatures.Unflatten.read(args);
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
