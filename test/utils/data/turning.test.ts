/** Loops over a DataLoader with `for await`: the event loop turns between batches, also when these are there already. */
import { execFileSync } from 'node:child_process';
import torch from 'tsorch';
import { root } from '../../setup/fakes';

const { DataLoader, TensorDataset } = torch.utils.data;
const dataset = new TensorDataset(torch.arange(64));

/** How many timers of 0 ms one after the other fire during a loop that computes for a while with each batch. */
async function timersDuring(loader: AsyncIterable<unknown>): Promise<number> {
  let timers = 0;
  let going = true;
  const tick = () => {
    timers++;
    if (going) setTimeout(tick, 0);
  };
  setTimeout(tick, 0);
  for await (const _ of loader) {
    const end = performance.now() + 3;
    while (performance.now() < end);
  }
  going = false;
  return timers;
}

test.each([0, 2])('timers fire with num_workers: %i', async (num_workers) => {
  const loader = new DataLoader(dataset, { batch_size: 4, num_workers });
  expect(await timersDuring(loader)).toBeGreaterThanOrEqual(8);
});

test('streams of promises and samples of promises turn too', async () => {
  class Slow extends torch.utils.data.Dataset<Promise<number>> {
    override get length() {
      return 16;
    }
    override async __getitem__(index: number) {
      return index;
    }
  }
  expect(await timersDuring(new DataLoader(new Slow(), { batch_size: 1 }))).toBeGreaterThanOrEqual(8);
});

test('a signal is handled before the next batch', () => {
  const program = `
    const torch = require(${JSON.stringify(root)});
    const { DataLoader, TensorDataset } = torch.utils.data;
    let [batches, stopping] = [0, false];
    process.once('SIGTERM', () => { stopping = true; });
    (async () => {
      for await (const _ of new DataLoader(new TensorDataset(torch.arange(10000)), { batch_size: 1 })) {
        if (stopping) break;
        if (++batches === 3) process.kill(process.pid, 'SIGTERM');
      }
      console.log(batches < 1000);
    })();`;
  expect(execFileSync(process.execPath, ['-e', program], { encoding: 'utf8' })).toBe('true\n');
});
