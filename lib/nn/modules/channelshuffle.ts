/** Mixing the channels of groups. */

import type { Tensor } from '../../tensor/tensor';
import * as F from '../functional';
import * as signatures from '../generated/nn';
import { Module } from './module';

/** Interleaves groups of channels of (N, C, *). https://docs.pytorch.org/docs/2.13/generated/torch.nn.ChannelShuffle.html */
export class ChannelShuffle extends Module {
  groups: number;

  constructor(...args: signatures.ChannelShuffleArgs) {
    super();
    this.groups = signatures.ChannelShuffle.read(args).groups;
  }

  override forward(input: Tensor): Tensor {
    return F.channel_shuffle(input, this.groups);
  }

  override extra_repr(): string {
    return `groups=${this.groups}`;
  }
}
