/** Filling parameters with their first values. https://docs.pytorch.org/docs/2.13/nn.init.html */

import { requireNumber, requireTensor } from '../arguments/checks';
import { no_grad } from '../autograd/grad_mode';
import { warn } from '../base/errors';
import { valueText } from '../base/python_text';
import { dtypes } from '../base/types';
import { defaultDevice } from '../context/default_device';
import { pow } from '../native/c_math';
import { callOperator } from '../operators/operator';
import type { Generator } from '../tensor/generator';
import type { Tensor } from '../tensor/tensor';
import * as signatures from './generated/nn_init';

/** The non-linearities that have a recommended gain. */
export type Nonlinearity =
  | 'linear'
  | 'conv1d'
  | 'conv2d'
  | 'conv3d'
  | 'conv_transpose1d'
  | 'conv_transpose2d'
  | 'conv_transpose3d'
  | 'sigmoid'
  | 'tanh'
  | 'relu'
  | 'leaky_relu'
  | 'selu';

/** Whether variances are kept in the forward or in the backward pass. */
export type FanMode = 'fan_in' | 'fan_out';

/** The recommended gain of a non-linearity. https://docs.pytorch.org/docs/2.13/nn.init.html#torch.nn.init.calculate_gain */
export function calculate_gain(...args: signatures.CalculateGainArgs): number {
  const { nonlinearity, param } = signatures.calculate_gain.read(args);
  if (/^(linear|conv(_transpose)?[123]d|sigmoid)$/.test(nonlinearity)) return 1;
  switch (nonlinearity) {
    case 'tanh':
      return 5 / 3;
    case 'relu':
      return Math.sqrt(2);
    case 'leaky_relu': {
      const slope = param ?? 0.01;
      if (typeof slope !== 'number') throw new RangeError(`negative_slope ${valueText(slope)} not a valid number`);
      return Math.sqrt(2 / (1 + pow(slope, 2)));
    }
    case 'selu':
      return 3 / 4;
    default:
      throw new RangeError(`Unsupported nonlinearity ${nonlinearity}`);
  }
}

interface Random {
  tensor: Tensor;
  /** Where the random numbers come from; the default generator when null. */
  generator?: Generator | null;
}

/** Values drawn evenly from [a, b). https://docs.pytorch.org/docs/2.13/nn.init.html#torch.nn.init.uniform_ */
export function uniform_(...args: signatures.Uniform_Args): Tensor {
  const { tensor, a, b, generator } = signatures.uniform_.read(args);
  requireTensor('uniform_', 'tensor', tensor);
  return no_grad(() => tensor.uniform_(a, b, { generator }));
}

interface NormalOptions extends Random {
  mean?: number;
  std?: number;
}

/** Values of a normal distribution. https://docs.pytorch.org/docs/2.13/nn.init.html#torch.nn.init.normal_ */
export function normal_(...args: signatures.Normal_Args): Tensor {
  const { tensor, mean, std, generator } = signatures.normal_.read(args);
  requireTensor('normal_', 'tensor', tensor);
  return no_grad(() => tensor.normal_(mean, std, { generator }));
}

interface TruncatedOptions extends NormalOptions {
  a?: number;
  b?: number;
}

/** How much of the standard normal distribution lies below `x`. */
function normalCdf(x: number): number {
  const double = callOperator<Tensor>('scalar_tensor', x / Math.SQRT2, dtypes.float64);
  return (1 + double.erf().item()) / 2;
}

/**
 * Values of a normal distribution within [a, b]; those outside are drawn again.
 * https://docs.pytorch.org/docs/2.13/nn.init.html#torch.nn.init.trunc_normal_
 */
export function trunc_normal_(...args: signatures.TruncNormal_Args): Tensor {
  const { tensor, mean, std, a, b, generator } = signatures.trunc_normal_.read(args);
  requireTensor('trunc_normal_', 'tensor', tensor);
  if (tensor.is_meta) return tensor;
  if (mean < a - 2 * std || mean > b + 2 * std) {
    warn('mean is more than 2 std from [a, b] in nn.init.trunc_normal_. The distribution of values may be incorrect.');
  }
  const inside = normalCdf((b - mean) / std) - normalCdf((a - mean) / std);
  const bounds = { mean, std, a, b, generator };
  return no_grad(() => (inside > 0.3 ? redrawNormal(tensor, bounds) : rejectUniform(tensor, bounds)));
}

