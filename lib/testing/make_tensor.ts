/** Random tensors for tests. https://docs.pytorch.org/docs/2.13/testing.html#torch.testing.make_tensor */

import { REQUIRED, Signature } from '../arguments/signature';
import { warn } from '../base/errors';
import { type DeviceLike, DType, dtypes, type MemoryFormat, parseDevice } from '../base/types';
import { isList, isOptions } from '../native/kinds';
import { callOperator } from '../operators/operator';
import { _torch } from '../tensor/namespaces';
import { finfo, iinfo } from '../tensor/numeric_limits';
import type { Tensor } from '../tensor/tensor';

export interface MakeTensorOptions {
  dtype: DType;
  device: DeviceLike;
  /** The smallest value; -9 by default, 0 for bool and unsigned integers. */
  low?: number | bigint | null;
  /** What all values are below; 10 by default for integers, 9 for others, 2 for bool. */
  high?: number | bigint | null;
  requires_grad?: boolean;
  /** Every second element of a tensor twice as wide. */
  noncontiguous?: boolean;
  /** Puts the smallest positive number, or 1, where a 0 came out. */
  exclude_zero?: boolean;
  memory_format?: MemoryFormat | null;
}

/** The values that a dtype can have, and those drawn when nothing is said: [from, below). */
interface Range {
  lowest: number | bigint;
  below: number | bigint;
  low: number;
  high: number;
}

function isIntegral(dtype: DType): boolean {
  return !dtype.is_floating_point && !dtype.is_complex;
}

function rangeOf(dtype: DType): Range {
  if (dtype === dtypes.bool) return { lowest: 0, below: 2, low: 0, high: 2 };
  if (!isIntegral(dtype)) {
    const { min, max } = finfo(dtype.to_real());
    return { lowest: min, below: max, low: -9, high: 9 };
  }
  if (dtype === dtypes.int64) return { lowest: -(2n ** 63n), below: 2n ** 63n - 1n, low: -9, high: 10 };
  const { min, max } = iinfo(dtype);
  return { lowest: Number(min), below: Number(max) + 1, low: -9, high: 10 };
}

function clamped(value: number, { lowest, below }: Range): number {
  return Math.min(Math.max(value, Number(lowest)), Number(below));
}

/** A bound as it is given. */
type Bound = number | bigint | null;

/** Python's text of a bound that was given. */
function boundText(value: number): string {
  return Number.isNaN(value) ? 'nan' : String(value);
}

/** A bound of integers beyond 2^53, which numbers would round: `torch.randint` draws int64 below 2^63 - 1. */
function wideBound(value: number | bigint, { lowest, below }: Range): bigint {
  const limited = value < lowest ? lowest : value > below ? below : value;
  return BigInt(typeof limited === 'number' ? Math.ceil(limited) : limited);
}

/** The bounds to draw between. @throws RangeError when there is nothing between them */
function bounds(dtype: DType, given: readonly [Bound, Bound]): [low: number | bigint, high: number | bigint] {
  const range = rangeOf(dtype);
  const [wideLow, wideHigh] = [given[0] ?? range.low, given[1] ?? range.high];
  const low = Number(wideLow);
  const high = Number(wideHigh);
  if (Number.isNaN(low) || Number.isNaN(high)) {
    throw new RangeError(
      `\`low\` and \`high\` cannot be NaN, but got low=${boundText(low)} and high=${boundText(high)}`,
    );
  }
  if (low === high && !isIntegral(dtype)) {
    warn(
      'Passing `low==high` to `torch.testing.make_tensor` for floating or complex types is deprecated since 2.1 and ' +
        'will be removed in 2.3. Use `torch.full(...)` instead.',
      'FutureWarning',
    );
  } else if (wideLow >= wideHigh) {
    throw new RangeError(`\`low\` must be less than \`high\`, but got ${wideLow} >= ${wideHigh}`);
  } else if (wideHigh < range.lowest || wideLow >= range.below) {
    throw new RangeError(
      `The value interval specified by \`low\` and \`high\` is [${wideLow}, ${wideHigh}), but ${dtype} only supports ` +
        `[${range.lowest}, ${range.below})`,
    );
  }
  if (dtype === dtypes.int64) return [wideBound(wideLow, range), wideBound(wideHigh, range)];
  const limited: [number, number] = [clamped(low, range), clamped(high, range)];
  return isIntegral(dtype) ? [Math.ceil(limited[0]), Math.ceil(limited[1])] : limited;
}

