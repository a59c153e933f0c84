/** SyncBatchNorm on ranks with uneven batches, an empty one among them, gives what BatchNorm2d gives for all in one. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import torch from 'tsorch';
import { resultsOf } from './ranks';

interface Trained {
  steps: { y: number[]; gradient: number[] }[];
  running_mean: number[];
  running_var: number[];
  batches: number;
  weight: number[] | null;
  bias: number[] | null;
}
type Results = Record<string, Trained>;

const golden = JSON.parse(
  readFileSync(join(__dirname, '../../../test/distributed/golden/sync_batchnorm.json'), 'utf8'),
) as Results;

let ranks: Results[];
beforeAll(async () => {
  ranks = await resultsOf<Results>(['sync_batchnorm', 'sync_batchnorm', 'sync_batchnorm']);
}, 120_000);

function close(actual: number[], expected: number[], name: string): void {
  const tolerance = name === 'bfloat16' ? { rtol: 1.6e-2, atol: 1e-2 } : { rtol: 1e-5, atol: 1e-5 };
  torch.testing.assert_close(torch.tensor(actual), torch.tensor(expected), tolerance);
}

/** What all ranks' parameters got together: the loss is a sum over the batch. */
const summed = (lists: (number[] | null)[]): number[] =>
  torch
    .stack(lists.map((list) => torch.tensor(list!)))
    .sum(0)
    .tolist() as number[];

describe.each(Object.entries(golden))('%s', (name, expected) => {
  const each = (): Trained[] => ranks.map((rank) => rank[name]!);

  test.each([0, 1])('step %i', (step) => {
    for (const what of ['y', 'gradient'] as const) {
      close(
        each().flatMap(({ steps }) => steps[step]![what]),
        expected.steps[step]![what],
        name,
      );
    }
  });

  test('running statistics, alike on all', () => {
    for (const { running_mean, running_var, batches } of each()) {
      close(running_mean, expected.running_mean, name);
      close(running_var, expected.running_var, name);
      expect(batches).toBe(expected.batches);
    }
  });

  test('gradients of the parameters', () => {
    if (expected.weight === null) expect(each().map(({ weight }) => weight)).toEqual([null, null, null]);
    else close(summed(each().map(({ weight }) => weight)), expected.weight, name);
    if (expected.bias === null) expect(each().map(({ bias }) => bias)).toEqual([null, null, null]);
    else close(summed(each().map(({ bias }) => bias)), expected.bias, name);
  });
});
