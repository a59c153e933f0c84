/** Convolutions and the windows they slide over. https://docs.pytorch.org/docs/2.13/nn.functional.html#convolution-functions */

import type { Size } from '../../base/types';
import type { TorchFunctions } from '../../generated/functions';
import { _nn, _torch } from '../../tensor/namespaces';
import type { Tensor } from '../../tensor/tensor';
import * as signatures from '../generated/nn_functional';
import { pair } from './sizes';

interface ConvolutionOptions {
  /** (O), added to the result. */
  bias?: Tensor | null;
  stride?: Size;
  padding?: Size | 'valid' | 'same';
  dilation?: Size;
  groups?: number;
}

interface ConvolutionRest extends ConvolutionOptions {
  weight: Tensor;
}

interface ConvolutionArguments extends ConvolutionRest {
  input: Tensor;
}

/** One list of arguments for the operator's two overloads, of which one has names for the padding. */
interface Convolution {
  /** The convolution of `input` (N, C, …) or (C, …) with `weight` (O, C / groups, …). */
  // biome-ignore lint/style/useShorthandFunctionType: a function type has no documentation that editors show
  (
    ...args:
      | [
          input: Tensor,
          weight: Tensor | ConvolutionRest,
          bias?: Tensor | null | ConvolutionOptions,
          stride?: Size | ConvolutionOptions,
          padding?: Size | 'valid' | 'same' | ConvolutionOptions,
          dilation?: Size | ConvolutionOptions,
          groups?: number | ConvolutionOptions,
        ]
      | [args: ConvolutionArguments]
  ): Tensor;
}

/**
 * input (N, C, L) or (C, L), weight (O, C / groups, K).
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.conv1d.html
 */
export const conv1d = _torch.conv1d as Convolution;

/**
 * input (N, C, H, W) or (C, H, W), weight (O, C / groups, KH, KW).
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.conv2d.html
 */
export const conv2d = _torch.conv2d as Convolution;

/**
 * input (N, C, D, H, W) or (C, D, H, W), weight (O, C / groups, KD, KH, KW).
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.conv3d.html
 */
export const conv3d = _torch.conv3d as Convolution;

/**
 * The gradient of conv1d with respect to its input; weight (C, O / groups, K).
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.conv_transpose1d.html
 */
export const conv_transpose1d: TorchFunctions['conv_transpose1d'] = _torch.conv_transpose1d;

/**
 * The transposed convolution of (N, C, H, W) or (C, H, W): the gradient of `conv2d` with respect to its input.
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.conv_transpose2d.html
 */
export const conv_transpose2d: TorchFunctions['conv_transpose2d'] = _torch.conv_transpose2d;

/**
 * The transposed convolution of (N, C, D, H, W) or (C, D, H, W): the gradient of `conv3d` with respect to its input.
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.conv_transpose3d.html
 */
export const conv_transpose3d: TorchFunctions['conv_transpose3d'] = _torch.conv_transpose3d;

/** A convolution of inputs laid out as (time, batch, channels). */
export const conv_tbc: TorchFunctions['conv_tbc'] = _torch.conv_tbc;

/**
 * Sliding blocks as columns: (N, C, H, W) → (N, C · KH · KW, blocks).
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.unfold.html
 */
export function unfold(...args: signatures.UnfoldArgs): Tensor {
  const [input, kernel_size, dilation, padding, stride] = signatures.unfold.list(args);
  return _nn.im2col(input, pair(kernel_size), pair(dilation), pair(padding), pair(stride));
}

/**
 * Adds up columns where their blocks overlap: the reverse of `unfold`.
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.fold.html
 */
export function fold(...args: signatures.FoldArgs): Tensor {
  const [input, output_size, kernel_size, dilation, padding, stride] = signatures.fold.list(args);
  return _nn.col2im(input, pair(output_size), pair(kernel_size), pair(dilation), pair(padding), pair(stride));
}
