/** Fourier transforms of windows. */

import { TorchError } from '../base/errors';
import type { TorchFunctions } from '../generated/functions';
import { callOperator } from '../operators/operator';
import { _nn, _torch } from '../tensor/namespaces';
import type { Tensor } from '../tensor/tensor';
import * as signatures from './generated/torch';

export type PaddingMode = 'constant' | 'reflect' | 'replicate' | 'circular';

/** Half a window before and behind the signal (N) or (B, N). */
function centered(input: Tensor, n_fft: number, pad_mode: PaddingMode): Tensor {
  const { shape } = input;
  const widened = [...new Array<number>(Math.max(3 - shape.length, 0)).fill(1), ...shape];
  const half = Math.floor(n_fft / 2);
  const padded = _nn.pad(input.view(widened), [half, half], pad_mode);
  return padded.view(padded.shape.slice(-shape.length));
}

/**
 * The Fourier transform of each window of a signal (N) or (B, N): (B?, frequencies, frames).
 * https://docs.pytorch.org/docs/2.13/generated/torch.stft.html
 */
export function stft(...args: signatures.StftArgs): Tensor {
  const [
    input,
    n_fft,
    hop_length,
    win_length,
    window,
    center,
    pad_mode,
    normalized,
    onesided,
    return_complex,
    align_to_window,
  ] = signatures.stft.list(args);
  if (center && align_to_window !== null)
    throw new TorchError('stft align_to_window should only be set when center = false');
  const signal = center ? centered(input, n_fft, pad_mode) : input;
  return callOperator(
    'stft',
    signal,
    n_fft,
    hop_length,
    win_length,
    window,
    normalized,
    onesided,
    return_complex,
    align_to_window,
  );
}

/** The signal whose transform is the input. https://docs.pytorch.org/docs/2.13/generated/torch.istft.html */
export const istft: TorchFunctions['istft'] = _torch.istft;
