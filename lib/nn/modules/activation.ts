/** Non-linearities. https://docs.pytorch.org/docs/2.13/nn.html#non-linear-activations-weighted-sum-nonlinearity */

import { requireNumber } from '../../arguments/checks';
import { AssertionError, warn } from '../../base/errors';
import type { Tensor } from '../../tensor/tensor';
import * as F from '../functional';
import * as signatures from '../generated/nn';
import * as init from '../init';
import type { Parameter } from '../parameter';
import { emptyParameter } from './factory';
import { Module } from './module';
import { float, repr } from './repr';

const inplaceNote = (inplace: boolean) => (inplace ? ', inplace=True' : '');

/** A non-linearity that may write over its input and has no other option. */
abstract class Inplace extends Module {
  inplace: boolean;

  constructor(...args: signatures.ReLUArgs) {
    super();
    this.inplace = signatures.ReLU.read(args, new.target.name).inplace;
  }

  abstract override forward(input: Tensor): Tensor;

  override extra_repr(): string {
    return this.inplace ? 'inplace=True' : '';
  }
}

/**
 * max(0, x), in place with `inplace`: (*) → (*).
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.ReLU.html
 */
export class ReLU extends Inplace {
  override forward(input: Tensor): Tensor {
    return F.relu(input, this.inplace);
  }
}

/** x · sigmoid(x). https://docs.pytorch.org/docs/2.13/generated/torch.nn.SiLU.html */
export class SiLU extends Inplace {
  override forward(input: Tensor): Tensor {
    return F.silu(input, this.inplace);
  }
}

/** x · tanh(softplus(x)). https://docs.pytorch.org/docs/2.13/generated/torch.nn.Mish.html */
export class Mish extends Inplace {
  override forward(input: Tensor): Tensor {
    return F.mish(input, this.inplace);
  }
}

/** Scaled exponential linear unit. https://docs.pytorch.org/docs/2.13/generated/torch.nn.SELU.html */
export class SELU extends Inplace {
  override forward(input: Tensor): Tensor {
    return F.selu(input, this.inplace);
  }
}

/** A piecewise linear sigmoid. https://docs.pytorch.org/docs/2.13/generated/torch.nn.Hardsigmoid.html */
export class Hardsigmoid extends Inplace {
  override forward(input: Tensor): Tensor {
    return F.hardsigmoid(input, this.inplace);
  }

  override extra_repr(): string {
    return '';
  }
}

/** x · hardsigmoid(x). https://docs.pytorch.org/docs/2.13/generated/torch.nn.Hardswish.html */
export class Hardswish extends Inplace {
  override forward(input: Tensor): Tensor {
    return F.hardswish(input, this.inplace);
  }

  override extra_repr(): string {
    return '';
  }
}

/** x above the threshold, `value` elsewhere. https://docs.pytorch.org/docs/2.13/generated/torch.nn.Threshold.html */
export class Threshold extends Module {
  threshold: number;
  value: number;
  inplace: boolean;

  constructor(...args: signatures.ThresholdArgs) {
    super();
    const { threshold, value, inplace } = signatures.Threshold.read(args);
    this.threshold = threshold;
    this.value = value;
    this.inplace = inplace;
  }

  override forward(input: Tensor): Tensor {
    return F.threshold(input, this.threshold, this.value, this.inplace);
  }

  override extra_repr(): string {
    return `threshold=${float(this.threshold)}, value=${float(this.value)}${inplaceNote(this.inplace)}`;
  }
}

/** A leaky ReLU with random slopes. https://docs.pytorch.org/docs/2.13/generated/torch.nn.RReLU.html */
export class RReLU extends Module {
  lower: number;
  upper: number;
  inplace: boolean;

  constructor(...args: signatures.RReLUArgs) {
    super();
    const { lower, upper, inplace } = signatures.RReLU.read(args);
    this.lower = lower;
    this.upper = upper;
    this.inplace = inplace;
  }

  override forward(input: Tensor): Tensor {
    return F.rrelu(input, this.lower, this.upper, this.training, this.inplace);
  }

  override extra_repr(): string {
    return `lower=${float(this.lower)}, upper=${float(this.upper)}${inplaceNote(this.inplace)}`;
  }
}

function renamed(old: 'min_value' | 'max_value', value: number | null, current: number): number {
  if (value === null) return current;
  const name = old.replace('value', 'val');
  warn(`keyword argument \`${old}\` is deprecated and renamed to \`${name}\``, 'FutureWarning');
  return value;
}

/** x clamped to [min_val, max_val]. https://docs.pytorch.org/docs/2.13/generated/torch.nn.Hardtanh.html */
export class Hardtanh extends Module {
  min_val: number;
  max_val: number;
  inplace: boolean;

