/** Padding. https://docs.pytorch.org/docs/2.13/nn.html#padding-layers */

import type { Tensor } from '../../tensor/tensor';
import * as F from '../functional';
import { repeated } from '../functional/sizes';
import * as signatures from '../generated/nn';
import { Module } from './module';
import { float, repr } from './repr';

type Pad1dArguments = signatures.CircularPad1dArgs;
type Pad2dArguments = signatures.CircularPad2dArgs;
type Pad3dArguments = signatures.CircularPad3dArgs;

/** Padding by values of the input itself. */
abstract class Pad extends Module {
  padding: readonly number[];

  constructor(padding: number | readonly number[], sides: number) {
    super();
    this.padding = repeated(padding, sides);
  }

  override extra_repr(): string {
    return repr(this.padding);
  }
}

abstract class CircularPad extends Pad {
  override forward(input: Tensor): Tensor {
    const spatial = this.padding.length / 2;
    const ndim = input.dim();
    if (ndim !== spatial + 1 && ndim !== spatial + 2) {
      throw new RangeError(`expected ${spatial + 1}D or ${spatial + 2}D input (got ${ndim}D input)`);
    }
    return F.pad(input, this.padding, 'circular');
  }
}

/** Continues at the other end. https://docs.pytorch.org/docs/2.13/generated/torch.nn.CircularPad1d.html */
export class CircularPad1d extends CircularPad {
  constructor(...args: Pad1dArguments) {
    super(signatures.CircularPad1d.read(args, new.target.name).padding, 2);
  }
}

/**
 * Continues (N, C, H, W) or (C, H, W) with its other end: `[left, right, top, bottom]`.
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.CircularPad2d.html
 */
export class CircularPad2d extends CircularPad {
  constructor(...args: Pad2dArguments) {
    super(signatures.CircularPad2d.read(args, new.target.name).padding, 4);
  }
}

/**
 * Continues (N, C, D, H, W) or (C, D, H, W) with its other end: `[left, right, top, bottom, front, back]`.
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.CircularPad3d.html
 */
export class CircularPad3d extends CircularPad {
  constructor(...args: Pad3dArguments) {
    super(signatures.CircularPad3d.read(args, new.target.name).padding, 6);
  }
}

abstract class ReflectionPad extends Pad {
  override forward(input: Tensor): Tensor {
    return F.pad(input, this.padding, 'reflect');
  }
}

/** Mirrors at the border. https://docs.pytorch.org/docs/2.13/generated/torch.nn.ReflectionPad1d.html */
export class ReflectionPad1d extends ReflectionPad {
  constructor(...args: Pad1dArguments) {
    super(signatures.CircularPad1d.read(args, new.target.name).padding, 2);
  }
}

/**
 * Mirrors (N, C, H, W) or (C, H, W) at its border: `[left, right, top, bottom]`.
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.ReflectionPad2d.html
 */
export class ReflectionPad2d extends ReflectionPad {
  constructor(...args: Pad2dArguments) {
    super(signatures.CircularPad2d.read(args, new.target.name).padding, 4);
  }
}

/**
 * Mirrors (N, C, D, H, W) or (C, D, H, W) at its border: `[left, right, top, bottom, front, back]`.
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.ReflectionPad3d.html
 */
export class ReflectionPad3d extends ReflectionPad {
  constructor(...args: Pad3dArguments) {
    super(signatures.CircularPad3d.read(args, new.target.name).padding, 6);
  }
}

abstract class ReplicationPad extends Pad {
  override forward(input: Tensor): Tensor {
    return F.pad(input, this.padding, 'replicate');
  }
}

/** Repeats the border. https://docs.pytorch.org/docs/2.13/generated/torch.nn.ReplicationPad1d.html */
export class ReplicationPad1d extends ReplicationPad {
  constructor(...args: Pad1dArguments) {
    super(signatures.CircularPad1d.read(args, new.target.name).padding, 2);
  }
}

/**
 * Repeats the border of (N, C, H, W) or (C, H, W): `[left, right, top, bottom]`.
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.ReplicationPad2d.html
 */
export class ReplicationPad2d extends ReplicationPad {
  constructor(...args: Pad2dArguments) {
    super(signatures.CircularPad2d.read(args, new.target.name).padding, 4);
  }
}

/**
 * Repeats the border of (N, C, D, H, W) or (C, D, H, W): `[left, right, top, bottom, front, back]`.
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.ReplicationPad3d.html
 */
export class ReplicationPad3d extends ReplicationPad {
  constructor(...args: Pad3dArguments) {
    super(signatures.CircularPad3d.read(args, new.target.name).padding, 6);
  }
}

abstract class ConstantPad extends Pad {
  value: number;

  constructor({ padding, value }: { padding: number | readonly number[]; value: number }, sides: number) {
    super(padding, sides);
    this.value = value;
  }

  override forward(input: Tensor): Tensor {
    return F.pad(input, this.padding, 'constant', this.value);
  }

  override extra_repr(): string {
    return `padding=${repr(this.padding)}, value=${float(this.value)}`;
  }
}

/** One value beyond the border. https://docs.pytorch.org/docs/2.13/generated/torch.nn.ConstantPad1d.html */
export class ConstantPad1d extends ConstantPad {
  constructor(...args: signatures.ConstantPad1dArgs) {
    super(signatures.ConstantPad1d.read(args), 2);
  }
}

/**
 * Surrounds (N, C, H, W) or (C, H, W) with a value: `[left, right, top, bottom]`.
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.ConstantPad2d.html
 */
export class ConstantPad2d extends ConstantPad {
  constructor(...args: signatures.ConstantPad2dArgs) {
    super(signatures.ConstantPad2d.read(args), 4);
  }
}

/**
 * Surrounds (N, C, D, H, W) or (C, D, H, W) with a value: `[left, right, top, bottom, front, back]`.
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.ConstantPad3d.html
 */
export class ConstantPad3d extends ConstantPad {
  constructor(...args: signatures.ConstantPad3dArgs) {
    super(signatures.ConstantPad3d.read(args), 6);
  }
}

/** Zeros beyond the border. https://docs.pytorch.org/docs/2.13/generated/torch.nn.ZeroPad1d.html */
export class ZeroPad1d extends ConstantPad1d {
  constructor(...args: Pad1dArguments) {
    super(signatures.CircularPad1d.read(args, new.target.name).padding, 0);
  }

  override extra_repr(): string {
    return repr(this.padding);
  }
}

/**
 * Surrounds (N, C, H, W) or (C, H, W) with zeros: `[left, right, top, bottom]`.
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.ZeroPad2d.html
 */
export class ZeroPad2d extends ConstantPad2d {
  constructor(...args: Pad2dArguments) {
    super(signatures.CircularPad2d.read(args, new.target.name).padding, 0);
  }

  override extra_repr(): string {
    return repr(this.padding);
  }
}

/**
 * Surrounds (N, C, D, H, W) or (C, D, H, W) with zeros: `[left, right, top, bottom, front, back]`.
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.ZeroPad3d.html
 */
export class ZeroPad3d extends ConstantPad3d {
  constructor(...args: Pad3dArguments) {
    super(signatures.CircularPad3d.read(args, new.target.name).padding, 0);
  }

  override extra_repr(): string {
    return repr(this.padding);
  }
}