type Bounds = Required<Omit<TruncatedOptions, 'tensor'>>;

/** Most values fall inside: draws the others again. */
function redrawNormal(tensor: Tensor, { mean, std, a, b, generator }: Bounds): Tensor {
  const bound = (x: number) => tensor.new_full([], x, { device: 'cpu' }).item(); // as the dtype rounds it
  const [low, high] = [bound(a), bound(b)];
  let result = tensor.normal_(mean, std, { generator });
  for (;;) {
    const outside = result.lt(low).logical_or(result.gt(high));
    if (!outside.any().is_nonzero()) break;
    const fresh = callOperator<Tensor>('empty_like', result).normal_(mean, std, { generator });
    result = fresh.where(outside, result);
  }
  return result === tensor ? tensor : tensor.copy_(result);
}

/** Few values fall inside: draws evenly and accepts with the density's probability. */
function rejectUniform(tensor: Tensor, { mean, std, a, b, generator }: Bounds): Tensor {
  const mode = Math.max(a, Math.min(mean, b));
  const peak = -0.5 * pow((mode - mean) / std, 2);
  const candidates = callOperator<Tensor>('empty_like', tensor);
  const chance = callOperator<Tensor>('empty_like', tensor);
  const rejected = () => {
    const density = candidates.sub_(mean).div_(std).pow_(2).mul_(-0.5).sub_(peak);
    return chance.uniform_(0, 1, { generator }).log_().gt(density);
  };
  candidates.copy_(tensor.uniform_(a, b, { generator }));
  let pending = rejected();
  let result = tensor;
  while (pending.any().is_nonzero()) {
    candidates.uniform_(a, b, { generator });
    result = candidates.where(pending, result);
    pending = pending.logical_and(rejected());
  }
  return result === tensor ? tensor : tensor.copy_(result);
}

/** One value everywhere. https://docs.pytorch.org/docs/2.13/nn.init.html#torch.nn.init.constant_ */
export function constant_(...args: signatures.Constant_Args): Tensor {
  const { tensor, val } = signatures.constant_.read(args);
  requireTensor('constant_', 'tensor', tensor);
  return no_grad(() => tensor.fill_(val));
}

/** Fills with ones. https://docs.pytorch.org/docs/2.13/nn.init.html#torch.nn.init.ones_ */
export function ones_(...args: signatures.Ones_Args): Tensor {
  const [tensor] = signatures.ones_.list(args);
  requireTensor('ones_', 'tensor', tensor);
  return constant_(tensor, 1);
}

/** Fills with zeros. https://docs.pytorch.org/docs/2.13/nn.init.html#torch.nn.init.zeros_ */
export function zeros_(...args: signatures.Zeros_Args): Tensor {
  const [tensor] = signatures.zeros_.list(args);
  requireTensor('zeros_', 'tensor', tensor);
  return no_grad(() => tensor.zero_());
}

/** The identity matrix. https://docs.pytorch.org/docs/2.13/nn.init.html#torch.nn.init.eye_ */
export function eye_(...args: signatures.Eye_Args): Tensor {
  const [tensor] = signatures.eye_.list(args);
  requireTensor('eye_', 'tensor', tensor);
  if (tensor.dim() !== 2) throw new RangeError('Only tensors with 2 dimensions are supported');
  const [rows, columns] = tensor.shape;
  return no_grad(() => callOperator('eye.m_out', rows, columns, tensor));
}

/**
 * A convolution's weight that hands its input through, as many channels as there are.
 * https://docs.pytorch.org/docs/2.13/nn.init.html#torch.nn.init.dirac_
 */