  constructor(...args: signatures.HardtanhArgs) {
    super();
    const { min_val, max_val, inplace, min_value, max_value } = signatures.Hardtanh.read(args);
    this.min_val = renamed('min_value', min_value, min_val);
    this.max_val = renamed('max_value', max_value, max_val);
    this.inplace = inplace;
    requireNumber('Hardtanh.__init__', 'min_val', this.min_val);
    requireNumber('Hardtanh.__init__', 'max_val', this.max_val);
    if (this.max_val <= this.min_val) {
      throw new AssertionError(
        `max_val (${float(this.max_val)}) must be greater than min_val (${float(this.min_val)})`,
      );
    }
  }

  override forward(input: Tensor): Tensor {
    return F.hardtanh(input, this.min_val, this.max_val, this.inplace);
  }

  override extra_repr(): string {
    return `min_val=${float(this.min_val)}, max_val=${float(this.max_val)}${inplaceNote(this.inplace)}`;
  }
}

/** min(max(0, x), 6). https://docs.pytorch.org/docs/2.13/generated/torch.nn.ReLU6.html */
export class ReLU6 extends Hardtanh {
  constructor(...args: signatures.ReLU6Args) {
    super(0, 6, signatures.ReLU6.read(args).inplace);
  }

  override extra_repr(): string {
    return this.inplace ? 'inplace=True' : '';
  }
}

/** 1 / (1 + exp(−x)). https://docs.pytorch.org/docs/2.13/generated/torch.nn.Sigmoid.html */
export class Sigmoid extends Module {
  override forward(input: Tensor): Tensor {
    return input.sigmoid();
  }
}

/** The hyperbolic tangent: (*) → (*). https://docs.pytorch.org/docs/2.13/generated/torch.nn.Tanh.html */
export class Tanh extends Module {
  override forward(input: Tensor): Tensor {
    return input.tanh();
  }
}

/** log(sigmoid(x)). https://docs.pytorch.org/docs/2.13/generated/torch.nn.LogSigmoid.html */
export class LogSigmoid extends Module {
  override forward(input: Tensor): Tensor {
    return F.logsigmoid(input);
  }
}

/** x / (1 + |x|). https://docs.pytorch.org/docs/2.13/generated/torch.nn.Softsign.html */
export class Softsign extends Module {
  override forward(input: Tensor): Tensor {
    return F.softsign(input);
  }
}

/** x − tanh(x). https://docs.pytorch.org/docs/2.13/generated/torch.nn.Tanhshrink.html */
export class Tanhshrink extends Module {
  override forward(input: Tensor): Tensor {
    return F.tanhshrink(input);
  }
}

/** An exponential below zero, scaled by alpha. */
abstract class Exponential extends Module {
  alpha: number;
  inplace: boolean;

  constructor(...args: signatures.ELUArgs) {
    super();
    const { alpha, inplace } = signatures.ELU.read(args, new.target.name);
    this.alpha = alpha;
    this.inplace = inplace;
  }

  abstract override forward(input: Tensor): Tensor;

  override extra_repr(): string {
    return `alpha=${float(this.alpha)}${inplaceNote(this.inplace)}`;
  }
}

/** α(exp(x) − 1) below zero. https://docs.pytorch.org/docs/2.13/generated/torch.nn.ELU.html */
export class ELU extends Exponential {
  override forward(input: Tensor): Tensor {
    return F.elu(input, this.alpha, this.inplace);
  }
}

/** α(exp(x/α) − 1) below zero. https://docs.pytorch.org/docs/2.13/generated/torch.nn.CELU.html */
export class CELU extends Exponential {
  override forward(input: Tensor): Tensor {
    return F.celu(input, this.alpha, this.inplace);
  }
}

/** x times `negative_slope` below zero. https://docs.pytorch.org/docs/2.13/generated/torch.nn.LeakyReLU.html */
export class LeakyReLU extends Module {
  negative_slope: number;
  inplace: boolean;

  constructor(...args: signatures.LeakyReLUArgs) {
    super();
    const { negative_slope, inplace } = signatures.LeakyReLU.read(args);
    this.negative_slope = negative_slope;
    this.inplace = inplace;
  }

  override forward(input: Tensor): Tensor {
    return F.leaky_relu(input, this.negative_slope, this.inplace);
  }

  override extra_repr(): string {
    return `negative_slope=${float(this.negative_slope)}${inplaceNote(this.inplace)}`;
  }
}

/**
 * The first half along `dim` times the sigmoid of the second.
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.GLU.html
 */
export class GLU extends Module {
  dim: number;

  constructor(...args: signatures.GLUArgs) {
    super();
    this.dim = signatures.GLU.read(args).dim;
  }

  override forward(input: Tensor): Tensor {
    return F.glu(input, this.dim);
  }