/** Fills with uniform numbers; a range wider than the dtype's largest number is drawn at half its size. */
function fillUniform(x: Tensor, low: number, high: number): void {
  if (high - low >= finfo(x.dtype).max) x.uniform_(low / 2, high / 2).mul_(2);
  else x.uniform_(low, high);
}

function drawn(shape: number[], dtype: DType, device: DeviceLike, from: number | bigint, to: number | bigint): Tensor {
  if (isIntegral(dtype)) return callOperator('randint.low', from, to, shape, dtype, null, parseDevice(device));
  const narrow = dtype.is_floating_point && dtype.itemsize === 1;
  const made = _torch.empty(shape, { dtype: narrow ? dtypes.float32 : dtype, device });
  fillUniform(dtype.is_complex ? _torch.view_as_real(made) : made, Number(from), Number(to));
  return narrow ? made.to(dtype) : made;
}

const signature = new Signature<MakeTensorOptions>(
  'make_tensor',
  {
    dtype: REQUIRED,
    device: REQUIRED,
    low: null,
    high: null,
    requires_grad: false,
    noncontiguous: false,
    exclude_zero: false,
    memory_format: null,
  },
  8,
);

function checkOptions({ dtype, requires_grad, noncontiguous, memory_format }: Required<MakeTensorOptions>): void {
  if (noncontiguous && memory_format !== null) {
    throw new RangeError(
      'The parameters `noncontiguous` and `memory_format` are mutually exclusive, but got noncontiguous=True and ' +
        `memory_format=${memory_format}`,
    );
  }
  if (requires_grad && dtype instanceof DType && isIntegral(dtype)) {
    throw new RangeError(
      `\`requires_grad=True\` is not supported for boolean and integral dtypes, but got dtype=${dtype}`,
    );
  }
  if (!(dtype instanceof DType) || dtype.name.startsWith('q')) {
    throw new TypeError(
      `The requested dtype '${dtype}' is not supported by torch.testing.make_tensor(). To request support, file an ` +
        'issue at: https://github.com/pytorch/pytorch/issues',
    );
  }
}

/**
 * A tensor of uniform random numbers between `low` and `high`.
 * https://docs.pytorch.org/docs/2.13/testing.html#torch.testing.make_tensor
 * @throws RangeError for bounds with nothing between them, or gradients of integers
 */
export function make_tensor(...args: [...shape: number[], options: MakeTensorOptions]): Tensor;
export function make_tensor(shape: readonly number[], options: MakeTensorOptions): Tensor;
export function make_tensor(...args: unknown[]): Tensor {
  const options = isOptions(args.at(-1)) ? args.pop() : {};
  const read = signature.read([options]);
  const shape = [...((isList(args[0]) ? args[0] : args) as number[])];
  checkOptions(read);
  const [low, high] = bounds(read.dtype, [read.low, read.high]);
  const gaps = read.noncontiguous && shape.reduce((product, size) => product * size, 1) > 1;
  if (gaps) shape.push(2 * shape.pop()!);
  let made = drawn(shape, read.dtype, read.device, low, high);
  if (gaps) made = made.index('...', '1::2');
  else if (read.memory_format !== null) made = made.clone({ memory_format: read.memory_format });
  if (read.exclude_zero) made.masked_fill_(made.eq(0), isIntegral(read.dtype) ? 1 : finfo(read.dtype.to_real()).tiny);
  return read.requires_grad ? made.requires_grad_() : made;
}
