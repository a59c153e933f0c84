/** The gradients of convolutions, by themselves. https://docs.pytorch.org/docs/2.13/nn.html */
import type { Values } from '../arguments/signature';
import { callOperator } from '../operators/operator';
import type { Tensor } from '../tensor/tensor';
import { repeated } from './functional/sizes';
import * as signatures from './generated/nn_grad';

type Geometry = Pick<
  Values<signatures.Conv1dInputArguments>,
  'grad_output' | 'stride' | 'padding' | 'dilation' | 'groups'
>;

/** One of the gradients that the backward pass of a convolution computes. */
function gradient(input: Tensor, weight: Tensor, options: Geometry, which: 0 | 1): Tensor {
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

function inputGradient({ input_size, weight, ...options }: Values<signatures.Conv1dInputArguments>): Tensor {
  return gradient(shaped(options.grad_output, input_size), weight, options, 0);
}

function weightGradient({ input, weight_size, ...options }: Values<signatures.Conv1dWeightArguments>): Tensor {
  return gradient(input, shaped(options.grad_output, weight_size), options, 1);
}

/** The gradient of conv1d with respect to its input. */
export function conv1d_input(...args: signatures.Conv1dInputArgs): Tensor {
  return inputGradient(signatures.conv1d_input.read(args));
}

/** The gradient of conv1d with respect to its weight. */
export function conv1d_weight(...args: signatures.Conv1dWeightArgs): Tensor {
  return weightGradient(signatures.conv1d_weight.read(args));
}

/** The gradient of conv2d with respect to its input. */
export function conv2d_input(...args: signatures.Conv2dInputArgs): Tensor {
  return inputGradient(signatures.conv2d_input.read(args));
}

/** The gradient of conv2d with respect to its weight. */
export function conv2d_weight(...args: signatures.Conv2dWeightArgs): Tensor {
  return weightGradient(signatures.conv2d_weight.read(args));
}

/** The gradient of conv3d with respect to its input. */
export function conv3d_input(...args: signatures.Conv3dInputArgs): Tensor {
  return inputGradient(signatures.conv3d_input.read(args));
}

/** The gradient of conv3d with respect to its weight. */
export function conv3d_weight(...args: signatures.Conv3dWeightArgs): Tensor {
  return weightGradient(signatures.conv3d_weight.read(args));
}