export function dirac_(...args: signatures.Dirac_Args): Tensor {
  const { tensor, groups } = signatures.dirac_.read(args);
  requireTensor('dirac_', 'tensor', tensor);
  const [outputs, inputs, ...kernel] = tensor.shape;
  if (kernel.length < 1 || kernel.length > 3) {
    throw new RangeError('Only tensors with 3, 4, or 5 dimensions are supported');
  }
  if (outputs! % groups !== 0) throw new RangeError('dim 0 must be divisible by groups');
  if (tensor.is_meta) return tensor;
  const perGroup = outputs! / groups;
  const centre = kernel.map((size) => Math.floor(size / 2));
  return no_grad(() => {
    tensor.zero_();
    for (let group = 0; group < groups; group++) {
      for (let d = 0; d < Math.min(perGroup, inputs!); d++) {
        tensor.index_put_([group * perGroup + d, d, ...centre], 1);
      }
    }
    return tensor;
  });
}

/** How many inputs and outputs one unit of a weight is connected to. */
export function _calculate_fan_in_and_fan_out(tensor: Tensor): [fan_in: number, fan_out: number] {
  requireTensor('_calculate_fan_in_and_fan_out', 'tensor', tensor);
  const [outputs, inputs, ...kernel] = tensor.shape;
  if (inputs === undefined) {
    throw new RangeError('Fan in and fan out can not be computed for tensor with fewer than 2 dimensions');
  }
  const field = kernel.reduce((a, b) => a * b, 1);
  return [inputs * field, outputs! * field];
}

/**
 * Fills with uniform numbers from ±gain · √(6 / (fan_in + fan_out)).
 * https://docs.pytorch.org/docs/2.13/nn.init.html#torch.nn.init.xavier_uniform_
 */
export function xavier_uniform_(...args: signatures.XavierUniform_Args): Tensor {
  const { tensor, gain, generator } = signatures.xavier_uniform_.read(args);
  requireTensor('xavier_uniform_', 'tensor', tensor);
  const [fanIn, fanOut] = _calculate_fan_in_and_fan_out(tensor);
  requireNumber('xavier_uniform_', 'gain', gain);
  const bound = Math.sqrt(3) * (gain * Math.sqrt(2 / (fanIn + fanOut)));
  return uniform_(tensor, -bound, bound, generator);
}

/**
 * Fills with normal numbers of deviation gain · √(2 / (fan_in + fan_out)).
 * https://docs.pytorch.org/docs/2.13/nn.init.html#torch.nn.init.xavier_normal_
 */
export function xavier_normal_(...args: signatures.XavierNormal_Args): Tensor {
  const { tensor, gain, generator } = signatures.xavier_normal_.read(args);
  requireTensor('xavier_normal_', 'tensor', tensor);
  const [fanIn, fanOut] = _calculate_fan_in_and_fan_out(tensor);
  requireNumber('xavier_normal_', 'gain', gain);
  return normal_(tensor, 0, gain * Math.sqrt(2 / (fanIn + fanOut)), generator);
}

interface KaimingOptions extends Random {
  /** The slope of the leaky ReLU behind the layer. */
  a?: number;
  mode?: FanMode;
  nonlinearity?: Nonlinearity;
}

/** The standard deviation of Kaiming's initialisation; null when there is nothing to fill. */
function kaimingStd({ tensor, a, mode, nonlinearity }: Required<KaimingOptions>): number | null {
  if (tensor.shape.includes(0)) {
    warn('Initializing zero-element tensors is a no-op');
    return null;
  }
  const chosen = String(mode).toLowerCase();
  if (chosen !== 'fan_in' && chosen !== 'fan_out') {
    throw new RangeError(`Mode ${chosen} not supported, please use one of ['fan_in', 'fan_out']`);
  }
  const [fanIn, fanOut] = _calculate_fan_in_and_fan_out(tensor);
  return calculate_gain(nonlinearity, a) / Math.sqrt(chosen === 'fan_in' ? fanIn : fanOut);
}

/**
 * Fills with uniform numbers from ±gain · √(3 / fan), which keeps the variance through layers of the given nonlinearity.
 * https://docs.pytorch.org/docs/2.13/nn.init.html#torch.nn.init.kaiming_uniform_
 */
export function kaiming_uniform_(...args: signatures.KaimingUniform_Args): Tensor {
  const options = signatures.kaiming_uniform_.read(args);
  requireTensor('kaiming_uniform_', 'tensor', options.tensor);
  const std = kaimingStd(options);
  if (std === null) return options.tensor;
  const bound = Math.sqrt(3) * std;
  return uniform_(options.tensor, -bound, bound, options.generator);
}

