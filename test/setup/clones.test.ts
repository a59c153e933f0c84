/** Tensors and modules where only plain data goes: JSON, structured clones, messages to threads and processes. */
import { deepStrictEqual } from 'node:assert';
import { spawn } from 'node:child_process';
import { serialize } from 'node:v8';
import { MessageChannel, Worker } from 'node:worker_threads';
import torch, { copy, nn } from 'tsorch';
import { root } from './fakes';

const tensors = {
  tensor: () => torch.ones(2),
  Parameter: () => new nn.Parameter(torch.ones(2)),
  result: () => new nn.Linear(2, 1)(torch.ones(2)),
  'deep copy': () => torch.ones(2).clone(),
  Generator: () => new torch.Generator(),
};
const modules = { Linear: () => new nn.Linear(2, 1), Sequential: () => new nn.Sequential(new nn.ReLU()) };
const all = Object.entries({ ...tensors, ...modules });

describe.each(all)('%s', (_, make) => {
  const nested = () => ({ list: [make()] });

  test('JSON.stringify', () => {
    expect(() => JSON.stringify(make())).toThrow(
      /has no JSON: .*tolist\(\).*share\(|has no JSON: .*share\(.*tolist\(\)/,
    );
    expect(() => JSON.stringify(nested())).toThrow(/ at '0' has no JSON/);
  });

  test('structured clones', () => {
    const { port1, port2 } = new MessageChannel();
    const clones = [
      (value: unknown) => structuredClone(value),
      (value: unknown) => serialize(value),
      (value: unknown) => port1.postMessage(value),
      (value: unknown) => new Worker('', { eval: true, workerData: value }),
    ];
    for (const clone of clones) {
      for (const value of [make(), nested()])
        expect(() => clone(value)).toThrow(/torch\.multiprocessing\.share\([\s\S]*could not be cloned/);
    }
    port1.close();
    port2.close();
  });
});

test.each(['json', 'advanced'] as const)('messages to processes, serialization %s', async (serialization) => {
  const child = spawn(process.execPath, ['-e', ''], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    serialization,
  });
  const ended = new Promise((resolve) => child.once('close', resolve));
  expect(() => child.send({ x: torch.ones(2) })).toThrow(/share\(/);
  await ended;
});

test('what is plain still goes', () => {
  const x = torch.tensor([[1, 2]]);
  expect(JSON.stringify({ x: x.tolist(), shape: x.shape })).toBe('{"x":[[1,2]],"shape":[1,2]}');
  expect(structuredClone(x.typed_array())).toEqual(new Float32Array([1, 2]));
});

test('copies and exchanges keep it', () => {
  const [a, b] = [new nn.Parameter(torch.ones(2)), new nn.Parameter(torch.zeros(3))];
  torch.utils.swap_tensors(a, b);
  for (const x of [a, b, copy.deepcopy(a), copy.copy(b)])
    expect(() => structuredClone(x)).toThrow('could not be cloned');
});

test('assert.deepStrictEqual says what compares tensors', () => {
  expect(() => deepStrictEqual(torch.ones(2), torch.ones(2))).toThrow('compare with torch.testing.assert_close');
});
