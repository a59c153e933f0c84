/** The programs of golden/profiler.py. */
import torch, { nn, optim } from 'tsorch';

const { DataLoader, TensorDataset } = torch.utils.data;

type Step = () => void;
type Loss = (output: torch.Tensor, target: torch.Tensor) => torch.Tensor;

function training(model: nn.Module, x: torch.Tensor, y: torch.Tensor, loss: Loss): Step {
  const optimizer = new optim.SGD(model.parameters(), { lr: 0.1 });
  return () => {
    optimizer.zero_grad();
    loss(model(x) as torch.Tensor, y).backward();
    optimizer.step();
  };
}

export function mlp(): Step {
  const model = new nn.Sequential(new nn.Linear(10, 32), new nn.ReLU(), new nn.Linear(32, 1));
  return training(model, torch.randn(16, 10), torch.randn(16, 1), new nn.MSELoss());
}

function cnn(): Step {
  const model = new nn.Sequential(
    new nn.Conv2d(1, 4, 3),
    new nn.BatchNorm2d(4),
    new nn.ReLU(),
    new nn.MaxPool2d(2),
    new nn.Flatten(),
    new nn.Linear(4 * 13 * 13, 10),
  );
  return training(model, torch.randn(8, 1, 28, 28), torch.randint(0, 10, [8]), new nn.CrossEntropyLoss());
}

class Last extends nn.Module {
  lstm = new nn.LSTM(5, 7, { batch_first: true });
  out = new nn.Linear(7, 3);
  override forward(x: torch.Tensor) {
    return this.out(this.lstm(x)[0].select(1, -1));
  }
}

function lstm(): Step {
  return training(new Last(), torch.randn(4, 6, 5), torch.randint(0, 3, [4]), new nn.CrossEntropyLoss());
}

function transformer(): Step {
  const layer = new nn.TransformerEncoderLayer(16, 4, { dim_feedforward: 32, dropout: 0, batch_first: true });
  const encoder = new nn.TransformerEncoder(layer, 2, { enable_nested_tensor: false });
  const model = new nn.Sequential(encoder, new nn.Linear(16, 2));
  return training(model, torch.randn(3, 5, 16), torch.randn(3, 5, 2), new nn.L1Loss());
}

function loader(): Step {
  const data = new TensorDataset(torch.arange(10, { dtype: torch.float32 }));
  const batches = new DataLoader(data, { batch_size: 4 });
  return () => {
    for (const [batch] of batches) torch.profiler.record_function('use', () => batch.sum());
  };
}

export const programs = { mlp, cnn, lstm, transformer, loader };
