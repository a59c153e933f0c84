/** MobileNet V2. https://docs.pytorch.org/vision/0.28/models/mobilenetv2.html */

import * as nn from '../../nn';
import * as F from '../../nn/functional';
import type { Tensor } from '../../tensor/tensor';
import { batchNorm, fillAffine, fillConvolution, fillLinear, type NormLayer } from './layers';
import { type WeightsOptions, withWeights } from './weights';

interface ConvolutionOptions {
  kernel_size?: number;
  stride?: number;
  groups?: number;
  norm_layer: NormLayer;
}

/** A convolution that keeps the size, a normalization and a ReLU6. */
export class Conv2dNormActivation extends nn.Sequential {
  out_channels: number;

  constructor(from: number, to: number, { kernel_size = 3, stride = 1, groups = 1, norm_layer }: ConvolutionOptions) {
    const padding = Math.floor((kernel_size - 1) / 2);
    const convolution = new nn.Conv2d(from, to, kernel_size, { stride, padding, groups, bias: false });
    super(convolution, norm_layer(to), new nn.ReLU6({ inplace: true }));
    this.out_channels = to;
  }
}

/** Widens, convolves each channel alone, narrows; the input passes around where shapes allow it. */
export class InvertedResidual extends nn.Module {
  stride: number;
  use_res_connect: boolean;
  conv: nn.Sequential;
  out_channels: number;

  constructor(from: number, to: number, stride: number, expand_ratio: number, norm_layer: NormLayer = batchNorm) {
    super();
    if (stride !== 1 && stride !== 2) throw new RangeError(`stride should be 1 or 2 instead of ${stride}`);
    const hidden = Math.round(from * expand_ratio);
    const widen = expand_ratio === 1 ? [] : [new Conv2dNormActivation(from, hidden, { kernel_size: 1, norm_layer })];
    this.stride = stride;
    this.use_res_connect = stride === 1 && from === to;
    this.conv = new nn.Sequential(
      ...widen,
      new Conv2dNormActivation(hidden, hidden, { stride, groups: hidden, norm_layer }),
      new nn.Conv2d(hidden, to, 1, { bias: false }),
      norm_layer(to),
    );
    this.out_channels = to;
  }

  override forward(x: Tensor): Tensor {
    const inner = this.conv(x) as Tensor;
    return this.use_res_connect ? x.add(inner) : inner;
  }
}

/** Expansion, channels, how many, and the first one's stride, of each group of blocks. */
export type InvertedResidualSetting = readonly (readonly [number, number, number, number])[];

const SETTING: InvertedResidualSetting = [
  [1, 16, 1, 1],
  [6, 24, 2, 2],
  [6, 32, 3, 2],
  [6, 64, 4, 2],
  [6, 96, 3, 1],
  [6, 160, 3, 2],
  [6, 320, 1, 1],
];

/** The multiple of `divisor` next to a value, not more than a tenth below it. */
export function _make_divisible(value: number, divisor: number): number {
  const near = Math.max(divisor, Math.floor(Math.trunc(value + divisor / 2) / divisor) * divisor);
  return near < 0.9 * value ? near + divisor : near;
}

export interface MobileNetV2Options {
  num_classes?: number;
  width_mult?: number;
  inverted_residual_setting?: InvertedResidualSetting | null;
  round_nearest?: number;
  norm_layer?: NormLayer;
  dropout?: number;
}

/** Images (N, 3, H, W) to scores (N, num_classes). */
export class MobileNetV2 extends nn.Module {
  last_channel: number;
  features: nn.Sequential;
  classifier: nn.Sequential;

  constructor(options: MobileNetV2Options = {}) {
    super();
    const { num_classes = 1000, width_mult = 1, round_nearest = 8, norm_layer = batchNorm, dropout = 0.2 } = options;
    const setting = options.inverted_residual_setting ?? SETTING;
    if (setting.length === 0 || setting[0]!.length !== 4) {
      throw new RangeError(
        `inverted_residual_setting should be non-empty or a 4-element list, got ${JSON.stringify(setting)}`,
      );
    }
    let width = _make_divisible(32 * width_mult, round_nearest);
    this.last_channel = _make_divisible(1280 * Math.max(1, width_mult), round_nearest);
    const features: nn.Module[] = [new Conv2dNormActivation(3, width, { stride: 2, norm_layer })];
    for (const [expansion, channels, count, first] of setting) {
      const to = _make_divisible(channels * width_mult, round_nearest);
      for (let i = 0; i < count; i++) {
        features.push(new InvertedResidual(width, to, i === 0 ? first : 1, expansion, norm_layer));
        width = to;
      }
    }
    features.push(new Conv2dNormActivation(width, this.last_channel, { kernel_size: 1, norm_layer }));
    this.features = new nn.Sequential(...features);
    this.classifier = new nn.Sequential(new nn.Dropout(dropout), new nn.Linear(this.last_channel, num_classes));
    for (const module of this.modules()) {
      if (module instanceof nn.Conv2d) fillConvolution(module, 'leaky_relu');
      else if (module instanceof nn.BatchNorm2d || module instanceof nn.GroupNorm) fillAffine(module, 1, 0);
      else if (module instanceof nn.Linear) fillLinear(module);
    }
  }

  override forward(x: Tensor): Tensor {
    const pooled = F.adaptive_avg_pool2d(this.features(x) as Tensor, [1, 1]);
    return this.classifier(pooled.flatten(1)) as Tensor;
  }
}

/** MobileNet V2. https://arxiv.org/abs/1801.04381 */
export function mobilenet_v2(options: MobileNetV2Options & WeightsOptions = {}): MobileNetV2 {
  return withWeights(new MobileNetV2(options), options);
}
