/** One training step of each model, and inference. */
import torch, { nn, optim, type Tensor } from 'tsorch';
import { DQN } from './dqn';
import { BiLSTMCRF, CharRNN, CNN, LanguageModel, mlp, transformer } from './models';
import type { Workloads } from './workload';

const F = nn.functional;

type Optimizer = Pick<optim.SGD, 'zero_grad' | 'step'>;

function trainMlp(makeOptimizer: (parameters: nn.Parameter[]) => Optimizer): () => void {
  const model = mlp();
  const optimizer = makeOptimizer(model.parameters());
  const x = torch.randn(16, 10);
  const y = torch.randn(16, 1);
  return () => {
    optimizer.zero_grad();
    F.mse_loss(model(x), y).backward();
    optimizer.step();
  };
}

function cnn_64(): () => void {
  const model = new CNN();
  const optimizer = new optim.SGD(model.parameters(), { lr: 0.01, momentum: 0.5 });
  const x = torch.randn(64, 1, 28, 28);
  const y = torch.randint(0, 10, [64]);
  return () => {
    optimizer.zero_grad();
    F.nll_loss(model(x), y).backward();
    optimizer.step();
  };
}

function char_rnn(): () => void {
  const model = new CharRNN(57, 128, 18);
  const name = torch.randn(8, 1, 57);
  const category = torch.tensor([3n]);
  return () => {
    model.zero_grad();
    let hidden = torch.zeros(1, model.hidden);
    let output: Tensor = hidden;
    for (let i = 0; i < 8; i++) [output, hidden] = model(name.index(i), hidden);
    F.nll_loss(output, category).backward();
    for (const p of model.parameters()) p.data.add_(p.grad!, { alpha: -0.005 });
  };
}

function lstm_35(): () => void {
  const model = new LanguageModel(50);
  const optimizer = new optim.SGD(model.parameters(), { lr: 0.1 });
  const x = torch.randint(0, 50, [35, 8]);
  const y = torch.randint(0, 50, [35 * 8]);
  return () => {
    optimizer.zero_grad();
    F.cross_entropy(model(x).view(-1, 50), y).backward();
    nn.utils.clip_grad_norm_(model.parameters(), 0.25);
    optimizer.step();
  };
}

function transformer_2(): () => void {
  const model = transformer();
  const optimizer = new optim.SGD(model.parameters(), { lr: 0.01 });
  const x = torch.randn(16, 4, 32);
  const y = torch.randn(16, 4, 32);
  return () => {
    optimizer.zero_grad();
    F.mse_loss(model(x), y).backward();
    optimizer.step();
  };
}

/** The tutorial's sentence of eleven words: many operations on single numbers. */
function bilstm_crf(): () => void {
  const model = new BiLSTMCRF(17, 5);
  const optimizer = new optim.SGD(model.parameters(), { lr: 0.01, weight_decay: 1e-4 });
  const words = torch.arange(11);
  const tags = [0, 1, 1, 1, 2, 2, 2, 0, 1, 2, 2];
  return () => {
    model.zero_grad();
    model.neg_log_likelihood(words, tags).backward();
    optimizer.step();
  };
}

/** The Jacobian of a small function, one backward pass for all rows. */
function jacrev(): () => void {
  const x = torch.randn(8);
  const jacobian = torch.func.jacrev((y: Tensor) => y.sin().mul(y));
  return () => jacobian(x);
}

function dqn(): () => void {
  const agent = new DQN();
  return () => agent.step();
}

function infer(model: (x: Tensor) => Tensor, x: Tensor): () => void {
  return () => torch.no_grad(() => model(x));
}

export const training: Workloads = {
  mlp_sgd: () => trainMlp((parameters) => new optim.SGD(parameters, { lr: 0.01 })),
  mlp_adam: () => trainMlp((parameters) => new optim.Adam(parameters, { lr: 0.001 })),
  cnn_64,
  char_rnn,
  lstm_35,
  transformer_2,
  dqn,
  bilstm_crf,
  jacrev,
};

export const inference: Workloads = {
  mlp_1: () => infer(mlp(), torch.randn(1, 10)),
  cnn_1: () => infer(new CNN(), torch.randn(1, 1, 28, 28)),
};
