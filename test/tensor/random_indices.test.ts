/** Indices drawn at random, read and assigned: golden/random_indices.py says what PyTorch makes of them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import torch, { type Tensor } from 'tsorch';

interface Case {
  call: string;
  /** The tensor that an assignment changes. */
  changed?: string;
  shape?: number[];
  values?: unknown[];
  type?: string;
  message?: string;
}

const file = join(__dirname, '../../../test/tensor/golden/random_indices.json');
const { prelude, cases } = JSON.parse(readFileSync(file, 'utf8')) as { prelude: string; cases: Case[] };

const classes: Readonly<Record<string, string>> = {
  IndexError: 'RangeError',
  RuntimeError: 'TorchError',
  TypeError: 'TypeError',
  ValueError: 'RangeError',
};

function run({ call, changed }: Case): Tensor {
  const body = changed === undefined ? `return ${call}` : `${call}; return ${changed}`;
  return new Function('torch', `${prelude}; ${body}`)(torch) as Tensor;
}

it.each(cases.map((each) => [each.call, each] as const))('%s', (_, each) => {
  if (each.type === undefined) {
    const result = run(each);
    expect(result.shape).toEqual(each.shape);
    expect(result.flatten().tolist()).toEqual(each.values);
    return;
  }
  let error: unknown;
  try {
    run(each);
  } catch (caught) {
    error = caught;
  }
  expect(error).toBeInstanceOf(Error);
  expect((error as Error).message).toBe(each.message);
  expect((error as Error).constructor.name).toBe(classes[each.type]);
});
