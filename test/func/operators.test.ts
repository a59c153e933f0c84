/** Transforms of every operator of PyTorch's own test inputs: the values, the errors, and what runs example by example. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import torch, { type Tensor } from 'tsorch';
import lists from './golden/operators.json';
import { digest, transformsOf } from './transforms_of';

type Numbers = readonly (number | string | boolean)[];

interface Outcome {
  value?: unknown[];
  error?: string;
  slow?: string[];
}

interface Case {
  name: string;
  call: string;
  args: unknown[];
  options: Record<string, unknown>;
  tensors: [dtype: string, shape: number[], values: Numbers][];
  results: Record<string, Outcome>;
}

type Callable = (...args: unknown[]) => unknown;

const file = join(__dirname.replace(/([/\\])out[/\\]test[/\\]/, '$1test$1'), 'golden/operators.json.gz');
const cases = gunzipSync(readFileSync(file))
  .toString()
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line) as Case);

function tensorOf([dtype, shape, values]: Case['tensors'][number]): Tensor {
  const type = (torch as unknown as Record<string, typeof torch.float32>)[dtype]!;
  const numbers = values.map((each) => (typeof each === 'string' ? Number(each.replace('inf', 'Infinity')) : each));
  return torch.tensor(numbers, { dtype: type }).reshape(shape);
}

/** The arguments with tensors in their places. */
function filled(value: unknown, tensors: readonly Tensor[]): unknown {
  if (Array.isArray(value)) return value.map((each) => filled(each, tensors));
  if (typeof value !== 'object' || value === null) return value;
  if ('$tensor' in value) return tensors[value.$tensor as number];
  if ('$dtype' in value) return (torch as unknown as Record<string, unknown>)[value.$dtype as string];
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, filled(each, tensors)]));
}

function operationOf({ call, args, options }: Case) {
  const path = call.split('.');
  const name = path.pop()!;
  const owner = path.reduce<unknown>((at, part) => (at as Record<string, unknown>)[part], torch);
  const hasOptions = Object.keys(options).length > 0;
  return (...tensors: Tensor[]): unknown => {
    const values = filled(args, tensors) as unknown[];
    if (hasOptions) values.push(filled(options, tensors));
    return ((owner as Record<string, unknown>)[name] as Callable)(...values);
  };
}

const slow = new Set<string>();
const refused = new Set<string>();

/** The operators that libtorch has warned of since this was emptied. */
let warned = new Set<string>();

function outcomeOf(compute: () => unknown): Outcome {
  const found: Outcome = {};
  warned = new Set();
  torch.manual_seed(0);
  try {
    found.value = digest(compute());
  } catch (error) {
    found.error = (error as Error).message.split('\n')[0]!;
  }
  if (warned.size > 0) found.slow = [...warned].sort();
  return found;
}

/** Sums within what the order of additions may change. */
function isClose(got: unknown, expected: unknown, scale = 0): boolean {
  if (Array.isArray(expected) && Array.isArray(got)) {
    const size = typeof expected[4] === 'number' ? expected[4] : scale;
    return got.length === expected.length && expected.every((each, i) => isClose(got[i], each, size));
  }
  if (typeof expected !== 'number' || typeof got !== 'number') return got === expected;
  return Math.abs(got - expected) <= 1e-4 + 2e-4 * Math.max(Math.abs(expected), scale);
}

function withJavaScriptNames(outcome: Outcome): Outcome {
  if (outcome.error === undefined) return outcome;
  const names = (list: string) => list.replace(/\b(int|float)\b/g, 'number');
  return { ...outcome, error: outcome.error.replace("<class 'NoneType'>", 'null').replace(/- got \(.*?\)/, names) };
}

beforeAll(() => {
  torch.set_warn_always(true);
  jest.spyOn(process, 'emitWarning').mockImplementation((warning) => {
    const name = /not yet implemented the batching rule for aten::(\S+)\. /.exec(String(warning))?.[1];
    if (name !== undefined) warned.add(name);
  });
});
afterAll(() => {
  torch.set_warn_always(false);
  jest.restoreAllMocks();
});

it.each(cases.map((each) => [each.name, each] as const))('%s', (_, each) => {
  const computes = transformsOf(each.tensors.map(tensorOf), operationOf(each));
  const differing: Record<string, [got: Outcome, expected: Outcome]> = {};
  for (const [name, expected] of Object.entries(each.results)) {
    const got = outcomeOf(computes[name]!);
    for (const operator of got.slow ?? []) slow.add(operator);
    const inForward = /forward AD with (\S+) that does not/.exec(got.error ?? '')?.[1];
    if (inForward !== undefined) refused.add(inForward);
    const wanted = withJavaScriptNames(expected);
    const agrees = got.error === wanted.error && String(got.slow) === String(wanted.slow);
    if (!agrees || !isClose(got.value, wanted.value)) differing[name] = [got, wanted];
  }
  expect(differing).toEqual({});
});

it('runs example by example, and refuses forward mode, where PyTorch does', () => {
  expect([...slow].sort()).toEqual(lists['example by example']);
  expect([...refused].sort()).toEqual(lists['without forward mode']);
});
