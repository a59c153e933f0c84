import torch, { nn, optim, type Tensor } from 'tsorch';
import * as F from 'tsorch/nn/functional';
import type { Training } from './training';

class STN extends nn.Module {
  conv1 = new nn.Conv2d(1, 10, { kernel_size: 5 });
  conv2 = new nn.Conv2d(10, 20, { kernel_size: 5 });
  conv2_drop = new nn.Dropout2d();
  fc1 = new nn.Linear(320, 50);
  fc2 = new nn.Linear(50, 10);
  localization = new nn.Sequential(
    new nn.Conv2d(1, 8, { kernel_size: 7 }),
    new nn.MaxPool2d(2, { stride: 2 }),
    new nn.ReLU(true),
    new nn.Conv2d(8, 10, { kernel_size: 5 }),
    new nn.MaxPool2d(2, { stride: 2 }),
    new nn.ReLU(true),
  );
  fc_loc = new nn.Sequential(new nn.Linear(10 * 3 * 3, 32), new nn.ReLU(true), new nn.Linear(32, 3 * 2));

  constructor() {
    super();
    const last = this.fc_loc[2] as nn.Linear;
    last.weight.data.zero_();
    last.bias!.data.copy_(torch.tensor([1, 0, 0, 0, 1, 0], { dtype: torch.float }));
  }

  stn(x: Tensor): Tensor {
    let xs = this.localization(x);
    xs = xs.view(-1, 10 * 3 * 3);
    let theta = this.fc_loc(xs);
    theta = theta.view(-1, 2, 3);
    const grid = F.affine_grid(theta, x.size(), { align_corners: false });
    return F.grid_sample(x, grid, { align_corners: false });
  }

  override forward(x: Tensor): Tensor {
    x = this.stn(x);
    x = F.relu(F.max_pool2d(this.conv1(x), 2));
    x = F.relu(F.max_pool2d(this.conv2_drop(this.conv2(x)), 2));
    x = x.view(-1, 320);
    x = F.relu(this.fc1(x));
    x = F.dropout(x, { training: this.training });
    x = this.fc2(x);
    return F.log_softmax(x, { dim: 1 });
  }
}

export function stn(): Training {
  const model = new STN();
  const optimizer = new optim.SGD(model.parameters(), { lr: 0.01 });
  const data = torch.randn(6, 1, 28, 28);
  const target = torch.randint(10, [6]);

  const step = () => {
    optimizer.zero_grad();
    const output = model(data);
    const loss = F.nll_loss(output, target);
    loss.backward();
    optimizer.step();
    return [loss];
  };
  return { models: [model], step };
}
