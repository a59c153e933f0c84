/** The small value types of the API: numbers, dtypes, layouts, memory formats, devices. */
import { inspect } from 'node:util';
import { mark } from './copies';
import { byAlias, byScalarType, type DTypeName, dtypeFacts } from './dtype_table';
import { TorchError } from './errors';

export type { DTypeName } from './dtype_table';

/** A constant of torch's that native code knows by number: a dtype, a layout, a memory format. */
export abstract class Coded {
  /** @internal */
  constructor(
    readonly _code: number,
    readonly name: string,
  ) {}

  toString(): string {
    return `torch.${this.name}`;
  }

  [inspect.custom](): string {
    return this.toString();
  }
}

/** A complex number. `new torch.Complex(re, im)` stands for Python's `complex(re, im)`. */
export class Complex {
  constructor(
    readonly re: number,
    readonly im: number,
  ) {}

  /** Python's text of a complex number: `(1+2j)`. */
  toString(): string {
    const text = (x: number) => (Object.is(x, -0) ? '-0' : String(x));
    const sign = this.im < 0 || Object.is(this.im, -0) ? '' : '+';
    return `(${text(this.re)}${sign}${text(this.im)}j)`;
  }

  [inspect.custom](): string {
    return this.toString();
  }
}

/**
 * A float that may be whole, Python's 2.0: for what Python wrote. A plain 2 is an integer.
 * @internal
 */
export class Float {
  constructor(readonly value: number) {}
}

/** A number operand: whole numbers and bigints are integers, other numbers floats. */
export type Scalar = number | bigint | boolean | Complex;

/** A list of sizes; one number stands for it where PyTorch allows that. */
export type Size = number | readonly number[];

/** The type of a tensor's elements. https://docs.pytorch.org/docs/2.13/tensor_attributes.html#torch-dtype */
export class DType extends Coded {
  /** @internal */
  constructor(
    code: number,
    override readonly name: DTypeName,
    /** Bytes of one element. */
    readonly itemsize: number,
    readonly is_floating_point: boolean,
    readonly is_complex: boolean,
    private readonly signed: boolean,
  ) {
    super(code, name);
  }

  /** Whether it has negative numbers. @throws TorchError for quantized dtypes */
  get is_signed(): boolean {
    if (/^q/.test(this.name)) throw new TorchError('isSignedType not supported for quantized types');
    return this.signed;
  }

  /** The dtype of the real and imaginary part; the dtype itself when it is real. */
  to_real(): DType {
    const { real } = dtypeFacts[this.name];
    return real === undefined ? this : dtypes[real as DTypeName];
  }

  /** The complex dtype whose parts have this dtype. */
  to_complex(): DType {
    const { complex } = dtypeFacts[this.name];
    return complex === undefined ? this : dtypes[complex as DTypeName];
  }
}

/** libtorch's own name of a dtype, which some errors show. */
export function scalarTypeName({ name }: DType): string {
  return dtypeFacts[name].scalar;
}

const byCode: DType[] = [];

/** Every dtype by its name. */
export const dtypes = Object.fromEntries(
  Object.entries(dtypeFacts).map(([name, { code, bytes, family, unsigned = family === 'uint' }]) => {
    const dtype = new DType(code, name as DTypeName, bytes, family === 'float', family === 'complex', !unsigned);
    byCode[code] = dtype;
    return [name, dtype];
  }),
) as Record<DTypeName, DType>;

/** The dtypes by other names than their own. */
function dtypesBy<Key extends string>(names: Readonly<Record<Key, DTypeName>>): Readonly<Record<Key, DType>> {
  const entries = Object.entries<DTypeName>(names).map(([key, name]) => [key, dtypes[name]]);
  return Object.fromEntries(entries) as Record<Key, DType>;
}

/** Python's second names: `torch.long`, `torch.float`, … */
export const dtypeAliases = dtypesBy(byAlias);

/** libtorch's own names: Long, Float, … */
export const scalarTypes = dtypesBy(byScalarType);

/** The dtype that libtorch numbers `code`. */
export function dtypeOf(code: number): DType {
  const dtype = byCode[code];
  if (dtype === undefined) throw new TypeError(`dtype number ${code} has no counterpart here`);
  return dtype;
}

