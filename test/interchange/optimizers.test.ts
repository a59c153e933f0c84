/** Optimizer states that are written here load in Python, which goes on as we do; Python runs where it has PyTorch. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import torch, { optim, type Tensor } from 'tsorch';

const OPTIONS: Record<string, object> = {
  SGD: { momentum: 0.9 },
  Adam: { lr: 0.1, amsgrad: true },
  AdamW: { lr: 0.1 },
  Adagrad: { lr: 0.1 },
  Adadelta: {},
  Adamax: { lr: 0.1 },
  ASGD: { t0: 1 },
  NAdam: {},
  RAdam: { betas: [0.8, 0.5] },
  RMSprop: { momentum: 0.5, centered: true },
  Rprop: {},
  Adafactor: { lr: 0.1 },
  Muon: { lr: 0.1 },
  LBFGS: { max_iter: 2 },
};

type AnyOptimizer = Pick<optim.SGD, 'zero_grad' | 'step' | 'state_dict' | 'load_state_dict' | 'param_groups'>;
type AnyClass = new (params: unknown, options?: object) => AnyOptimizer;

interface Written {
  optimizer: optim.OptimizerStateDict;
  params: Tensor[];
  /** The parameters after two more steps. */
  after: Tensor[];
}

function loss_of(params: Tensor[]): Tensor {
  return params
    .map((p, k) =>
      p
        .mul(p)
        .sum()
        .mul(k + 1)
        .add(p.sin().sum()),
    )
    .reduce((sum, each) => sum.add(each));
}

function make(name: string, params: Tensor[], options: object = {}): AnyOptimizer {
  const Class = (optim as unknown as Record<string, AnyClass>)[name]!;
  return new Class(name === 'LBFGS' ? params : params.map((p) => ({ params: [p] })), options);
}

function train(optimizer: AnyOptimizer, params: Tensor[], steps: number): Tensor[] {
  for (let i = 0; i < steps; i++) {
    optimizer.step(() => {
      optimizer.zero_grad();
      const loss = loss_of(params);
      loss.backward();
      return loss;
    });
  }
  return params.map((p) => p.detach().clone());
}

function write(name: string, file: string): void {
  const params = [
    torch
      .tensor([
        [0.5, -0.25],
        [1, 2],
      ])
      .requires_grad_(),
  ];
  if (name !== 'Muon') params.push(torch.tensor([1.5, -0.75]).requires_grad_());
  const optimizer = make(name, params, OPTIONS[name]);
  const before = train(optimizer, params, 3);
  // The state is saved before it goes on, since its tensors are the optimizer's own.
  torch.save(optimizer.state_dict(), `${file}.state`);
  const after = train(optimizer, params, 2);
  torch.save({ optimizer: torch.load(`${file}.state`), params: before, after }, file);
}

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tsorch-optimizers-'));
  for (const name of Object.keys(OPTIONS)) write(name, join(folder, `${name}.pt`));
});
afterAll(() => rmSync(folder, { recursive: true }));

test.each(Object.keys(OPTIONS))('%s goes on from its file', (name) => {
  const saved = torch.load<Written>(join(folder, `${name}.pt`));
  const params = saved.params.map((p) => p.clone().requires_grad_());
  const optimizer = make(name, params);
  optimizer.load_state_dict(saved.optimizer);
  const after = train(optimizer, params, 2);
  expect(after.map((p, i) => p.equal(saved.after[i]!))).toEqual(after.map(() => true));
});

test('Python goes on from the files likewise', () => {
  const python = process.env.PYTHON ?? 'python3';
  const run = (...args: string[]) => spawnSync(python, args, { encoding: 'utf8' });
  if (run('-c', 'import torch').status !== 0) {
    console.log(`${python} has no PyTorch: only our own reader was tried`);
    return;
  }
  const script = join(__dirname, '../../../test/interchange/fixtures/optimizers.py');
  const { status, stdout, stderr } = run(script, folder);
  expect([status, stdout.trim().split('\n'), stderr]).toEqual([0, Object.keys(OPTIONS).sort(), expect.anything()]);
}, 60_000);
