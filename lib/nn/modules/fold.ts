/** Sliding blocks as columns, and back. */

import type { Tensor } from '../../tensor/tensor';
import type { Size2 } from '../common_types';
import * as F from '../functional';
import * as signatures from '../generated/nn';
import { Module } from './module';
import { fields } from './repr';

/** (N, C · KH · KW, blocks) → (N, C, H, W), sums where blocks overlap. https://docs.pytorch.org/docs/2.13/generated/torch.nn.Fold.html */
export class Fold extends Module {
  output_size: Size2;
  kernel_size: Size2;
  dilation: Size2;
  padding: Size2;
  stride: Size2;

  constructor(...args: signatures.FoldArgs) {
    super();
    const { output_size, kernel_size, dilation, padding, stride } = signatures.Fold.read(args);
    this.output_size = output_size;
    this.kernel_size = kernel_size;
    this.dilation = dilation;
    this.padding = padding;
    this.stride = stride;
  }

  override forward(input: Tensor): Tensor {
    return F.fold(input, this.output_size, this.kernel_size, this.dilation, this.padding, this.stride);
  }

  override extra_repr(): string {
    const { output_size, kernel_size, dilation, padding, stride } = this;
    return fields({ output_size, kernel_size, dilation, padding, stride });
  }
}

/** (N, C, H, W) → (N, C · KH · KW, blocks). https://docs.pytorch.org/docs/2.13/generated/torch.nn.Unfold.html */
export class Unfold extends Module {
  kernel_size: Size2;
  dilation: Size2;
  padding: Size2;
  stride: Size2;

  constructor(...args: signatures.UnfoldArgs) {
    super();
    const { kernel_size, dilation, padding, stride } = signatures.Unfold.read(args);
    this.kernel_size = kernel_size;
    this.dilation = dilation;
    this.padding = padding;
    this.stride = stride;
  }

  override forward(input: Tensor): Tensor {
    return F.unfold(input, this.kernel_size, this.dilation, this.padding, this.stride);
  }

  override extra_repr(): string {
    const { kernel_size, dilation, padding, stride } = this;
    return fields({ kernel_size, dilation, padding, stride });
  }
}
