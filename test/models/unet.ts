import torch, { nn, optim, type Tensor } from 'tsorch';
import * as F from 'tsorch/nn/functional';
import type { Training } from './training';

class DoubleConv extends nn.Module {
  double_conv: nn.Sequential;

  constructor(in_channels: number, out_channels: number, mid_channels?: number) {
    super();
    mid_channels ??= out_channels;
    this.double_conv = new nn.Sequential(
      new nn.Conv2d(in_channels, mid_channels, { kernel_size: 3, padding: 1, bias: false }),
      new nn.BatchNorm2d(mid_channels),
      new nn.ReLU({ inplace: true }),
      new nn.Conv2d(mid_channels, out_channels, { kernel_size: 3, padding: 1, bias: false }),
      new nn.BatchNorm2d(out_channels),
      new nn.ReLU({ inplace: true }),
    );
  }

  override forward(x: Tensor): Tensor {
    return this.double_conv(x);
  }
}

class Down extends nn.Module {
  maxpool_conv: nn.Sequential;

  constructor(in_channels: number, out_channels: number) {
    super();
    this.maxpool_conv = new nn.Sequential(new nn.MaxPool2d(2), new DoubleConv(in_channels, out_channels));
  }

  override forward(x: Tensor): Tensor {
    return this.maxpool_conv(x);
  }
}

class Up extends nn.Module {
  up: nn.Upsample | nn.ConvTranspose2d;
  conv: DoubleConv;

  constructor(in_channels: number, out_channels: number, { bilinear = true } = {}) {
    super();
    const half = Math.floor(in_channels / 2);
    if (bilinear) {
      this.up = new nn.Upsample({ scale_factor: 2, mode: 'bilinear', align_corners: true });
      this.conv = new DoubleConv(in_channels, out_channels, half);
    } else {
      this.up = new nn.ConvTranspose2d(in_channels, half, { kernel_size: 2, stride: 2 });
      this.conv = new DoubleConv(in_channels, out_channels);
    }
  }

  override forward(x1: Tensor, x2: Tensor): Tensor {
    x1 = this.up(x1);
    const diffY = x2.size(2) - x1.size(2);
    const diffX = x2.size(3) - x1.size(3);
    const [left, top] = [Math.floor(diffX / 2), Math.floor(diffY / 2)];
    x1 = F.pad(x1, [left, diffX - left, top, diffY - top]);
    const x = torch.cat([x2, x1], { dim: 1 });
    return this.conv(x);
  }
}

class UNet extends nn.Module {
  inc: DoubleConv;
  down1: Down;
  down2: Down;
  up1: Up;
  up2: Up;
  outc: nn.Conv2d;

  constructor(n_channels: number, n_classes: number) {
    super();
    this.inc = new DoubleConv(n_channels, 4);
    this.down1 = new Down(4, 8);
    this.down2 = new Down(8, 8);
    this.up1 = new Up(16, 4);
    this.up2 = new Up(8, 4, { bilinear: false });
    this.outc = new nn.Conv2d(4, n_classes, { kernel_size: 1 });
  }

  override forward(x: Tensor): Tensor {
    const x1 = this.inc(x);
    const x2 = this.down1(x1);
    const x3 = this.down2(x2);
    x = this.up1(x3, x2);
    x = torch.cat([x, x], { dim: 1 });
    x = this.up2(x, x1);
    return this.outc(x);
  }
}

export function unet(): Training {
  const model = new UNet(1, 2);
  const x = torch.randn(2, 1, 18, 13);
  const y = x.squeeze(1).gt(0.5).long();
  const criterion = new nn.CrossEntropyLoss();
  const optimizer = new optim.Adam(model.parameters(), { lr: 1e-3 });

  const step = () => {
    const masks_pred = model(x);
    const loss = criterion(masks_pred, y);
    const probabilities = F.softmax(masks_pred, { dim: 1 }).index(':', 1);
    const inter = probabilities.mul(y).sum().mul(2);
    const dice = inter.add(1e-6).div(probabilities.sum().add(y.sum()).add(1e-6));
    loss.add_(dice.neg().add(1));
    optimizer.zero_grad({ set_to_none: true });
    loss.backward();
    nn.utils.clip_grad_norm_(model.parameters(), 1.0);
    optimizer.step();
    return [loss];
  };
  return { models: [model], step };
}
