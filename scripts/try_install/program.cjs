// What a user's program does: trains a step, hands tensors to a worker thread, saves and loads. Prints one line.
const { mkdtempSync, rmSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join } = require('node:path');
const { Worker, isMainThread, parentPort } = require('node:worker_threads');
const torch = require('tsorch');
const { nn, optim } = torch;

/** The loss before a step and after it. */
function train() {
  torch.manual_seed(0);
  const model = new nn.Sequential(new nn.Linear(4, 8), new nn.ReLU(), new nn.Linear(8, 1));
  const optimizer = new optim.SGD(model.parameters(), { lr: 0.1 });
  const x = torch.randn(16, 4);
  const loss = () => nn.functional.mse_loss(model(x), torch.ones(16, 1));
  const before = loss();
  before.backward();
  optimizer.step();
  return [model, before.item(), loss().item()];
}

function inWorker() {
  return new Promise((resolve, reject) => {
    new Worker(__filename, { execArgv: process.execArgv }).on('message', resolve).on('error', reject);
  });
}

function keep(model) {
  const folder = mkdtempSync(join(tmpdir(), 'tsorch-'));
  try {
    torch.save(model.state_dict(), join(folder, 'model.pt'));
    const loaded = torch.load(join(folder, 'model.pt'));
    return Object.entries(model.state_dict()).every(([name, value]) => torch.equal(loaded[name], value));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function main() {
  const [model, before, after] = train();
  if (!(after < before)) throw new Error(`a step of training took the loss from ${before} to ${after}`);
  if (!keep(model)) throw new Error('what was loaded is not what was saved');
  const sum = await inWorker();
  if (sum !== 6) throw new Error(`a worker added 1, 2 and 3 to ${sum}`);
  torch.linalg.svd(torch.randn(8, 8));
  torch.fft.fft(torch.randn(8));
  console.log(`${torch.ones(2).add(1)}`);
}

if (isMainThread) main();
else parentPort.postMessage(torch.tensor([1, 2, 3]).sum().item());
