/** What the numbers of each dtype can be. https://docs.pytorch.org/docs/2.13/type_info.html */
import { inspect } from 'node:util';
import { dtypeFacts } from '../base/dtype_table';
import { DType, dtypes } from '../base/types';
import { native } from '../native/addon';
import { call } from '../native/frame';
import { typeName } from '../native/kinds';
import { get_default_dtype } from './creation';

/** `name=value` for each, numbers as C++ streams them. */
function fields(values: Readonly<Record<string, number | bigint>>): string {
  const texts = call(native.format_numbers, Object.values(values).map(Number), 'g', 6);
  return Object.keys(values)
    .map((name, i) => `${name}=${texts[i]}, `)
    .join('');
}

/**
 * The limits of a floating point dtype, of the parts of a complex one.
 * https://docs.pytorch.org/docs/2.13/type_info.html#torch.finfo
 */
class FloatLimits {
  readonly bits: number;
  readonly eps: number;
  readonly max: number;
  readonly min: number;
  readonly tiny: number;
  readonly smallest_normal: number;
  readonly resolution: number;
  readonly dtype: string;

  constructor(dtype: DType = get_default_dtype()) {
    const real = dtype.to_real();
    const { format } = dtypeFacts[real.name];
    if (format === undefined) {
      throw new TypeError(
        `torch.finfo() requires a floating point input type. Use torch.iinfo to handle 'torch.finfo'`,
      );
    }
    const { fraction, top, bottom, largest } = format;
    const spacing = 2 ** -fraction;
    this.bits = 8 * real.itemsize;
    this.eps = real === dtypes.float8_e5m2fnuz ? spacing / 2 : spacing; // as libtorch has it
    this.max = (largest ?? 2 - spacing) * 2 ** top;
    this.tiny = 2 ** bottom;
    this.min = real.is_signed ? -this.max : this.tiny;
    this.smallest_normal = this.tiny;
    this.resolution = 10 ** -Math.floor(fraction * Math.log10(2));
    this.dtype = real.name;
  }

  toString(): string {
    const { resolution, min, max, eps, smallest_normal, tiny } = this;
    return `finfo(${fields({ resolution, min, max, eps, smallest_normal, tiny })}dtype=${this.dtype})`;
  }

  [inspect.custom](): string {
    return this.toString();
  }
}

/** The limits of an integer dtype; those of int64 and uint64 as bigints. https://docs.pytorch.org/docs/2.13/type_info.html#torch.iinfo */
class IntegerLimits {
  readonly bits: number;
  readonly max: number | bigint;
  readonly min: number | bigint;
  readonly dtype: string;

  constructor(dtype: DType) {
    if (dtype.is_floating_point || dtype.is_complex) {
      throw new TypeError(`torch.iinfo() requires an integer input type. Use torch.finfo to handle 'torch.iinfo'`);
    }
    if (dtype === dtypes.bool) throw new TypeError('torch.bool is not supported by torch.iinfo');
    this.bits = 8 * dtype.itemsize;
    const [max, min] = dtype.is_signed
      ? [2n ** BigInt(this.bits - 1) - 1n, -(2n ** BigInt(this.bits - 1))]
      : [2n ** BigInt(this.bits) - 1n, 0n];
    const exact = (value: bigint) => (Number.isSafeInteger(Number(value)) ? Number(value) : value);
    this.max = exact(max);
    this.min = exact(min);
    this.dtype = dtype.name;
  }

  toString(): string {
    return `iinfo(${fields({ min: this.min, max: this.max })}dtype=${this.dtype})`;
  }

  [inspect.custom](): string {
    return this.toString();
  }
}

/** `torch.finfo(torch.float32).eps` */
export function finfo(dtype?: DType): FloatLimits {
  if (dtype !== undefined) check('finfo', dtype);
  return new FloatLimits(dtype);
}

/** `torch.iinfo(torch.int32).max` */
export function iinfo(dtype: DType): IntegerLimits {
  check('iinfo', dtype);
  return new IntegerLimits(dtype);
}

function check(name: string, dtype: unknown): void {
  if (dtype instanceof DType) return;
  throw new TypeError(`${name}(): argument 'type' (position 1) must be torch.dtype, not ${typeName(dtype)}`);
}