/**
 * Fills with normal numbers of deviation gain / √fan, which keeps the variance through layers of the given nonlinearity.
 * https://docs.pytorch.org/docs/2.13/nn.init.html#torch.nn.init.kaiming_normal_
 */
export function kaiming_normal_(...args: signatures.KaimingNormal_Args): Tensor {
  const options = signatures.kaiming_normal_.read(args);
  requireTensor('kaiming_normal_', 'tensor', options.tensor);
  const std = kaimingStd(options);
  return std === null ? options.tensor : normal_(options.tensor, 0, std, options.generator);
}

/** A (semi-)orthogonal matrix. https://docs.pytorch.org/docs/2.13/nn.init.html#torch.nn.init.orthogonal_ */
export function orthogonal_(...args: signatures.Orthogonal_Args): Tensor {
  const { tensor, gain, generator } = signatures.orthogonal_.read(args);
  requireTensor('orthogonal_', 'tensor', tensor);
  if (tensor.dim() < 2) throw new RangeError('Only tensors with 2 or more dimensions are supported');
  if (tensor.numel() === 0 || tensor.is_meta) return tensor;
  const rows = tensor.size(0);
  const columns = tensor.numel() / rows;
  return no_grad(() => {
    const drawn = tensor.new_empty([rows, columns]).normal_(0, 1, { generator });
    const tall = rows < columns ? drawn.t() : drawn;
    const [q, r] = callOperator<[Tensor, Tensor]>('linalg_qr', tall);
    const signed = q.mul(r.diagonal().sign()); // makes the decomposition unique
    tensor.copy_((rows < columns ? signed.t() : signed).reshape(tensor.shape));
    return tensor.mul_(gain);
  });
}

/** A matrix with zeros in every column. https://docs.pytorch.org/docs/2.13/nn.init.html#torch.nn.init.sparse_ */
export function sparse_(...args: signatures.Sparse_Args): Tensor {
  const { tensor, sparsity, std, generator } = signatures.sparse_.read(args);
  requireTensor('sparse_', 'tensor', tensor);
  if (tensor.dim() !== 2) throw new RangeError('Only tensors with 2 dimensions are supported');
  if (tensor.is_meta) return tensor;
  const [rows, columns] = tensor.shape as [number, number];
  requireNumber('sparse_', 'sparsity', sparsity);
  const zeros = Math.ceil(sparsity * rows);
  return no_grad(() => {
    tensor.normal_(0, std, { generator });
    for (let column = 0; column < columns; column++) {
      const chosen = callOperator<Tensor>('randperm', rows, null, null, defaultDevice()).index(`:${zeros}`);
      tensor.index_put_([chosen, column], 0);
    }
    return tensor;
  });
}

/** The initializer that had a name without an underscore. */
function deprecated<Args extends unknown[]>(name: string, successor: (...args: Args) => Tensor) {
  return (...args: Args): Tensor => {
    warn(`\`nn.init.${name}\` is now deprecated in favor of \`nn.init.${name}_\`.`, 'FutureWarning');
    return successor(...args);
  };
}

/** Deprecated: `uniform_`. */
export const uniform = deprecated('uniform', uniform_);
/** Deprecated: `normal_`. */
export const normal = deprecated('normal', normal_);
/** Deprecated: `constant_`. */
export const constant = deprecated('constant', constant_);
/** Deprecated: `eye_`. */
export const eye = deprecated('eye', eye_);
/** Deprecated: `dirac_`. */
export const dirac = deprecated('dirac', dirac_);
/** Deprecated: `xavier_uniform_`. */
export const xavier_uniform = deprecated('xavier_uniform', xavier_uniform_);
/** Deprecated: `xavier_normal_`. */
export const xavier_normal = deprecated('xavier_normal', xavier_normal_);
/** Deprecated: `kaiming_uniform_`. */
export const kaiming_uniform = deprecated('kaiming_uniform', kaiming_uniform_);
/** Deprecated: `kaiming_normal_`. */
export const kaiming_normal = deprecated('kaiming_normal', kaiming_normal_);
/** Deprecated: `orthogonal_`. */
export const orthogonal = deprecated('orthogonal', orthogonal_);
/** Deprecated: `sparse_`. */
export const sparse = deprecated('sparse', sparse_);
