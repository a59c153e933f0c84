// What a user's program does: trains a step, hands tensors to worker threads, reads a data set with them, saves and loads,
// makes more tensors than memory has room for. Prints one line.
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

/** Batches that worker threads read. */
function readBatches() {
  const data = new torch.utils.data.TensorDataset(torch.arange(8), torch.arange(8).mul(2));
  const loader = new torch.utils.data.DataLoader(data, { batch_size: 2, num_workers: 2 });
  let sum = 0;
  for (const [x, y] of loader) sum += x.add(y).sum().item();
  return sum;
}

/** The most MiB that tensors hold while a loop makes 2,000 of one MiB. */
function most() {
  let bytes = 0;
  for (let i = 0; i < 1000; i++) {
    torch.ones(2 ** 18).mul(2);
    bytes = Math.max(bytes, torch.memory_stats().bytes);
  }
  return bytes / 2 ** 20;
}

/** @param {boolean} holds @param {string} message */
function check(holds, message) {
  if (!holds) throw new Error(message);
}

async function main() {
  const [model, before, after] = train();
  check(after < before, `a step of training took the loss from ${before} to ${after}`);
  check(keep(model), 'what was loaded is not what was saved');
  const sum = await inWorker();
  check(sum === 6, `a worker added 1, 2 and 3 to ${sum}`);
  const read = readBatches();
  check(read === 84, `a loader's workers read 84 as ${read}`);
  const held = most();
  check(held < 256, `${held} MiB of 2,000 were alive at once`);
  torch.linalg.svd(torch.randn(8, 8));
  torch.fft.fft(torch.randn(8));
  console.log(`${torch.ones(2).add(1)}`);
}

if (isMainThread) main();
else parentPort.postMessage(torch.tensor([1, 2, 3]).sum().item());
