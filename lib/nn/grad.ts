/** The gradients of convolutions, by themselves. https://docs.pytorch.org/docs/2.13/nn.html */
import { callOperator } from '../operators/operator';
import type { Tensor } from '../tensor/tensor';
import { type ArgumentsOf, signature } from './arguments';
import { repeated } from './functional/sizes';

type Size = number | readonly number[];

interface Geometry {
  grad_output: Tensor;
  stride?: Size;
  padding?: Size;
  dilation?: Size;
  groups?: number;
}

interface InputOptions extends Geometry {
  /** The sizes of the convolution's input. */
  input_size: readonly number[];
  weight: Tensor;
}

interface WeightOptions extends Geometry {
  input: Tensor;
  /** The sizes of the convolution's weight. */
  weight_size: readonly number[];
}

const defaults = { stride: 1, padding: 0, dilation: 1, groups: 1 } as const;
const geometry = ['grad_output', 'stride', 'padding', 'dilation', 'groups'] as const;

/** One of the gradients that the backward pass of a convolution computes. */
function gradient(input: Tensor, weight: Tensor, options: Required<Geometry>, which: 0 | 1): Tensor {
  const spatial = weight.dim() - 2;
  const sizes = [options.stride, options.padding, options.dilation].map((size) => repeated(size, spatial));
  const wanted = [which === 0, which === 1, false];
  const zeros = new Array<number>(spatial).fill(0);
  const { grad_output, groups } = options;
  const all = callOperator<(Tensor | null)[]>(
    'convolution_backward',
    grad_output,
    input,
    weight,
    null,
    ...sizes,
    false,
    zeros,
    groups,
    wanted,
  );
  return all[which]!;
}

/** A tensor of a shape, for kernels that look at nothing else of it. */
function shaped(like: Tensor, shape: readonly number[]): Tensor {
  return like.new_empty([1]).expand(shape);
}

function inputGradient(name: string) {
  const ofInput = signature<InputOptions>()(name, ['input_size', 'weight', ...geometry], defaults);
  return (...args: ArgumentsOf<typeof ofInput>): Tensor => {
    const { input_size, weight, ...options } = ofInput.read(args);
    return gradient(shaped(options.grad_output, input_size), weight, options, 0);
  };
}

function weightGradient(name: string) {
  const ofWeight = signature<WeightOptions>()(name, ['input', 'weight_size', ...geometry], defaults);
  return (...args: ArgumentsOf<typeof ofWeight>): Tensor => {
    const { input, weight_size, ...options } = ofWeight.read(args);
    return gradient(input, shaped(options.grad_output, weight_size), options, 1);
  };
}

/** The gradient of conv1d with respect to its input. */
export const conv1d_input = inputGradient('conv1d_input');
/** The gradient of conv1d with respect to its weight. */
export const conv1d_weight = weightGradient('conv1d_weight');
/** The gradient of conv2d with respect to its input. */
export const conv2d_input = inputGradient('conv2d_input');
/** The gradient of conv2d with respect to its weight. */
export const conv2d_weight = weightGradient('conv2d_weight');
/** The gradient of conv3d with respect to its input. */
export const conv3d_input = inputGradient('conv3d_input');
/** The gradient of conv3d with respect to its weight. */
export const conv3d_weight = weightGradient('conv3d_weight');
