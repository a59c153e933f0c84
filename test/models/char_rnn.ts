import torch, { nn, type Tensor } from 'tsorch';
import * as F from 'tsorch/nn/functional';
import type { Training } from './training';

class CharRNN extends nn.Module {
  hidden_size: number;
  i2h: nn.Linear;
  h2h: nn.Linear;
  h2o: nn.Linear;
  softmax: nn.LogSoftmax;

  constructor(input_size: number, hidden_size: number, output_size: number) {
    super();
    this.hidden_size = hidden_size;
    this.i2h = new nn.Linear(input_size, hidden_size);
    this.h2h = new nn.Linear(hidden_size, hidden_size);
    this.h2o = new nn.Linear(hidden_size, output_size);
    this.softmax = new nn.LogSoftmax({ dim: 1 });
  }

  override forward(input: Tensor, hidden: Tensor): [Tensor, Tensor] {
    hidden = F.tanh(this.i2h(input).add(this.h2h(hidden)));
    const output = this.softmax(this.h2o(hidden));
    return [output, hidden];
  }

  initHidden(): Tensor {
    return torch.zeros(1, this.hidden_size);
  }
}

function line_to_tensor(line: string): Tensor {
  const tensor = torch.zeros(line.length, 1, 26);
  for (const [li, letter] of [...line].entries()) {
    tensor.index_put_([li, 0, letter.charCodeAt(0) - 'a'.charCodeAt(0)], 1);
  }
  return tensor;
}

export function char_rnn(): Training {
  const model = new CharRNN(26, 16, 3);
  const names: [string, number][] = [
    ['satoshi', 0],
    ['ivanov', 1],
    ['rossi', 2],
    ['tanaka', 0],
  ];
  const criterion = new nn.NLLLoss();
  const learning_rate = 0.05;
  let count = 0;

  const step = () => {
    const [name, category] = names[count++ % names.length]!;
    const line = line_to_tensor(name);
    let hidden = model.initHidden();
    let output!: Tensor;
    model.zero_grad();
    for (let i = 0; i < line.size(0); i++) [output, hidden] = model(line.index(i), hidden);
    const loss = criterion(output, torch.tensor([category], { dtype: torch.int64 }));
    loss.backward();
    for (const p of model.parameters()) p.data.add_(p.grad!.data, { alpha: -learning_rate });
    return [loss];
  };
  return { models: [model], step };
}
