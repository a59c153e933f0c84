/** VGG networks. https://docs.pytorch.org/vision/0.28/models/vgg.html */
import * as nn from '../../nn';
import type { Tensor } from '../../tensor/tensor';
import { fillAffine, fillConvolution, fillLinear } from './layers';
import { type WeightsOptions, withWeights } from './weights';

export interface VGGOptions {
  num_classes?: number;
  init_weights?: boolean;
  dropout?: number;
}

/** Images (N, 3, H, W) to scores (N, num_classes). */
export class VGG extends nn.Module {
  features: nn.Module;
  avgpool: nn.AdaptiveAvgPool2d;
  classifier: nn.Sequential;

  constructor(features: nn.Module, { num_classes = 1000, init_weights = true, dropout = 0.5 }: VGGOptions = {}) {
    super();
    this.features = features;
    this.avgpool = new nn.AdaptiveAvgPool2d([7, 7]);
    this.classifier = new nn.Sequential(
      new nn.Linear(512 * 7 * 7, 4096),
      new nn.ReLU(true),
      new nn.Dropout(dropout),
      new nn.Linear(4096, 4096),
      new nn.ReLU(true),
      new nn.Dropout(dropout),
      new nn.Linear(4096, num_classes),
    );
    if (init_weights) this.fill();
  }

  private fill(): void {
    for (const module of this.modules()) {
      if (module instanceof nn.Conv2d) fillConvolution(module, 'relu');
      else if (module instanceof nn.BatchNorm2d) fillAffine(module, 1, 0);
      else if (module instanceof nn.Linear) fillLinear(module);
    }
  }

  override forward(x: Tensor): Tensor {
    return this.classifier(this.avgpool(this.features(x) as Tensor).flatten(1)) as Tensor;
  }
}

/** Channels of the convolutions; M is a pooling. */
const configurations = {
  A: '64 M 128 M 256 256 M 512 512 M 512 512 M',
  B: '64 64 M 128 128 M 256 256 M 512 512 M 512 512 M',
  D: '64 64 M 128 128 M 256 256 256 M 512 512 512 M 512 512 512 M',
  E: '64 64 M 128 128 M 256 256 256 256 M 512 512 512 512 M 512 512 512 512 M',
};

function makeFeatures(name: keyof typeof configurations, normalized: boolean): nn.Sequential {
  const layers: nn.Module[] = [];
  let channels = 3;
  for (const entry of configurations[name].split(' ')) {
    if (entry === 'M') {
      layers.push(new nn.MaxPool2d(2, { stride: 2 }));
      continue;
    }
    const width = Number(entry);
    layers.push(new nn.Conv2d(channels, width, 3, { padding: 1 }));
    if (normalized) layers.push(new nn.BatchNorm2d(width));
    layers.push(new nn.ReLU(true));
    channels = width;
  }
  return new nn.Sequential(...layers);
}

export type VGGFactoryOptions = VGGOptions & WeightsOptions;

function factory(name: keyof typeof configurations, normalized: boolean) {
  return (options: VGGFactoryOptions = {}): VGG => {
    const { weights = null } = options;
    const filled = weights === null ? options : { ...options, init_weights: false };
    return withWeights(new VGG(makeFeatures(name, normalized), filled), options);
  };
}

/** VGG-11. https://arxiv.org/abs/1409.1556 */
export const vgg11 = factory('A', false);
/** VGG-11 with batch normalisation. https://arxiv.org/abs/1409.1556 */
export const vgg11_bn = factory('A', true);
/** VGG-13. https://arxiv.org/abs/1409.1556 */
export const vgg13 = factory('B', false);
/** VGG-13 with batch normalisation. https://arxiv.org/abs/1409.1556 */
export const vgg13_bn = factory('B', true);
/** VGG-16. https://arxiv.org/abs/1409.1556 */
export const vgg16 = factory('D', false);
/** VGG-16 with batch normalisation. https://arxiv.org/abs/1409.1556 */
export const vgg16_bn = factory('D', true);
/** VGG-19. https://arxiv.org/abs/1409.1556 */
export const vgg19 = factory('E', false);
/** VGG-19 with batch normalisation. https://arxiv.org/abs/1409.1556 */
export const vgg19_bn = factory('E', true);
