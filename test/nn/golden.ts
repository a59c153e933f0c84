/** Comparing tensors with what PyTorch wrote to a golden file. */
import { Tensor } from 'tsorch';

/** A tensor as the golden scripts write it. */
export interface Golden {
  dtype: string;
  shape: number[];
  /** 'inf', '-inf' and 'nan' stand for what JSON has no number for. */
  data: (number | string)[];
}

/** A golden value: a tensor, a plain value, or a list of them. */
export type GoldenValue = Golden | number | string | boolean | null | GoldenValue[];

function isGolden(value: GoldenValue): value is Golden {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The tolerances of PyTorch's own tests. */
function close(got: number, want: number, dtype: string): boolean {
  if (got === want || (Number.isNaN(got) && Number.isNaN(want))) return true;
  const [rtol, atol] = dtype === 'torch.float64' ? [1e-7, 1e-7] : [1.3e-6, 1e-5];
  return Math.abs(got - want) <= atol + rtol * Math.abs(want);
}

function numbers(x: Tensor): number[] {
  return (x.detach().reshape(-1).tolist() as (number | boolean)[]).map(Number);
}

/** Expects a tensor, or lists of them, to be the golden ones: dtype, shape and values. */
export function expectGolden(got: unknown, want: GoldenValue, where = 'value'): void {
  if (Array.isArray(want)) {
    const list = [...(got as Iterable<unknown>)];
    expect(list).toHaveLength(want.length);
    want.forEach((each, i) => {
      expectGolden(list[i], each, `${where}[${i}]`);
    });
  } else if (isGolden(want)) {
    if (!(got instanceof Tensor)) throw new Error(`${where} is no tensor`);
    const dtype = String(got.dtype) === 'torch.bool' ? 'torch.int64' : String(got.dtype);
    expect([where, dtype, got.shape]).toEqual([where, want.dtype, want.shape]);
    const values = numbers(got);
    const expected = want.data.map((value) => Number(String(value).replace('inf', 'Infinity')));
    const wrong = expected.findIndex((value, i) => !close(values[i]!, value, want.dtype));
    if (wrong >= 0) throw new Error(`${where}: element ${wrong} is ${values[wrong]}, PyTorch has ${expected[wrong]}`);
  } else expect(got).toEqual(want);
}
