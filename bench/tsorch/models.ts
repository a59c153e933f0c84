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

const START = 3;
const STOP = 4;

/** The logarithm of a sum of exponentials, as the tutorial writes it. */
function log_sum_exp(row: Tensor): Tensor {
  const best = row.index(0, row.argmax(1).item());
  return best.add(
    row
      .sub(best.view(1, -1).expand(1, row.size(1)))
      .exp()
      .sum()
      .log(),
  );
}

/** The tagger of the tutorial on dynamic networks, whose loss loops over words and tags. */
export class BiLSTMCRF extends nn.Module {
  embedding: nn.Embedding;
  lstm: nn.LSTM;
  hidden2tag: nn.Linear;
  transitions: nn.Parameter;

  constructor(
    words: number,
    readonly tags: number,
  ) {
    super();
    this.embedding = new nn.Embedding(words, 5);
    this.lstm = new nn.LSTM(5, 2, { bidirectional: true });
    this.hidden2tag = new nn.Linear(4, tags);
    this.transitions = new nn.Parameter(torch.randn(tags, tags));
    torch.no_grad(() => {
      this.transitions.index_put_([START], -10000);
      this.transitions.index_put_([':', STOP], -10000);
    });
  }

  features(words: Tensor): Tensor {
    const [output] = this.lstm(this.embedding(words).view(words.length, 1, -1));
    return this.hidden2tag(output.view(words.length, 4));
  }

  partition(features: Tensor): Tensor {
    let forward = torch.full([1, this.tags], -10000);
    forward.index_put_([0, START], 0);
    for (const feature of features) {
      const alphas: Tensor[] = [];
      for (let next = 0; next < this.tags; next++) {
        const emission = feature.index(next).view(1, -1).expand(1, this.tags);
        const transition = this.transitions.index(next).view(1, -1);
        alphas.push(log_sum_exp(forward.add(transition).add(emission)).view(1));
      }
      forward = torch.cat(alphas).view(1, -1);
    }
    return log_sum_exp(forward.add(this.transitions.index(STOP)));
  }

  score(features: Tensor, tags: readonly number[]): Tensor {
    let score = torch.zeros(1);
    let before = START;
    for (const [i, feature] of [...features].entries()) {
      score = score.add(this.transitions.index(tags[i]!, before)).add(feature.index(tags[i]!));
      before = tags[i]!;
    }
    return score.add(this.transitions.index(STOP, before));
  }

  override forward(words: Tensor): Tensor {
    return this.features(words);
  }

  neg_log_likelihood(words: Tensor, tags: readonly number[]): Tensor {
    const features = this.features(words);
    return this.partition(features).sub(this.score(features, tags));
  }
}