/** How a tensor's elements are laid out. https://docs.pytorch.org/docs/2.13/tensor_attributes.html#torch-layout */
export class Layout extends Coded {}

const layoutNames = [
  'strided',
  'sparse_coo',
  'sparse_csr',
  '_mkldnn',
  'sparse_csc',
  'sparse_bsr',
  'sparse_bsc',
  'jagged',
] as const;
const layoutList = layoutNames.map((name, code) => new Layout(code, name));

/** Every layout by its name. */
export const layouts = Object.fromEntries(layoutList.map((layout) => [layout.name, layout])) as Record<
  (typeof layoutNames)[number],
  Layout
>;

export function layoutOf(code: number): Layout {
  return layoutList[code]!;
}

/**
 * The order of a dense tensor's dimensions in memory.
 * https://docs.pytorch.org/docs/2.13/tensor_attributes.html#torch-memory-format
 */
export class MemoryFormat extends Coded {}

const formatNames = ['contiguous_format', 'preserve_format', 'channels_last', 'channels_last_3d'] as const;

/** Every memory format by its name. */
export const memoryFormats = Object.fromEntries(
  formatNames.map((name, code) => [name, new MemoryFormat(code, name)]),
) as Record<(typeof formatNames)[number], MemoryFormat>;

/** libtorch's device types by number (c10::DeviceType). */
const deviceTypes =
  'cpu cuda mkldnn opengl opencl ideep hip fpga maia xla vulkan metal xpu mps meta hpu ve lazy ipu mtia privateuseone'.split(
    ' ',
  );

/** The types a text may name, in the order in which errors list them. */
const namedDevices =
  'cpu cuda ipu xpu mkldnn opengl opencl ideep hip ve fpga maia xla lazy vulkan mps meta hpu mtia privateuseone'.split(
    ' ',
  );

export function deviceTypeCode(type: string): number {
  return deviceTypes.indexOf(type);
}

export function deviceTypeName(code: number): string {
  return deviceTypes[code]!;
}

/**
 * Where a tensor lives: `torch.device('cuda:1')`, `torch.device('cuda', 1)`.
 * https://docs.pytorch.org/docs/2.13/tensor_attributes.html#torch-device
 */
export class Device {
  constructor(
    readonly type: string,
    /** Which device of its type; null for the current one. */
    readonly index: number | null = null,
  ) {}

  equals(other: Device): boolean {
    return this.type === other.type && this.index === other.index;
  }

  toString(): string {
    return this.index === null ? this.type : `${this.type}:${this.index}`;
  }

  /** What Python's `print` shows; inside of other values, what it shows there. */
  [inspect.custom](depth: number, options: { readonly depth?: number | null }): string {
    if (depth === (options.depth ?? Number.POSITIVE_INFINITY)) return this.toString();
    return this.index === null ? `device(type='${this.type}')` : `device(type='${this.type}', index=${this.index})`;
  }
}

/** What an argument that wants a device takes. */
export type DeviceLike = Device | string | number;

function notNegative(index: number | null): number | null {
  if (index !== null && index < 0) throw new TorchError('Device index must not be negative');
  return index;
}

/**
 * Makes a device from its text, from a type and an index, or from an index of the accelerator.
 * @throws TorchError for a text that names no device
 */
export function parseDevice(device: DeviceLike, index?: number): Device {
  if (device instanceof Device) return device;
  if (typeof device === 'number' || typeof device === 'bigint') return new Device('cuda', notNegative(Number(device)));
  if (typeof device !== 'string') {
    const type = (device as object | null)?.constructor.name ?? String(device);
    throw new TypeError(`device(): argument 'device' must be torch.device or a string, not ${type}`);
  }
  const match = /^([a-z_]+)(?::(0|[1-9]\d*))?$/.exec(device);
  if (match === null) throw new TorchError(`Invalid device string: '${device}'`);
  if (!namedDevices.includes(match[1]!)) {
    throw new TorchError(`Expected one of ${namedDevices.join(', ')} device type at start of device string: ${device}`);
  }
  if (match[2] !== undefined && index !== undefined) {
    throw new TorchError(`type (string) must not include an index because index was passed explicitly: ${device}`);
  }
  return new Device(match[1]!, match[2] === undefined ? notNegative(index ?? null) : Number(match[2]));
}

mark(Complex, Float, DType, Layout, MemoryFormat, Device);
