/** Non-linearities. https://docs.pytorch.org/docs/2.13/nn.html#non-linear-activations-weighted-sum-nonlinearity */

import { AssertionError, warn } from '../../errors';
import { requireNumber } from '../../operators/checks';
import type { Tensor } from '../../tensor';
import { type ArgumentsOf, FACTORY, type FactoryOptions, signature } from '../arguments';
import * as F from '../functional';
import * as init from '../init';
import type { Parameter } from '../parameter';
import { emptyParameter } from './factory';
import { Module } from './module';
import { float, repr } from './repr';

interface InplaceOptions {
  /** Writes the result over the input. */
  inplace?: boolean;
}

const inplaceNote = (inplace: boolean) => (inplace ? ', inplace=True' : '');

/** A non-linearity that may write over its input and has no other option. */
abstract class Inplace extends Module {
  inplace: boolean;

  constructor(...args: ArgumentsOf<typeof ofInplace>) {
    super();
    this.inplace = ofInplace.read(args, new.target.name).inplace;
  }

  abstract override forward(input: Tensor): Tensor;

  override extra_repr(): string {
    return this.inplace ? 'inplace=True' : '';
  }
}

const ofInplace = signature<InplaceOptions>()('__init__', ['inplace'], { inplace: false });

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

const ofThreshold = signature<{ threshold: number; value: number } & InplaceOptions>()(
  'Threshold.__init__',
  ['threshold', 'value', 'inplace'],
  { inplace: false },
);

/** x above the threshold, `value` elsewhere. https://docs.pytorch.org/docs/2.13/generated/torch.nn.Threshold.html */
export class Threshold extends Module {
  threshold: number;
  value: number;
  inplace: boolean;

