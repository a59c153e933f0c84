/** Wrong calls end with PyTorch's error: its type, as JavaScript has it, and its text. golden/errors.py made them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import torch, { nn, optim } from 'tsorch';
import { differences } from './differences';
import { inJavaScript } from './words';

interface Case {
  python: string;
  call: string;
  type: string;
  message: string;
}

const file = join(__dirname, '../../../test/errors/golden/errors.json');
const { prelude, cases } = JSON.parse(readFileSync(file, 'utf8')) as { prelude: string; cases: Case[] };

/** What Python's errors are here. */
const classes: Readonly<Record<string, readonly string[]>> = {
  AssertionError: ['AssertionError'],
  AttributeError: ['TypeError'],
  IndexError: ['RangeError'],
  KeyError: ['Error'],
  NotImplementedError: ['NotImplementedError'],
  RuntimeError: ['TorchError'],
  TypeError: ['TypeError'],
  ValueError: ['RangeError', 'Error'],
  _LinAlgError: ['LinAlgError'],
};

/** Runs a call of the golden file, in the setting that all of them share. */
function run(call: string): unknown {
  torch.manual_seed(0);
  const body = call.includes('const ') ? `(() => { ${call} })()` : call;
  return new Function('torch', 'nn', 'F', 'optim', `${prelude}; return ${body}`)(torch, nn, nn.functional, optim);
}

function errorOf(call: string): Error | undefined {
  try {
    run(call);
  } catch (error) {
    return error as Error;
  }
  return undefined;
}

describe('a wrong call ends as in Python', () => {
  const same = cases.filter(({ call }) => !Object.hasOwn(differences, call));

  it.each(same.map((each) => [each.call, each] as const))('%s', (call, { type, message }) => {
    const error = errorOf(call);
    expect(error).toBeInstanceOf(Error);
    expect(inJavaScript(error!.message)).toBe(inJavaScript(message));
    expect(classes[type] ?? [type]).toContain(error!.constructor.name);
  });
});

describe('a call whose error differs', () => {
  it.each(Object.keys(differences))('%s is one of the golden ones, and differs', (call) => {
    const found = cases.find((each) => each.call === call);
    expect(found).toBeDefined();
    expect(inJavaScript(errorOf(call)?.message ?? '')).not.toBe(inJavaScript(found!.message));
  });
});
