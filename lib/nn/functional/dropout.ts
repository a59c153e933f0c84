/** Random zeroing of elements and channels. https://docs.pytorch.org/docs/2.13/nn.functional.html#dropout-functions */

import { TorchError, warn } from '../../base/errors';
import { _torch } from '../../tensor/namespaces';
import type { Tensor } from '../../tensor/tensor';
import * as signatures from '../generated/nn_functional';

type Kernel = (input: Tensor, p: number, training: boolean) => Tensor;

function checkProbability(p: number): void {
  if (p < 0 || p > 1) throw new RangeError(`dropout probability has to be between 0 and 1, but got ${p}`);
}

/** A dropout of any shape. */
function drop([input, p, training, inplace]: signatures.DropoutList, fresh: Kernel, inPlace: Kernel): Tensor {
  checkProbability(p);
  return inplace ? inPlace(input, p, training) : fresh(input, p, training);
}

/**
 * Zeroes elements with probability `p` and scales the others by 1/(1−p).
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.dropout.html
 */
export function dropout(...args: signatures.DropoutArgs): Tensor {
  return drop(signatures.dropout.list(args), _torch.dropout, _torch.dropout_);
}

/** Keeps mean and variance of a SELU's output. https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.alpha_dropout.html */
export function alpha_dropout(...args: signatures.AlphaDropoutArgs): Tensor {
  return drop(signatures.alpha_dropout.list(args), _torch.alpha_dropout, _torch.alpha_dropout_);
}

/** Alpha dropout of whole channels. https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.feature_alpha_dropout.html */
export function feature_alpha_dropout(...args: signatures.FeatureAlphaDropoutArgs): Tensor {
  return drop(signatures.feature_alpha_dropout.list(args), _torch.feature_alpha_dropout, _torch.feature_alpha_dropout_);
}

function dropChannels(input: Tensor, p: number, training: boolean, inplace: boolean): Tensor {
  return inplace ? _torch.feature_dropout_(input, p, training) : _torch.feature_dropout(input, p, training);
}

/** Drops channels of an input that may lack its batch dimension. */
function dropUnbatched(input: Tensor, p: number, training: boolean, inplace: boolean): Tensor {
  const batched = inplace ? input.unsqueeze_(0) : input.unsqueeze(0);
  const dropped = dropChannels(batched, p, training, inplace);
  return inplace ? dropped.squeeze_(0) : dropped.squeeze(0);
}

/** Zeroes whole channels of a (N, C, L) or (C, L) input. https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.dropout1d.html */
export function dropout1d(...args: signatures.Dropout1dArgs): Tensor {
  const [input, p, training, inplace] = signatures.dropout1d.list(args);
  checkProbability(p);
  const ndim = input.dim();
  if (ndim !== 2 && ndim !== 3) {
    throw new TorchError(
      `dropout1d: Expected 2D or 3D input, but received a ${ndim}D input. Note that dropout1d exists to provide ` +
        'channel-wise dropout on inputs with 1 spatial dimension, a channel dimension, and an optional batch dimension ' +
        '(i.e. 2D or 3D inputs).',
    );
  }
  return ndim === 3 ? dropChannels(input, p, training, inplace) : dropUnbatched(input, p, training, inplace);
}

function warnOfDim(name: string, ndim: number, spatial: number): void {
  warn(
    `${name}: Received a ${ndim}-D input to ${name}, which is deprecated and will result in an error in a future ` +
      'release. To retain the behavior and silence this warning, please use dropout instead. Note that ' +
      `${name} exists to provide channel-wise dropout on inputs with ${spatial} spatial dimensions, a channel ` +
      `dimension, and an optional batch dimension (i.e. ${spatial + 1}D or ${spatial + 2}D inputs).`,
  );
}

/** Zeroes whole channels of a (N, C, H, W) input. https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.dropout2d.html */
export function dropout2d(...args: signatures.Dropout2dArgs): Tensor {
  const [input, p, training, inplace] = signatures.dropout2d.list(args);
  checkProbability(p);
  const ndim = input.dim();
  if (ndim !== 3 && ndim !== 4) warnOfDim('dropout2d', ndim, 2);
  if (ndim === 3) {
    warn(
      'dropout2d: Received a 3D input to dropout2d and assuming that channel-wise 1D dropout behavior is desired - ' +
        'input is interpreted as shape (N, C, L), where C is the channel dim. This behavior will change in a future ' +
        'release to interpret the input as one without a batch dimension, i.e. shape (C, H, W). To maintain the 1D ' +
        'channel-wise dropout behavior, please switch to using dropout1d instead.',
    );
  }
  return dropChannels(input, p, training, inplace);
}

/** Zeroes whole channels of a (N, C, D, H, W) or (C, D, H, W) input. https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.dropout3d.html */
export function dropout3d(...args: signatures.Dropout3dArgs): Tensor {
  const [input, p, training, inplace] = signatures.dropout3d.list(args);
  checkProbability(p);
  const ndim = input.dim();
  if (ndim !== 4 && ndim !== 5) warnOfDim('dropout3d', ndim, 3);
  return ndim === 5 ? dropChannels(input, p, training, inplace) : dropUnbatched(input, p, training, inplace);
}