  constructor(...args: ArgumentsOf<typeof ofThreshold>) {
    super();
    const { threshold, value, inplace } = ofThreshold.read(args);
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

const ofRReLU = signature<{ lower?: number; upper?: number } & InplaceOptions>()(
  'RReLU.__init__',
  ['lower', 'upper', 'inplace'],
  { lower: 1 / 8, upper: 1 / 3, inplace: false },
);

/** A leaky ReLU with random slopes. https://docs.pytorch.org/docs/2.13/generated/torch.nn.RReLU.html */
export class RReLU extends Module {
  lower: number;
  upper: number;
  inplace: boolean;

  constructor(...args: ArgumentsOf<typeof ofRReLU>) {
    super();
    const { lower, upper, inplace } = ofRReLU.read(args);
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

interface HardtanhOptions extends InplaceOptions {
  min_val?: number;
  max_val?: number;
  /** The old name of `min_val`. */
  min_value?: number | null;
  /** The old name of `max_val`. */
  max_value?: number | null;
}

const ofHardtanh = signature<HardtanhOptions>()(
  'Hardtanh.__init__',
  ['min_val', 'max_val', 'inplace', 'min_value', 'max_value'],
  { min_val: -1, max_val: 1, inplace: false, min_value: null, max_value: null },
);

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

  constructor(...args: ArgumentsOf<typeof ofHardtanh>) {
    super();
    const { min_val, max_val, inplace, min_value, max_value } = ofHardtanh.read(args);
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

const ofReLU6 = signature<InplaceOptions>()('ReLU6.__init__', ['inplace'], { inplace: false });

/** min(max(0, x), 6). https://docs.pytorch.org/docs/2.13/generated/torch.nn.ReLU6.html */
export class ReLU6 extends Hardtanh {
  constructor(...args: ArgumentsOf<typeof ofReLU6>) {
    super(0, 6, ofReLU6.read(args).inplace);
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

const ofAlpha = signature<{ alpha?: number } & InplaceOptions>()('__init__', ['alpha', 'inplace'], {
  alpha: 1,
  inplace: false,
});

/** An exponential below zero, scaled by alpha. */
abstract class Exponential extends Module {
  alpha: number;
  inplace: boolean;

  constructor(...args: ArgumentsOf<typeof ofAlpha>) {
    super();
    const { alpha, inplace } = ofAlpha.read(args, new.target.name);
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

const ofLeakyReLU = signature<{ negative_slope?: number } & InplaceOptions>()(
  'LeakyReLU.__init__',
  ['negative_slope', 'inplace'],
  { negative_slope: 0.01, inplace: false },
);

/** x times `negative_slope` below zero. https://docs.pytorch.org/docs/2.13/generated/torch.nn.LeakyReLU.html */
export class LeakyReLU extends Module {
  negative_slope: number;
  inplace: boolean;

  constructor(...args: ArgumentsOf<typeof ofLeakyReLU>) {
    super();
    const { negative_slope, inplace } = ofLeakyReLU.read(args);
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

const ofGLU = signature<{ dim?: number }>()('GLU.__init__', ['dim'], { dim: -1 });

/**
 * The first half along `dim` times the sigmoid of the second.
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.GLU.html
 */
export class GLU extends Module {
  dim: number;

  constructor(...args: ArgumentsOf<typeof ofGLU>) {
    super();
    this.dim = ofGLU.read(args).dim;
  }

  override forward(input: Tensor): Tensor {
    return F.glu(input, this.dim);
  }

  override extra_repr(): string {
    return `dim=${this.dim}`;
  }
}

const ofGELU = signature<{ approximate?: 'none' | 'tanh' }>()('GELU.__init__', ['approximate'], {
  approximate: 'none',
});

/** x · Φ(x), or its approximation by tanh. https://docs.pytorch.org/docs/2.13/generated/torch.nn.GELU.html */
export class GELU extends Module {
  approximate: 'none' | 'tanh';

  constructor(...args: ArgumentsOf<typeof ofGELU>) {
    super();
    this.approximate = ofGELU.read(args).approximate;
  }

  override forward(input: Tensor): Tensor {
    return F.gelu(input, { approximate: this.approximate });
  }

  override extra_repr(): string {
    return `approximate=${repr(this.approximate)}`;
  }
}

const ofLambda = signature<{ lambd?: number }>()('__init__', ['lambd'], { lambd: 0.5 });

/** Values near zero become zero. */
abstract class Shrink extends Module {
  lambd: number;

  constructor(...args: ArgumentsOf<typeof ofLambda>) {
    super();
    this.lambd = ofLambda.read(args, new.target.name).lambd;
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

const ofSoftplus = signature<{ beta?: number; threshold?: number }>()('Softplus.__init__', ['beta', 'threshold'], {
  beta: 1,
  threshold: 20,
});

/** log(1 + exp(βx)) / β. https://docs.pytorch.org/docs/2.13/generated/torch.nn.Softplus.html */
export class Softplus extends Module {
  beta: number;
  threshold: number;

  constructor(...args: ArgumentsOf<typeof ofSoftplus>) {
    super();
    const { beta, threshold } = ofSoftplus.read(args);
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

interface PReLUOptions extends FactoryOptions {
  /** One slope for all channels, or one each. */
  num_parameters?: number;
  init?: number;
}

const ofPReLU = signature<PReLUOptions>()('PReLU.__init__', ['num_parameters', 'init', ...FACTORY], {
  num_parameters: 1,
  init: 0.25,
  device: null,
  dtype: null,
});

/** A leaky ReLU that learns its slope. https://docs.pytorch.org/docs/2.13/generated/torch.nn.PReLU.html */
export class PReLU extends Module {
  num_parameters: number;
  init: number;
  declare weight: Parameter;

  constructor(...args: ArgumentsOf<typeof ofPReLU>) {
    super();
    const { num_parameters, init: first, ...factory } = ofPReLU.read(args);
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

const ofDim = signature<{ dim?: number | null }>()('__init__', ['dim'], { dim: null });

/** Something computed along one dimension; without `dim` PyTorch chooses one and warns. */
abstract class AlongDim extends Module {
  dim: number | null;

  constructor(...args: ArgumentsOf<typeof ofDim>) {
    super();
    this.dim = ofDim.read(args, new.target.name).dim;
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
