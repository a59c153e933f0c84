/** Elementwise non-linearities. https://docs.pytorch.org/docs/2.13/nn.functional.html#non-linear-activation-functions */

import { TorchError } from '../../base/errors';
import type { NNFunctions, TorchFunctions } from '../../generated/functions';
import { _nn, _torch } from '../../tensor/namespaces';
import type { Tensor } from '../../tensor/tensor';
import * as signatures from '../generated/nn_functional';

type Kernel = (input: Tensor) => Tensor;

/** An activation without parameters of its own, which may write into its input. */
function activate([input, inplace]: signatures.ReluList, fresh: Kernel, inPlace: Kernel): Tensor {
  return inplace ? inPlace(input) : fresh(input);
}

/**
 * max(0, x), in place with `inplace`. Same shape and dtype.
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.relu.html
 */
export function relu(...args: signatures.ReluArgs): Tensor {
  return activate(signatures.relu.list(args), _torch.relu, _torch.relu_);
}
export const relu_: TorchFunctions['relu_'] = _torch.relu_;

/** min(max(0, x), 6). https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.relu6.html */
export function relu6(...args: signatures.Relu6Args): Tensor {
  return activate(signatures.relu6.list(args), _nn.relu6, _nn.relu6_);
}

/** x · sigmoid(x). https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.silu.html */
export function silu(...args: signatures.SiluArgs): Tensor {
  return activate(signatures.silu.list(args), _nn.silu, _nn.silu_);
}

/** x · tanh(softplus(x)). https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.mish.html */
export function mish(...args: signatures.MishArgs): Tensor {
  return activate(signatures.mish.list(args), _nn.mish, _nn.mish_);
}

/** Scaled exponential linear unit. https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.selu.html */
export function selu(...args: signatures.SeluArgs): Tensor {
  return activate(signatures.selu.list(args), _torch.selu, _torch.selu_);
}
export const selu_: TorchFunctions['selu_'] = _torch.selu_;

/** A piecewise linear sigmoid. https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.hardsigmoid.html */
export function hardsigmoid(...args: signatures.HardsigmoidArgs): Tensor {
  return activate(signatures.hardsigmoid.list(args), _nn.hardsigmoid, _nn.hardsigmoid_);
}

/** x · hardsigmoid(x). https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.hardswish.html */
export function hardswish(...args: signatures.HardswishArgs): Tensor {
  return activate(signatures.hardswish.list(args), _nn.hardswish, _nn.hardswish_);
}

/** `value` wherever x ≤ threshold. https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.threshold.html */
export function threshold(...args: signatures.ThresholdArgs): Tensor {
  const [input, threshold, value, inplace] = signatures.threshold.list(args);
  return inplace ? _torch.threshold_(input, threshold, value) : _torch.threshold(input, threshold, value);
}
export const threshold_: TorchFunctions['threshold_'] = _torch.threshold_;

/**
 * The first half along `dim` times the sigmoid of the second; the dimension must be even.
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.glu.html
 */
export function glu(...args: signatures.GluArgs): Tensor {
  const [input, dim] = signatures.glu.list(args);
  if (input.dim() === 0) throw new TorchError('glu does not support scalars because halving size must be even');
  return _nn.glu(input, dim);
}

/** x clamped to [min_val, max_val]. https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.hardtanh.html */
export function hardtanh(...args: signatures.HardtanhArgs): Tensor {
  const [input, min_val, max_val, inplace] = signatures.hardtanh.list(args);
  if (min_val > max_val) throw new RangeError('min_val cannot be greater than max_val');
  return inplace ? _nn.hardtanh_(input, min_val, max_val) : _nn.hardtanh(input, min_val, max_val);
}
export const hardtanh_: NNFunctions['hardtanh_'] = _nn.hardtanh_;

