import torch from 'tsorch';
import golden from './golden/stored_numbers.json';

interface Outcome {
  text?: string;
  error?: string;
  message?: string;
}

/** Python's classes of errors here. */
const classes: Record<string, new (...args: never[]) => Error> = {
  RuntimeError: torch.TorchError,
  ValueError: RangeError,
  OverflowError: RangeError,
  IndexError: RangeError,
  TypeError,
};

function expectAsInPython(outcome: Outcome, make: () => unknown): void {
  if (outcome.text !== undefined) {
    expect(String(make())).toBe(outcome.text);
    return;
  }
  let thrown: Error | undefined;
  try {
    make();
  } catch (error) {
    thrown = error as Error;
  }
  expect(thrown?.message).toBe(outcome.message);
  expect(thrown).toBeInstanceOf(classes[outcome.error!]);
}

/** A number where it holds the value exactly and is no float in Python. */
function numberOf(kind: string, text: string): number | bigint {
  if (kind === 'float') return text === 'nan' ? Number.NaN : text === 'inf' ? Number.POSITIVE_INFINITY : Number(text);
  const value = BigInt(text);
  return Number.isSafeInteger(Number(value)) ? Number(value) : value;
}

describe.each([...new Set(golden.stored.map(({ dtype }) => dtype))])('torch.tensor in %s', (dtype) => {
  const cases = golden.stored.filter((each) => each.dtype === dtype);
  it.each(cases.map((each) => [each.kind, each.value, each] as const))('of %s %s', (kind, value, outcome) => {
    const options = { dtype: torch[dtype as 'int8'] };
    expectAsInPython(outcome, () => torch.tensor([numberOf(kind, value)], options));
  });
});

describe('torch.tensor', () => {
  it('takes booleans and complex numbers for what they are in Python', () => {
    expect(torch.tensor([true, false], { dtype: torch.int32 }).tolist()).toEqual([1, 0]);
    const complex = [new torch.Complex(0, 2), new torch.Complex(0, 0)];
    expect(torch.tensor(complex, { dtype: torch.bool }).tolist()).toEqual([true, false]);
    expect(() => torch.tensor(complex, { dtype: torch.int64 })).toThrow(
      "'Complex' object cannot be interpreted as an integer",
    );
    expect(() => torch.tensor(complex, { dtype: torch.float32 })).toThrow('must be real number, not Complex');
    expect(() => torch.tensor([1.5], { dtype: torch.uint64 })).toThrow('an integer is required');
  });

  it('has complex32 for complex numbers when halves are the default', () => {
    torch.set_default_dtype(torch.float16);
    const { dtype } = torch.tensor(new torch.Complex(1, 2));
    torch.set_default_dtype(torch.float32);
    expect(dtype).toBe(torch.complex32);
  });
});

type Wide = bigint;

const x = torch.ones(2, 3);
const i = torch.ones(2, 3, { dtype: torch.int64 });

/** The calls of stored_numbers.py; types allow less than what is tried here. */
const calls: Record<string, (v: Wide) => unknown> = {
  index: (v) => x.index(v),
  index_pair: (v) => x.index(0, v),
  index_list: (v) => x.index([v]),
  slice_from: (v) => x.index(`${v}:`),
  slice_to: (v) => x.index(`:${v}`),
  assign: (v) => torch.ones(3, { dtype: torch.int64 }).index_put_([0], v),
  sum: (v) => x.sum(v as never),
  unsqueeze: (v) => x.unsqueeze(v as never),
  topk: (v) => x.topk(v as never),
  roll: (v) => x.roll(v as never),
  empty_strided: (v) => torch.empty_strided([1], [v as never]),
  as_strided: (v) => x.as_strided([1], [1], v as never),
  randint: (v) => torch.randint(v as never, [1]),
  conv_stride: (v) => torch.nn.functional.conv1d(x.unsqueeze(0), torch.ones(1, 2, 1), { stride: v as never }),
  add: (v) => x.add(v),
  add_integers: (v) => i.add(v),
  clamp: (v) => i.clamp(v),
  alpha: (v) => torch.add(x, x, { alpha: v }),
  full: (v) => torch.full([1], v, { dtype: torch.int64 }),
  full_uint64: (v) => torch.full([1], v, { dtype: torch.uint64 }),
  fill: (v) => torch.zeros(1, { dtype: torch.int64 }).fill_(v),
  where: (v) => torch.where(x.gt(0), x, v),
  seed: (v) => new torch.Generator().manual_seed(v).initial_seed(),
  tensor: (v) => torch.tensor([v]),
  tensor_float: (v) => torch.tensor([v, 0.5]),
  new_tensor: (v) => i.new_tensor([v]),
  LongTensor: (v) => torch.LongTensor([v]),
};

describe('integers that no int64 holds', () => {
  it.each(golden.wide.map((each) => [each.name, each.value, each] as const))('%s(%s)', (name, value, outcome) => {
    expectAsInPython(outcome, () => calls[name]!(BigInt(value)));
  });

  it('whole numbers of any size are integers where an integer is wanted', () => {
    expect(() => x.sum(2 ** 60)).toThrow('Dimension out of range');
    expect(() => x.sum(2 ** 64)).toThrow('Overflow when unpacking long long');
    expect(x.unsqueeze(-0).shape).toEqual([1, 2, 3]);
  });
});
