/** Residual networks. https://docs.pytorch.org/vision/0.28/models/resnet.html */
import { NotImplementedError } from '../../base/errors';
import * as nn from '../../nn';
import * as init from '../../nn/init';
import type { Tensor } from '../../tensor/tensor';
import { batchNorm, fillAffine, fillConvolution, type NormLayer } from './layers';
import { type WeightsOptions, withWeights } from './weights';

function conv3x3(from: number, to: number, stride = 1, groups = 1, dilation = 1): nn.Conv2d {
  return new nn.Conv2d(from, to, 3, { stride, padding: dilation, groups, bias: false, dilation });
}

function conv1x1(from: number, to: number, stride = 1): nn.Conv2d {
  return new nn.Conv2d(from, to, 1, { stride, bias: false });
}

/** What a block of a residual network is made with. */
export interface BlockOptions {
  stride?: number;
  /** Brings the input to the block's output shape. */
  downsample?: nn.Module | null;
  groups?: number;
  base_width?: number;
  dilation?: number;
  norm_layer?: NormLayer;
}

/** Two 3×3 convolutions around which the input passes. */
export class BasicBlock extends nn.Module {
  static readonly expansion = 1;
  conv1: nn.Conv2d;
  bn1: nn.Module;
  relu: nn.ReLU;
  conv2: nn.Conv2d;
  bn2: nn.Module;
  downsample: nn.Module | null;
  stride: number;

  constructor(inplanes: number, planes: number, options: BlockOptions = {}) {
    super();
    const {
      stride = 1,
      downsample = null,
      groups = 1,
      base_width = 64,
      dilation = 1,
      norm_layer = batchNorm,
    } = options;
    if (groups !== 1 || base_width !== 64) throw new RangeError('BasicBlock only supports groups=1 and base_width=64');
    if (dilation > 1) throw new NotImplementedError('Dilation > 1 not supported in BasicBlock');
    this.conv1 = conv3x3(inplanes, planes, stride);
    this.bn1 = norm_layer(planes);
    this.relu = new nn.ReLU({ inplace: true });
    this.conv2 = conv3x3(planes, planes);
    this.bn2 = norm_layer(planes);
    this.downsample = downsample;
    this.stride = stride;
  }

  override forward(x: Tensor): Tensor {
    const inner = this.relu(this.bn1(this.conv1(x)) as Tensor);
    const outer = this.downsample === null ? x : (this.downsample(x) as Tensor);
    return this.relu((this.bn2(this.conv2(inner)) as Tensor).add_(outer));
  }
}

/** A 3×3 convolution between two 1×1 ones that make it narrower and wider again. */
export class Bottleneck extends nn.Module {
  static readonly expansion = 4;
  conv1: nn.Conv2d;
  bn1: nn.Module;
  conv2: nn.Conv2d;
  bn2: nn.Module;
  conv3: nn.Conv2d;
  bn3: nn.Module;
  relu: nn.ReLU;
  downsample: nn.Module | null;
  stride: number;

  constructor(inplanes: number, planes: number, options: BlockOptions = {}) {
    super();
    const {
      stride = 1,
      downsample = null,
      groups = 1,
      base_width = 64,
      dilation = 1,
      norm_layer = batchNorm,
    } = options;
    const width = Math.trunc(planes * (base_width / 64)) * groups;
    this.conv1 = conv1x1(inplanes, width);
    this.bn1 = norm_layer(width);
    this.conv2 = conv3x3(width, width, stride, groups, dilation);
    this.bn2 = norm_layer(width);
    this.conv3 = conv1x1(width, planes * Bottleneck.expansion);
    this.bn3 = norm_layer(planes * Bottleneck.expansion);
    this.relu = new nn.ReLU({ inplace: true });
    this.downsample = downsample;
    this.stride = stride;
  }

  override forward(x: Tensor): Tensor {
    const narrow = this.relu(this.bn1(this.conv1(x)) as Tensor);
    const inner = this.relu(this.bn2(this.conv2(narrow)) as Tensor);
    const outer = this.downsample === null ? x : (this.downsample(x) as Tensor);
    return this.relu((this.bn3(this.conv3(inner)) as Tensor).add_(outer));
  }
}

export interface ResNetOptions {
  num_classes?: number;
  /** Blocks begin as the identity. */
  zero_init_residual?: boolean;
  groups?: number;
  width_per_group?: number;
  /** For the last three layers: dilated convolutions where there would be a stride. */
  replace_stride_with_dilation?: [boolean, boolean, boolean] | null;
  norm_layer?: NormLayer;
}

type Block = typeof BasicBlock | typeof Bottleneck;

/** Images (N, 3, H, W) to scores (N, num_classes). */
export class ResNet extends nn.Module {
  inplanes = 64;
  dilation = 1;
  groups: number;
  base_width: number;
  conv1: nn.Conv2d;
  bn1: nn.Module;
  relu: nn.ReLU;
  maxpool: nn.MaxPool2d;
  layer1: nn.Sequential;
  layer2: nn.Sequential;
  layer3: nn.Sequential;
  layer4: nn.Sequential;
  avgpool: nn.AdaptiveAvgPool2d;
  fc: nn.Linear;

