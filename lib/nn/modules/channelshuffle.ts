/** Mixing the channels of groups. */
import type { Tensor } from '../../tensor';
import { type ArgumentsOf, signature } from '../arguments';
import * as F from '../functional';
import { Module } from './module';

const ofShuffle = signature<{ groups: number }>()('ChannelShuffle.__init__', ['groups']);

/** Interleaves groups of channels of (N, C, *). https://docs.pytorch.org/docs/2.13/generated/torch.nn.ChannelShuffle.html */
export class ChannelShuffle extends Module {
  groups: number;

  constructor(...args: ArgumentsOf<typeof ofShuffle>) {
    super();
    this.groups = ofShuffle.read(args).groups;
  }

  override forward(input: Tensor): Tensor {
    return F.channel_shuffle(input, this.groups);
  }

  override extra_repr(): string {
    return `groups=${this.groups}`;
  }
}
