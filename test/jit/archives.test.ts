/** Archives that are none, or are damaged; and memory. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import torch, { nn } from 'tsorch';
import { root, temporaryFolder } from '../setup/fakes';

const { jit } = torch;
const pathOf = (name: string) => join(root, 'test', 'jit', 'fixtures', `${name}.pt`);

test('what is no program is named', () => {
  expect(() => jit.load('/nowhere/at/all.pt')).toThrow(
    new RangeError('The provided filename /nowhere/at/all.pt does not exist'),
  );
  expect(() => jit.load(Buffer.from(''))).toThrow(/no TorchScript archive: the file is empty/);
  expect(() => jit.load(Buffer.from('hello, world'))).toThrow(/no TorchScript archive/);
  const file = join(temporaryFolder(), 'state.pt');
  torch.save({ a: torch.ones(1) }, file);
  expect(() => jit.load(file)).toThrow(/what torch.save wrote: read it with torch.load/);
  const exported = join(root, 'test', 'export', 'fixtures', 'mlp.pt2');
  expect(() => jit.load(exported)).toThrow(/read it with torch.export.load/);
  expect(() => jit.save(new nn.Linear(1, 1) as never, file)).toThrow(TypeError);
});

test('torch.load names torch.jit.load', () => {
  expect(() => torch.load(pathOf('mlp'))).toThrow(/TorchScript archive.*torch\.jit\.load/);
});

test('an archive that is cut or changed anywhere is an error', () => {
  const whole = readFileSync(pathOf('mlp'));
  for (let length = 0; length < whole.length; length += 97) {
    expect(() => jit.load(whole.subarray(0, length))).toThrow();
  }
  let refused = 0;
  const places = Array.from({ length: 200 }, (_, i) => Math.floor((i * whole.length) / 200));
  for (const place of places) {
    const changed = Buffer.from(whole);
    changed[place] = changed[place]! ^ 0x5a;
    try {
      jit.load(changed)(torch.ones(1, 4));
    } catch (error) {
      expect(error).toBeInstanceOf(Error);
      refused++;
    }
  }
  expect(refused).toBeGreaterThan(60); // the others are between the entries, and change nothing
});

test('memory stays flat over many calls, and programs are freed with their objects', () => {
  const mlp = jit.load(pathOf('mlp'));
  const x = torch.randn(64, 4);
  const run = (times: number) => {
    for (let i = 0; i < times; i++) mlp(x).sum().backward();
    torch.gc();
    return torch.memory_stats();
  };
  const before = run(100);
  const after = run(2000);
  expect(after.handles).toBeLessThanOrEqual(before.handles + 8);
  expect(after.bytes).toBeLessThanOrEqual(before.bytes + 4096);
  const load = () => {
    for (let i = 0; i < 20; i++) jit.load(pathOf('lstm'));
  };
  load();
  torch.gc();
  const rest = torch.memory_stats();
  load();
  torch.gc();
  expect(torch.memory_stats().handles).toBeLessThanOrEqual(rest.handles + 8);
});

test('a worker thread has programs of its own', async () => {
  const code = `
    const torch = require(${JSON.stringify(join(root, 'dist', 'entries', 'main.js'))});
    const { parentPort, workerData } = require('node:worker_threads');
    const run = torch.jit.load(workerData);
    const traced = torch.jit.trace((x) => x.mul(2), torch.ones(1));
    parentPort.postMessage([run(torch.ones(2, 4)).shape, traced(torch.ones(3)).tolist()]);
  `;
  const results = await Promise.all(
    [0, 1].map(
      () =>
        new Promise((resolve, reject) => {
          const worker = new Worker(code, { eval: true, workerData: pathOf('mlp') });
          worker.once('message', resolve).once('error', reject);
        }),
    ),
  );
  expect(results).toEqual(
    Array(2).fill([
      [2, 3],
      [2, 2, 2],
    ]),
  );
});