  constructor(block: Block, layers: readonly [number, number, number, number], options: ResNetOptions = {}) {
    super();
    const { num_classes = 1000, zero_init_residual = false, groups = 1, width_per_group = 64 } = options;
    const norm = options.norm_layer ?? batchNorm;
    const dilate = options.replace_stride_with_dilation ?? [false, false, false];
    if (dilate.length !== 3) {
      throw new RangeError(
        `replace_stride_with_dilation should be None or a 3-element tuple, got [${(dilate as boolean[]).join(', ')}]`,
      );
    }
    this.groups = groups;
    this.base_width = width_per_group;
    this.conv1 = new nn.Conv2d(3, this.inplanes, 7, { stride: 2, padding: 3, bias: false });
    this.bn1 = norm(this.inplanes);
    this.relu = new nn.ReLU({ inplace: true });
    this.maxpool = new nn.MaxPool2d(3, { stride: 2, padding: 1 });
    this.layer1 = this.layer(block, norm, 64, layers[0], 1, false);
    this.layer2 = this.layer(block, norm, 128, layers[1], 2, dilate[0]);
    this.layer3 = this.layer(block, norm, 256, layers[2], 2, dilate[1]);
    this.layer4 = this.layer(block, norm, 512, layers[3], 2, dilate[2]);
    this.avgpool = new nn.AdaptiveAvgPool2d([1, 1]);
    this.fc = new nn.Linear(512 * block.expansion, num_classes);
    for (const module of this.modules()) {
      if (module instanceof nn.Conv2d) fillConvolution(module, 'relu');
      else if (module instanceof nn.BatchNorm2d || module instanceof nn.GroupNorm) fillAffine(module, 1, 0);
    }
    if (zero_init_residual) this.silenceBlocks();
  }

  private layer(block: Block, norm_layer: NormLayer, planes: number, count: number, stride: number, dilate: boolean) {
    const before = this.dilation;
    if (dilate) this.dilation *= stride;
    const step = dilate ? 1 : stride;
    const width = planes * block.expansion;
    const downsample =
      step !== 1 || this.inplanes !== width
        ? new nn.Sequential(conv1x1(this.inplanes, width, step), norm_layer(width))
        : null;
    const { groups, base_width } = this;
    const common = { groups, base_width, norm_layer };
    const blocks = [new block(this.inplanes, planes, { ...common, stride: step, downsample, dilation: before })];
    this.inplanes = width;
    while (blocks.length < count) blocks.push(new block(width, planes, { ...common, dilation: this.dilation }));
    return new nn.Sequential(...blocks);
  }

  /** The last normalization of each block begins at zero. */
  private silenceBlocks(): void {
    for (const module of this.modules()) {
      const last = module instanceof Bottleneck ? module.bn3 : module instanceof BasicBlock ? module.bn2 : undefined;
      const weight = (last as nn.BatchNorm2d | undefined)?.weight;
      if (weight) init.constant_(weight, 0);
    }
  }

  override forward(x: Tensor): Tensor {
    const stem = this.maxpool(this.relu(this.bn1(this.conv1(x)) as Tensor));
    const features = [this.layer1, this.layer2, this.layer3, this.layer4].reduce<Tensor>(
      (input, layer) => layer(input) as Tensor,
      stem as Tensor,
    );
    return this.fc(this.avgpool(features).flatten(1));
  }
}

export type ResNetFactoryOptions = ResNetOptions & WeightsOptions;

/** The function that makes a network of these blocks, as many in each layer. */
function factory(block: Block, layers: readonly [number, number, number, number], defaults: ResNetOptions = {}) {
  return (options: ResNetFactoryOptions = {}): ResNet =>
    withWeights(new ResNet(block, layers, { ...defaults, ...options }), options);
}

/** ResNet-18. https://arxiv.org/abs/1512.03385 */
export const resnet18 = factory(BasicBlock, [2, 2, 2, 2]);
/** ResNet-34. https://arxiv.org/abs/1512.03385 */
export const resnet34 = factory(BasicBlock, [3, 4, 6, 3]);
/** ResNet-50. https://arxiv.org/abs/1512.03385 */
export const resnet50 = factory(Bottleneck, [3, 4, 6, 3]);
/** ResNet-101. https://arxiv.org/abs/1512.03385 */
export const resnet101 = factory(Bottleneck, [3, 4, 23, 3]);
/** ResNet-152. https://arxiv.org/abs/1512.03385 */
export const resnet152 = factory(Bottleneck, [3, 8, 36, 3]);
/** ResNeXt-50 with 32 groups of width 4. https://arxiv.org/abs/1611.05431 */
export const resnext50_32x4d = factory(Bottleneck, [3, 4, 6, 3], { groups: 32, width_per_group: 4 });
/** ResNet-50 with bottlenecks of twice the width. https://arxiv.org/abs/1605.07146 */
export const wide_resnet50_2 = factory(Bottleneck, [3, 4, 6, 3], { width_per_group: 128 });
