/** What several models are built of. */

import * as nn from '../../nn';
import * as init from '../../nn/init';

/** Makes a normalization layer for some channels: `(channels) => new nn.BatchNorm2d(channels)`. */
export type NormLayer = (channels: number) => nn.Module;

export const batchNorm: NormLayer = (channels) => new nn.BatchNorm2d(channels);

/** Fills a layer's weight and bias, where it has them. */
export function fillAffine(layer: nn.Module, weight: number, bias: number): void {
  const { weight: w, bias: b } = layer as nn.BatchNorm2d;
  if (w) init.constant_(w, weight);
  if (b) init.constant_(b, bias);
}

/** He's initialization for convolutions, by their outputs. */
export function fillConvolution(layer: nn.Conv2d, nonlinearity: 'relu' | 'leaky_relu'): void {
  init.kaiming_normal_(layer.weight, { mode: 'fan_out', nonlinearity });
  if (layer.bias) init.constant_(layer.bias, 0);
}

/** Small normal weights, no bias. */
export function fillLinear(layer: nn.Linear): void {
  init.normal_(layer.weight, 0, 0.01);
  if (layer.bias) init.constant_(layer.bias, 0);
}
