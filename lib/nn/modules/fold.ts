/** Sliding blocks as columns, and back. */
import type { Tensor } from '../../tensor';
import { type ArgumentsOf, signature } from '../arguments';
import type { Size2 } from '../common_types';
import * as F from '../functional';
import { Module } from './module';
import { fields } from './repr';

interface UnfoldOptions {
  kernel_size: Size2;
  dilation?: Size2;
  padding?: Size2;
  stride?: Size2;
}

interface FoldOptions extends UnfoldOptions {
  output_size: Size2;
}

const defaults = { dilation: 1, padding: 0, stride: 1 } as const;
const ofFold = signature<FoldOptions>()(
  'Fold.__init__',
  ['output_size', 'kernel_size', 'dilation', 'padding', 'stride'],
  defaults,
);

/** (N, C · KH · KW, blocks) → (N, C, H, W), sums where blocks overlap. https://docs.pytorch.org/docs/2.13/generated/torch.nn.Fold.html */
export class Fold extends Module {
  output_size: Size2;
  kernel_size: Size2;
  dilation: Size2;
  padding: Size2;
  stride: Size2;

  constructor(...args: ArgumentsOf<typeof ofFold>) {
    super();
    const { output_size, kernel_size, dilation, padding, stride } = ofFold.read(args);
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

const ofUnfold = signature<UnfoldOptions>()(
  'Unfold.__init__',
  ['kernel_size', 'dilation', 'padding', 'stride'],
  defaults,
);

/** (N, C, H, W) → (N, C · KH · KW, blocks). https://docs.pytorch.org/docs/2.13/generated/torch.nn.Unfold.html */
export class Unfold extends Module {
  kernel_size: Size2;
  dilation: Size2;
  padding: Size2;
  stride: Size2;

  constructor(...args: ArgumentsOf<typeof ofUnfold>) {
    super();
    const { kernel_size, dilation, padding, stride } = ofUnfold.read(args);
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
