import torch, { nn, optim, type Tensor } from 'tsorch';
import type { Training } from './training';

const conv3x3 = (in_planes: number, out_planes: number, stride = 1) =>
  new nn.Conv2d(in_planes, out_planes, { kernel_size: 3, stride, padding: 1, bias: false });

class BasicBlock extends nn.Module {
  conv1: nn.Conv2d;
  bn1: nn.BatchNorm2d;
  relu: nn.ReLU;
  conv2: nn.Conv2d;
  bn2: nn.BatchNorm2d;
  downsample: nn.Sequential | null;

  constructor(inplanes: number, planes: number, stride = 1, downsample: nn.Sequential | null = null) {
    super();
    this.conv1 = conv3x3(inplanes, planes, stride);
    this.bn1 = new nn.BatchNorm2d(planes);
    this.relu = new nn.ReLU({ inplace: true });
    this.conv2 = conv3x3(planes, planes);
    this.bn2 = new nn.BatchNorm2d(planes);
    this.downsample = downsample;
  }

  override forward(x: Tensor): Tensor {
    const identity = this.downsample === null ? x : (this.downsample(x) as Tensor);
    let out = this.relu(this.bn1(this.conv1(x)));
    out = this.bn2(this.conv2(out));
    out.add_(identity);
    return this.relu(out);
  }
}

class ResNet extends nn.Module {
  inplanes = 8;
  conv1: nn.Conv2d;
  bn1: nn.BatchNorm2d;
  relu: nn.ReLU;
  maxpool: nn.MaxPool2d;
  layer1: nn.Sequential;
  layer2: nn.Sequential;
  avgpool: nn.AdaptiveAvgPool2d;
  fc: nn.Linear;

  constructor(layers: [number, number], num_classes: number) {
    super();
    this.conv1 = new nn.Conv2d(3, 8, { kernel_size: 7, stride: 2, padding: 3, bias: false });
    this.bn1 = new nn.BatchNorm2d(8);
    this.relu = new nn.ReLU({ inplace: true });
    this.maxpool = new nn.MaxPool2d({ kernel_size: 3, stride: 2, padding: 1 });
    this.layer1 = this._make_layer(8, layers[0]);
    this.layer2 = this._make_layer(16, layers[1], 2);
    this.avgpool = new nn.AdaptiveAvgPool2d([1, 1]);
    this.fc = new nn.Linear(16, num_classes);
    for (const m of this.modules()) {
      if (m instanceof nn.Conv2d) {
        nn.init.kaiming_normal_(m.weight, { mode: 'fan_out', nonlinearity: 'relu' });
      } else if (m instanceof nn.BatchNorm2d) {
        nn.init.constant_(m.weight!, 1);
        nn.init.constant_(m.bias!, 0);
      }
    }
  }

  _make_layer(planes: number, blocks: number, stride = 1): nn.Sequential {
    let downsample: nn.Sequential | null = null;
    if (stride !== 1 || this.inplanes !== planes) {
      downsample = new nn.Sequential(
        new nn.Conv2d(this.inplanes, planes, { kernel_size: 1, stride, bias: false }),
        new nn.BatchNorm2d(planes),
      );
    }
    const layers = [new BasicBlock(this.inplanes, planes, stride, downsample)];
    this.inplanes = planes;
    for (let i = 1; i < blocks; i++) layers.push(new BasicBlock(this.inplanes, planes));
    return new nn.Sequential(...layers);
  }

  override forward(x: Tensor): Tensor {
    x = this.maxpool(this.relu(this.bn1(this.conv1(x))));
    x = this.layer2(this.layer1(x));
    x = torch.flatten(this.avgpool(x), 1);
    return this.fc(x);
  }
}

export function resnet(): Training {
  const model = new ResNet([2, 2], 5);
  const x = torch.randn(8, 3, 32, 32);
  const y = torch.randint(5, [8]);
  const criterion = new nn.CrossEntropyLoss();
  const optimizer = new optim.SGD(model.parameters(), { lr: 0.01, momentum: 0.9, weight_decay: 1e-4 });
  const scheduler = new optim.lr_scheduler.StepLR(optimizer, { step_size: 10, gamma: 0.1 });

  const step = () => {
    const loss = criterion(model(x), y);
    optimizer.zero_grad();
    loss.backward();
    optimizer.step();
    scheduler.step();
    return [loss];
  };
  return { models: [model], step };
}
