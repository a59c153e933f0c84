/** Between channels and pixels. https://docs.pytorch.org/docs/2.13/nn.html#vision-layers */

import type { Tensor } from '../../tensor/tensor';
import * as F from '../functional';
import * as signatures from '../generated/nn';
import { Module } from './module';

/** (*, C · r², H, W) → (*, C, H · r, W · r). https://docs.pytorch.org/docs/2.13/generated/torch.nn.PixelShuffle.html */
export class PixelShuffle extends Module {
  upscale_factor: number;

  constructor(...args: signatures.PixelShuffleArgs) {
    super();
    this.upscale_factor = signatures.PixelShuffle.read(args).upscale_factor;
  }

  override forward(input: Tensor): Tensor {
    return F.pixel_shuffle(input, this.upscale_factor);
  }

  override extra_repr(): string {
    return `upscale_factor=${this.upscale_factor}`;
  }
}

/** (*, C, H · r, W · r) → (*, C · r², H, W). https://docs.pytorch.org/docs/2.13/generated/torch.nn.PixelUnshuffle.html */
export class PixelUnshuffle extends Module {
  downscale_factor: number;

  constructor(...args: signatures.PixelUnshuffleArgs) {
    super();
    this.downscale_factor = signatures.PixelUnshuffle.read(args).downscale_factor;
  }

  override forward(input: Tensor): Tensor {
    return F.pixel_unshuffle(input, this.downscale_factor);
  }

  override extra_repr(): string {
    return `downscale_factor=${this.downscale_factor}`;
  }
}
