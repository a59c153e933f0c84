/** The other thread of the suite: answers questions about what it is sent. */
import { type MessagePort, parentPort } from 'node:worker_threads';
import torch, { type Tensor } from 'tsorch';
import { receive, type Shared, share } from 'tsorch/multiprocessing';

let kept: Tensor | undefined;
let squares: Tensor | undefined;

const answers = {
  keep: (x: Tensor) => {
    kept = x;
    return { data_ptr: x.data_ptr(), values: x.tolist() };
  },
  forget: () => {
    kept = undefined;
  },
  values: () => kept!.tolist(),
  'add one': () => void kept!.add_(1),
  describe: (x: Tensor) => [
    String(x),
    x.layout === torch.strided ? [x.stride(), x.storage_offset()] : null,
    x.requires_grad,
    x.is_leaf,
  ],
  make: () => share(torch.full([2], 3)),
  train: (state: Record<string, Tensor>) => {
    const model = new torch.nn.Linear(2, 1, { bias: false });
    model.load_state_dict(state, { assign: true });
    const optimizer = new torch.optim.SGD(model.parameters(), { lr: 0.5 });
    model(torch.ones(1, 2)).sum().backward();
    optimizer.step();
    return 'trained';
  },
  square: (x: Tensor) => {
    kept = x;
    squares = x.pow(2).sum();
  },
  'gradient of squares': () => {
    squares!.backward();
    return [kept!.grad!.tolist(), kept!._version];
  },
  fit: ({ weight, biases, steps }: { weight: Tensor; biases: Tensor[]; steps: number }) => {
    const optimizer = new torch.optim.SGD([weight, biases[0]!], { lr: 0.05, momentum: 0.5 });
    for (let step = 0; step < steps; step++) {
      optimizer.zero_grad();
      const x = torch.randn(8, 4);
      const y = biases.reduce((sum, bias) => sum.add(bias), x.matmul(weight)); // the same one twice
      y.sub(x.sum(1)).pow(2).mean().backward();
      optimizer.step();
    }
    return [biases[0] === biases[1], weight._version];
  },
  draw: () => {
    torch.manual_seed(5);
    return [torch.rand(1).item(), torch.randn(2).tolist(), torch.randperm(4).tolist(), torch.initial_seed()];
  },
};

export type Question = keyof typeof answers;

parentPort!.once('message', (port: MessagePort) => {
  port.on('message', ({ question, message }: { question: Question; message?: Shared<never> }) => {
    port.postMessage(answers[question](message === undefined ? (undefined as never) : receive(message)));
  });
});
