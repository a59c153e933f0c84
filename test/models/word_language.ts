import torch, { nn, optim, type Tensor } from 'tsorch';
import * as F from 'tsorch/nn/functional';
import type { Training } from './training';

type Hidden = [Tensor, Tensor];

class RNNModel extends nn.Module {
  ntoken: number;
  drop: nn.Dropout;
  encoder: nn.Embedding;
  rnn: nn.LSTM;
  decoder: nn.Linear;
  nhid: number;
  nlayers: number;

  constructor(ntoken: number, ninp: number, nhid: number, nlayers: number, dropout = 0.5, tie_weights = false) {
    super();
    this.ntoken = ntoken;
    this.drop = new nn.Dropout(dropout);
    this.encoder = new nn.Embedding(ntoken, ninp);
    this.rnn = new nn.LSTM(ninp, nhid, nlayers, { dropout });
    this.decoder = new nn.Linear(nhid, ntoken);
    if (tie_weights) this.decoder.weight = this.encoder.weight;
    this.init_weights();
    this.nhid = nhid;
    this.nlayers = nlayers;
  }

  init_weights(): void {
    const initrange = 0.1;
    nn.init.uniform_(this.encoder.weight, -initrange, initrange);
    nn.init.zeros_(this.decoder.bias!);
    nn.init.uniform_(this.decoder.weight, -initrange, initrange);
  }

  override forward(input: Tensor, hidden: Hidden): [Tensor, Hidden] {
    const emb = this.drop(this.encoder(input));
    const [raw, after] = this.rnn(emb, hidden);
    const output = this.drop(raw);
    let decoded = this.decoder(output);
    decoded = decoded.view(-1, this.ntoken);
    return [F.log_softmax(decoded, { dim: 1 }), after];
  }

  init_hidden(bsz: number): Hidden {
    const weight = this.parameters()[0]!;
    return [weight.new_zeros([this.nlayers, bsz, this.nhid]), weight.new_zeros([this.nlayers, bsz, this.nhid])];
  }
}

function repackage_hidden(h: Hidden): Hidden {
  return h.map((v) => v.detach()) as Hidden;
}

export function word_language(): Training {
  const [bptt, batch] = [5, 4];
  const model = new RNNModel(13, 8, 8, 2, 0.2, true);
  const criterion = new nn.NLLLoss();
  const optimizer = new optim.SGD(model.parameters(), { lr: 2 });
  const scheduler = new optim.lr_scheduler.ReduceLROnPlateau(optimizer, { factor: 0.25, patience: 2 });
  const source = torch.randint(13, [41, batch]);
  let hidden = model.init_hidden(batch);
  let i = 0;

  const step = () => {
    const data = source.index(`${i}:${i + bptt}`);
    const targets = source.index(`${i + 1}:${i + 1 + bptt}`).view(-1);
    i = (i + bptt) % 40;
    optimizer.zero_grad();
    hidden = repackage_hidden(hidden);
    let output: Tensor;
    [output, hidden] = model(data, hidden);
    const loss = criterion(output, targets);
    loss.backward();
    nn.utils.clip_grad_norm_(model.parameters(), 0.25);
    optimizer.step();
    scheduler.step(loss.item());
    return [loss];
  };
  return { models: [model], step };
}
