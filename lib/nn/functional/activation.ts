/** Elementwise non-linearities. https://docs.pytorch.org/docs/2.13/nn.functional.html#non-linear-activation-functions */

import { type PythonFunction, python } from '../../arguments/python';
import { TorchError } from '../../base/errors';
import { _nn, _torch } from '../../tensor/namespaces';
import type { Tensor } from '../../tensor/tensor';

type Activation = PythonFunction<[input: Tensor, inplace?: boolean], readonly ['input', 'inplace'], Tensor>;

/** An activation without parameters of its own, which may write into its input. */
function activation(name: string, fresh: (input: Tensor) => Tensor, inPlace: (input: Tensor) => Tensor): Activation {
  return python(name, ['input', 'inplace'], (input: Tensor, inplace: boolean = false) =>
    inplace ? inPlace(input) : fresh(input),
  );
}

/**
 * max(0, x), in place with `inplace`. Same shape and dtype.
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.relu.html
 */
export const relu = activation('relu', _torch.relu, _torch.relu_);
export const relu_ = _torch.relu_;

/** min(max(0, x), 6). https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.relu6.html */
export const relu6 = activation('relu6', _nn.relu6, _nn.relu6_);

/** x · sigmoid(x). https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.silu.html */
export const silu = activation('silu', _nn.silu, _nn.silu_);

/** x · tanh(softplus(x)). https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.mish.html */
export const mish = activation('mish', _nn.mish, _nn.mish_);

/** Scaled exponential linear unit. https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.selu.html */
export const selu = activation('selu', _torch.selu, _torch.selu_);
export const selu_ = _torch.selu_;

/** A piecewise linear sigmoid. https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.hardsigmoid.html */
export const hardsigmoid = activation('hardsigmoid', _nn.hardsigmoid, _nn.hardsigmoid_);

/** x · hardsigmoid(x). https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.hardswish.html */
export const hardswish = activation('hardswish', _nn.hardswish, _nn.hardswish_);

/** `value` wherever x ≤ threshold. https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.threshold.html */
export const threshold = python(
  'threshold',
  ['input', 'threshold', 'value', 'inplace'],
  (input: Tensor, threshold: number, value: number, inplace: boolean = false): Tensor =>
    inplace ? _torch.threshold_(input, threshold, value) : _torch.threshold(input, threshold, value),
);
export const threshold_ = _torch.threshold_;

/**
 * The first half along `dim` times the sigmoid of the second; the dimension must be even.
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.glu.html
 */
export const glu = python('glu', ['input', 'dim'], (input: Tensor, dim: number = -1): Tensor => {
  if (input.dim() === 0) throw new TorchError('glu does not support scalars because halving size must be even');
  return _nn.glu(input, dim);
});

/** x clamped to [min_val, max_val]. https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.hardtanh.html */
export const hardtanh = python(
  'hardtanh',
  ['input', 'min_val', 'max_val', 'inplace'],
  (input: Tensor, min_val: number = -1, max_val: number = 1, inplace: boolean = false): Tensor => {
    if (min_val > max_val) throw new RangeError('min_val cannot be greater than max_val');
    return inplace ? _nn.hardtanh_(input, min_val, max_val) : _nn.hardtanh(input, min_val, max_val);
  },
);
export const hardtanh_ = _nn.hardtanh_;

/** α(exp(x) − 1) below zero. https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.elu.html */
export const elu = python(
  'elu',
  ['input', 'alpha', 'inplace'],
  (input: Tensor, alpha: number = 1, inplace: boolean = false): Tensor =>
    inplace ? _nn.elu_(input, alpha) : _nn.elu(input, alpha),
);
export const elu_ = _nn.elu_;

/** α(exp(x/α) − 1) below zero. https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.celu.html */
export const celu = python(
  'celu',
  ['input', 'alpha', 'inplace'],
  (input: Tensor, alpha: number = 1, inplace: boolean = false): Tensor =>
    inplace ? _torch.celu_(input, alpha) : _torch.celu(input, alpha),
);
export const celu_ = _torch.celu_;

/** x times `negative_slope` below zero. https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.leaky_relu.html */
export const leaky_relu = python(
  'leaky_relu',
  ['input', 'negative_slope', 'inplace'],
  (input: Tensor, negative_slope: number = 0.01, inplace: boolean = false): Tensor =>
    inplace ? _nn.leaky_relu_(input, negative_slope) : _nn.leaky_relu(input, negative_slope),
);
export const leaky_relu_ = _nn.leaky_relu_;

/**
 * A leaky ReLU whose slope is drawn from [lower, upper] while training and their mean otherwise.
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.rrelu.html
 */
export const rrelu = python(
  'rrelu',
  ['input', 'lower', 'upper', 'training', 'inplace'],
  (
    input: Tensor,
    lower: number = 1 / 8,
    upper: number = 1 / 3,
    training: boolean = false,
    inplace: boolean = false,
  ): Tensor => (inplace ? _torch.rrelu_(input, lower, upper, training) : _torch.rrelu(input, lower, upper, training)),
);
export const rrelu_ = _torch.rrelu_;

/** max(0, x) + weight · min(0, x), one weight or one a channel. https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.prelu.html */
export const prelu = _torch.prelu;

/** log(sigmoid(x)). https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.logsigmoid.html */
export const logsigmoid = _nn.log_sigmoid;

/** x · Φ(x), or its approximation by tanh. https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.gelu.html */
export const gelu = _nn.gelu as PythonFunction<
  [input: Tensor, approximate?: 'none' | 'tanh'],
  readonly ['input', '*', 'approximate'],
  Tensor
>;

/** x, but 0 within ±lambd. https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.hardshrink.html */
export const hardshrink = _torch.hardshrink;

/** x moved by lambd towards 0. https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.softshrink.html */
export const softshrink = _nn.softshrink;

/** log(1 + exp(βx)) / β; x itself where βx exceeds the threshold. https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.softplus.html */
export const softplus = _nn.softplus;

/** x − tanh(x). https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.tanhshrink.html */
export const tanhshrink = python('tanhshrink', ['input'], (input: Tensor): Tensor => input.sub(input.tanh()));

/** x / (1 + |x|). https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.softsign.html */
export const softsign = python('softsign', ['input'], (input: Tensor): Tensor => input.div(input.abs().add(1)));

/** https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.tanh.html */
export const tanh = python('tanh', ['input'], (input: Tensor): Tensor => input.tanh());

/** 1 / (1 + exp(−x)). https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.sigmoid.html */
export const sigmoid = python('sigmoid', ['input'], (input: Tensor): Tensor => input.sigmoid());
