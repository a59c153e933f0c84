/** The models that training and inference share. */
import torch, { nn, type Tensor } from 'tsorch';

const F = nn.functional;

export function mlp(): nn.Sequential {
  return new nn.Sequential(new nn.Linear(10, 32), new nn.ReLU(), new nn.Linear(32, 1));
}

export class CNN extends nn.Module {
  conv1 = new nn.Conv2d(1, 10, 5);
  conv2 = new nn.Conv2d(10, 20, 5);
  fc1 = new nn.Linear(320, 50);
  fc2 = new nn.Linear(50, 10);

  override forward(input: Tensor): Tensor {
    let x = F.relu(F.max_pool2d(this.conv1(input), 2));
    x = F.relu(F.max_pool2d(this.conv2(x), 2));
    x = F.relu(this.fc1(x.view(-1, 320)));
    return F.log_softmax(this.fc2(x), { dim: 1 });
  }
}

/** A recurrent cell written by hand, as in the tutorial on classifying names. */
export class CharRNN extends nn.Module {
  i2h: nn.Linear;
  h2o: nn.Linear;

  constructor(
    letters: number,
    readonly hidden: number,
    categories: number,
  ) {
    super();
    this.i2h = new nn.Linear(letters + hidden, hidden);
    this.h2o = new nn.Linear(hidden, categories);
  }

  override forward(letter: Tensor, state: Tensor): [Tensor, Tensor] {
    const hidden = torch.tanh(this.i2h(torch.cat([letter, state], 1)));
    return [F.log_softmax(this.h2o(hidden), { dim: 1 }), hidden];
  }
}

export class LanguageModel extends nn.Module {
  embedding: nn.Embedding;
  lstm: nn.LSTM;
  decoder: nn.Linear;

  constructor(words: number) {
    super();
    this.embedding = new nn.Embedding(words, 32);
    this.lstm = new nn.LSTM(32, 64);
    this.decoder = new nn.Linear(64, words);
  }

  override forward(x: Tensor): Tensor {
    const [output] = this.lstm(this.embedding(x));
    return this.decoder(output);
  }
}

export function transformer(): nn.TransformerEncoder {
  return new nn.TransformerEncoder(new nn.TransformerEncoderLayer(32, 2, 64), 2, { enable_nested_tensor: false });
}

export function q_network(): nn.Sequential {
  return new nn.Sequential(
    new nn.Linear(4, 128),
    new nn.ReLU(),
    new nn.Linear(128, 128),
    new nn.ReLU(),
    new nn.Linear(128, 2),
  );
}