/** α(exp(x) − 1) below zero. https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.elu.html */
export function elu(...args: signatures.EluArgs): Tensor {
  const [input, alpha, inplace] = signatures.elu.list(args);
  return inplace ? _nn.elu_(input, alpha) : _nn.elu(input, alpha);
}
export const elu_: NNFunctions['elu_'] = _nn.elu_;

/** α(exp(x/α) − 1) below zero. https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.celu.html */
export function celu(...args: signatures.CeluArgs): Tensor {
  const [input, alpha, inplace] = signatures.celu.list(args);
  return inplace ? _torch.celu_(input, alpha) : _torch.celu(input, alpha);
}
export const celu_: TorchFunctions['celu_'] = _torch.celu_;

/** x times `negative_slope` below zero. https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.leaky_relu.html */
export function leaky_relu(...args: signatures.LeakyReluArgs): Tensor {
  const [input, negative_slope, inplace] = signatures.leaky_relu.list(args);
  return inplace ? _nn.leaky_relu_(input, negative_slope) : _nn.leaky_relu(input, negative_slope);
}
export const leaky_relu_: NNFunctions['leaky_relu_'] = _nn.leaky_relu_;

/**
 * A leaky ReLU whose slope is drawn from [lower, upper] while training and their mean otherwise.
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.rrelu.html
 */
export function rrelu(...args: signatures.RreluArgs): Tensor {
  const [input, lower, upper, training, inplace] = signatures.rrelu.list(args);
  return inplace ? _torch.rrelu_(input, lower, upper, training) : _torch.rrelu(input, lower, upper, training);
}
export const rrelu_: TorchFunctions['rrelu_'] = _torch.rrelu_;

/** max(0, x) + weight · min(0, x), one weight or one a channel. https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.prelu.html */
export const prelu: TorchFunctions['prelu'] = _torch.prelu;

/** log(sigmoid(x)). https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.logsigmoid.html */
export const logsigmoid: NNFunctions['log_sigmoid'] = _nn.log_sigmoid;

interface GeluOptions {
  /** 'tanh' computes it by a hyperbolic tangent, which is faster and not exact. Default: 'none'. */
  approximate?: 'none' | 'tanh';
}

interface Gelu {
  /** x · Φ(x), or its approximation by tanh. */
  (input: Tensor, options?: GeluOptions): Tensor;
  /** x · Φ(x), or its approximation by tanh. */
  (args: GeluOptions & { input: Tensor }): Tensor;
}

/** x · Φ(x), or its approximation by tanh. https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.gelu.html */
export const gelu: Gelu = _nn.gelu;

/** x, but 0 within ±lambd. https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.hardshrink.html */
export const hardshrink: TorchFunctions['hardshrink'] = _torch.hardshrink;

/** x moved by lambd towards 0. https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.softshrink.html */
export const softshrink: NNFunctions['softshrink'] = _nn.softshrink;

/** log(1 + exp(βx)) / β; x itself where βx exceeds the threshold. https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.softplus.html */
export const softplus: NNFunctions['softplus'] = _nn.softplus;

/** x − tanh(x). https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.tanhshrink.html */
export function tanhshrink(...args: signatures.TanhshrinkArgs): Tensor {
  const [input] = signatures.tanhshrink.list(args);
  return input.sub(input.tanh());
}

/** x / (1 + |x|). https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.softsign.html */
export function softsign(...args: signatures.SoftsignArgs): Tensor {
  const [input] = signatures.softsign.list(args);
  return input.div(input.abs().add(1));
}

/**
 * The hyperbolic tangent of each element.
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.tanh.html
 */
export function tanh(...args: signatures.TanhArgs): Tensor {
  const [input] = signatures.tanh.list(args);
  return input.tanh();
}

/** 1 / (1 + exp(−x)). https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.sigmoid.html */
export function sigmoid(...args: signatures.SigmoidArgs): Tensor {
  const [input] = signatures.sigmoid.list(args);
  return input.sigmoid();
}
