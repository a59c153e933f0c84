/** AlexNet. https://docs.pytorch.org/vision/0.28/models/alexnet.html */
import * as nn from '../../nn';
import type { Tensor } from '../../tensor/tensor';
import { type WeightsOptions, withWeights } from './weights';

export interface AlexNetOptions {
  num_classes?: number;
  dropout?: number;
}

/** Images (N, 3, H, W), from about 63 pixels on, to scores (N, num_classes). */
export class AlexNet extends nn.Module {
  features: nn.Sequential;
  avgpool: nn.AdaptiveAvgPool2d;
  classifier: nn.Sequential;

  constructor({ num_classes = 1000, dropout = 0.5 }: AlexNetOptions = {}) {
    super();
    this.features = new nn.Sequential(
      new nn.Conv2d(3, 64, 11, { stride: 4, padding: 2 }),
      new nn.ReLU(true),
      new nn.MaxPool2d(3, { stride: 2 }),
      new nn.Conv2d(64, 192, 5, { padding: 2 }),
      new nn.ReLU(true),
      new nn.MaxPool2d(3, { stride: 2 }),
      new nn.Conv2d(192, 384, 3, { padding: 1 }),
      new nn.ReLU(true),
      new nn.Conv2d(384, 256, 3, { padding: 1 }),
      new nn.ReLU(true),
      new nn.Conv2d(256, 256, 3, { padding: 1 }),
      new nn.ReLU(true),
      new nn.MaxPool2d(3, { stride: 2 }),
    );
    this.avgpool = new nn.AdaptiveAvgPool2d([6, 6]);
    this.classifier = new nn.Sequential(
      new nn.Dropout(dropout),
      new nn.Linear(256 * 6 * 6, 4096),
      new nn.ReLU(true),
      new nn.Dropout(dropout),
      new nn.Linear(4096, 4096),
      new nn.ReLU(true),
      new nn.Linear(4096, num_classes),
    );
  }

  override forward(x: Tensor): Tensor {
    return this.classifier(this.avgpool(this.features(x) as Tensor).flatten(1)) as Tensor;
  }
}

/** AlexNet. https://docs.pytorch.org/vision/0.28/models/generated/torchvision.models.alexnet.html */
export function alexnet(options: AlexNetOptions & WeightsOptions = {}): AlexNet {
  return withWeights(new AlexNet(options), options);
}
