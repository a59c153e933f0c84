/** Normalisation of activations. https://docs.pytorch.org/docs/2.13/nn.functional.html#normalization-functions */

import { cudnn } from '../../backends/cudnn';
import { TorchError } from '../../base/errors';
import { sizeText } from '../../base/text';
import { _nn, _torch } from '../../tensor/namespaces';
import type { Tensor } from '../../tensor/tensor';
import * as signatures from '../generated/nn_functional';
import { product } from './sizes';

/** Statistics over one value are of no use: (N, C, *) needs N · * > 1. */
function checkBatch(size: readonly number[]): void {
  if (size[0]! * product(size.slice(2)) === 1) {
    throw new RangeError(`Expected more than 1 value per channel when training, got input size ${sizeText(size)}`);
  }
}

/** Python's text of a float. */
function floatText(value: number): string {
  return Number.isInteger(value) ? `${value}.0` : String(value);
}

/**
 * Normalises each channel of (N, C, *) by its mean and variance in the batch while training, by the running ones
 * otherwise. https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.batch_norm.html
 */
export function batch_norm(...args: signatures.BatchNormArgs): Tensor {
  const [input, running_mean, running_var, weight, bias, training, momentum, eps] = signatures.batch_norm.list(args);
  if (training) checkBatch(input.shape);
  if (training && eps <= 0) {
    throw new RangeError(`batch_norm eps must be positive during training, but got ${floatText(eps)}`);
  }
  if (eps < 0) throw new RangeError(`batch_norm eps must be non-negative, but got ${floatText(eps)}`);
  return _torch.batch_norm(input, weight, bias, running_mean, running_var, training, momentum, eps, cudnn.enabled);
}

/**
 * Normalises each channel of each instance of (N, C, *).
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.instance_norm.html
 */
export function instance_norm(...args: signatures.InstanceNormArgs): Tensor {
  const [input, running_mean, running_var, weight, bias, use_input_stats, momentum, eps] =
    signatures.instance_norm.list(args);
  const { shape } = input;
  if (use_input_stats && product(shape.slice(2)) === 1) {
    throw new RangeError(`Expected more than 1 spatial element when training, got input size ${sizeText(shape)}`);
  }
  return _torch.instance_norm(
    input,
    weight,
    bias,
    running_mean,
    running_var,
    use_input_stats,
    momentum,
    eps,
    cudnn.enabled,
  );
}

/** Normalises over the last dimensions. https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.layer_norm.html */
export function layer_norm(...args: signatures.LayerNormArgs): Tensor {
  const [input, normalized_shape, weight, bias, eps] = signatures.layer_norm.list(args);
  return _torch.layer_norm(input, normalized_shape, weight, bias, eps, cudnn.enabled);
}

/** Divides by the root mean square over the last dimensions. https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.rms_norm.html */
export function rms_norm(...args: signatures.RmsNormArgs): Tensor {
  const [input, normalized_shape, weight, eps] = signatures.rms_norm.list(args);
  return _torch.rms_norm(input, normalized_shape, weight, eps);
}

/** Normalises groups of channels of each instance of (N, C, *). https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.group_norm.html */
export function group_norm(...args: signatures.GroupNormArgs): Tensor {
  const [input, num_groups, weight, bias, eps] = signatures.group_norm.list(args);
  const { shape } = input;
  if (shape.length < 2)
    throw new TorchError(`Expected at least 2 dimensions for input tensor but received ${shape.length}`);
  checkBatch([Math.floor((shape[0]! * shape[1]!) / num_groups), num_groups, ...shape.slice(2)]);
  return _torch.group_norm(input, num_groups, weight, bias, eps, cudnn.enabled);
}

/** The mean of each value's square and those of its neighbours along the channels; (N, C, *) → (N, C, *). */
function neighbourMean(input: Tensor, size: number): Tensor {
  const squares = input.mul(input);
  const before = Math.floor(size / 2);
  const after = Math.floor((size - 1) / 2);
  if (input.dim() === 3) {
    const padded = _nn.pad(squares.unsqueeze(1), [0, 0, before, after]);
    return _nn.avg_pool2d(padded, [size, 1], 1).squeeze(1);
  }
  const { shape } = input;
  const volumes = squares.view([shape[0]!, 1, shape[1]!, shape[2]!, -1]);
  const padded = _nn.pad(volumes, [0, 0, 0, 0, before, after]);
  return _nn.avg_pool3d(padded, [size, 1, 1], 1).squeeze(1).view(shape);
}

/** Divides by the energy of neighbouring channels. https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.local_response_norm.html */
export function local_response_norm(...args: signatures.LocalResponseNormArgs): Tensor {
  const [input, size, alpha, beta, k] = signatures.local_response_norm.list(args);
  const ndim = input.dim();
  if (ndim < 3) {
    throw new RangeError(
      `Expected 3D or higher dimensionality                          input (got ${ndim} dimensions)`,
    );
  }
  if (input.numel() === 0) return input;
  return input.div(neighbourMean(input, size).mul(alpha).add(k).pow(beta));
}

/**
 * Divides by the p-norm along `dim`, at least `eps`.
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.normalize.html
 */
export function normalize(...args: signatures.NormalizeArgs): Tensor {
  const [input, p, dim, eps, out] = signatures.normalize.list(args);
  const length = input.norm(p, dim, true);
  if (out === null) return input.div(length.clamp_min(eps).expand_as(input));
  return _torch.div(input, length.clamp_min_(eps).expand_as(input), { out });
}