  override extra_repr(): string {
    return `dim=${this.dim}`;
  }
}

/** x · Φ(x), or its approximation by tanh. https://docs.pytorch.org/docs/2.13/generated/torch.nn.GELU.html */
export class GELU extends Module {
  approximate: 'none' | 'tanh';

  constructor(...args: signatures.GELUArgs) {
    super();
    this.approximate = signatures.GELU.read(args).approximate;
  }

  override forward(input: Tensor): Tensor {
    return F.gelu(input, { approximate: this.approximate });
  }

  override extra_repr(): string {
    return `approximate=${repr(this.approximate)}`;
  }
}

/** Values near zero become zero. */
abstract class Shrink extends Module {
  lambd: number;

  constructor(...args: signatures.HardshrinkArgs) {
    super();
    this.lambd = signatures.Hardshrink.read(args, new.target.name).lambd;
  }

  abstract override forward(input: Tensor): Tensor;

  override extra_repr(): string {
    return float(this.lambd);
  }
}

/** x, but 0 within ±lambd. https://docs.pytorch.org/docs/2.13/generated/torch.nn.Hardshrink.html */
export class Hardshrink extends Shrink {
  override forward(input: Tensor): Tensor {
    return F.hardshrink(input, this.lambd);
  }
}

/** x moved by lambd towards 0. https://docs.pytorch.org/docs/2.13/generated/torch.nn.Softshrink.html */
export class Softshrink extends Shrink {
  override forward(input: Tensor): Tensor {
    return F.softshrink(input, this.lambd);
  }
}

/** log(1 + exp(βx)) / β. https://docs.pytorch.org/docs/2.13/generated/torch.nn.Softplus.html */
export class Softplus extends Module {
  beta: number;
  threshold: number;

  constructor(...args: signatures.SoftplusArgs) {
    super();
    const { beta, threshold } = signatures.Softplus.read(args);
    this.beta = beta;
    this.threshold = threshold;
  }

  override forward(input: Tensor): Tensor {
    return F.softplus(input, this.beta, this.threshold);
  }

  override extra_repr(): string {
    return `beta=${float(this.beta)}, threshold=${float(this.threshold)}`;
  }
}

/** A leaky ReLU that learns its slope. https://docs.pytorch.org/docs/2.13/generated/torch.nn.PReLU.html */
export class PReLU extends Module {
  num_parameters: number;
  init: number;
  declare weight: Parameter;

  constructor(...args: signatures.PReLUArgs) {
    super();
    const { num_parameters, init: first, ...factory } = signatures.PReLU.read(args);
    this.num_parameters = num_parameters;
    this.init = first;
    this.weight = emptyParameter([num_parameters], factory);
    this.reset_parameters();
  }

  /** Sets every slope to the initial one. */
  reset_parameters(): void {
    init.constant_(this.weight, this.init);
  }

  override forward(input: Tensor): Tensor {
    return F.prelu(input, this.weight);
  }

  override extra_repr(): string {
    return `num_parameters=${this.num_parameters}`;
  }
}

/** Something computed along one dimension; without `dim` PyTorch chooses one and warns. */
abstract class AlongDim extends Module {
  dim: number | null;

  constructor(...args: signatures.SoftmaxArgs) {
    super();
    this.dim = signatures.Softmax.read(args, new.target.name).dim;
  }

  abstract override forward(input: Tensor): Tensor;

  override extra_repr(): string {
    return `dim=${repr(this.dim)}`;
  }
}

/** exp(x) over its sum along `dim`. https://docs.pytorch.org/docs/2.13/generated/torch.nn.Softmax.html */
export class Softmax extends AlongDim {
  override forward(input: Tensor): Tensor {
    return F.softmax(input, this.dim);
  }
}

/** softmax(−x). https://docs.pytorch.org/docs/2.13/generated/torch.nn.Softmin.html */
export class Softmin extends AlongDim {
  override forward(input: Tensor): Tensor {
    return F.softmin(input, this.dim);
  }
}

/** log(softmax(x)). https://docs.pytorch.org/docs/2.13/generated/torch.nn.LogSoftmax.html */
export class LogSoftmax extends AlongDim {
  override forward(input: Tensor): Tensor {
    return F.log_softmax(input, this.dim);
  }
}

/** Softmax over the channels of (N, C, H, W). https://docs.pytorch.org/docs/2.13/generated/torch.nn.Softmax2d.html */
export class Softmax2d extends Module {
  override forward(input: Tensor): Tensor {
    const ndim = input.dim();
    if (ndim !== 3 && ndim !== 4)
      throw new RangeError(`Softmax2d: expected input to be 3D or 4D, got ${ndim}D instead`);
    return F.softmax(input, -3);
  }
}
