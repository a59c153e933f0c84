/** What is known of each dtype. Every other table of dtypes is made from this one, but those of file formats. */

type Family = 'int' | 'uint' | 'float' | 'complex';

export type TypedArray =
  | Float32Array
  | Float64Array
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array;

/** How a floating point number spends its bits. */
export interface FloatFormat {
  /** Bits of the significand behind the point. */
  readonly fraction: number;
  /** The exponents of the largest number and of the smallest normal one. */
  readonly top: number;
  readonly bottom: number;
  /** The largest significand, when it is not all ones. */
  readonly largest?: number;
}

export interface DTypeFacts {
  /** libtorch's number (c10::ScalarType). */
  readonly code: number;
  /** Of one element. */
  readonly bytes: number;
  readonly family: Family;
  /** libtorch's own name, which errors, old types and files show: `torch.FloatTensor`, `FloatStorage`. */
  readonly scalar: string;
  /** C++'s name, which an error shows. */
  readonly cpp?: string;
  /** Python's second name: `torch.long`. */
  readonly alias?: string;
  /** The array that shows its elements; a complex one is two elements. */
  readonly array?: new (
    buffer: ArrayBuffer,
    offset: number,
    length: number,
  ) => TypedArray;
  readonly format?: FloatFormat;
  /** A floating point number without a sign. */
  readonly unsigned?: boolean;
  /** The complex dtype of such parts. */
  readonly complex?: string;
  /** The dtype of the parts. */
  readonly real?: string;
}

const half = { fraction: 10, top: 15, bottom: -14 };
const brain = { fraction: 7, top: 127, bottom: -126 };
const single = { fraction: 23, top: 127, bottom: -126 };
const double = { fraction: 52, top: 1023, bottom: -1022 };
const e5m2 = { fraction: 2, top: 15, bottom: -14 };
const e4m3fn = { fraction: 3, top: 8, bottom: -6, largest: 1.75 };
const e5m2fnuz = { fraction: 2, top: 15, bottom: -15 };
const e4m3fnuz = { fraction: 3, top: 7, bottom: -7 };
const e8m0fnu = { fraction: 0, top: 127, bottom: -127 };

// biome-ignore format: a table
const table = {
  uint8: { code: 0, bytes: 1, family: 'uint', scalar: 'Byte', cpp: 'unsigned char', array: Uint8Array },
  int8: { code: 1, bytes: 1, family: 'int', scalar: 'Char', cpp: 'signed char', array: Int8Array },
  int16: { code: 2, bytes: 2, family: 'int', scalar: 'Short', cpp: 'short int', alias: 'short', array: Int16Array },
  int32: { code: 3, bytes: 4, family: 'int', scalar: 'Int', cpp: 'int', alias: 'int', array: Int32Array },
  int64: { code: 4, bytes: 8, family: 'int', scalar: 'Long', cpp: 'long int', alias: 'long', array: BigInt64Array },
  float16: { code: 5, bytes: 2, family: 'float', scalar: 'Half', cpp: 'c10::Half', alias: 'half', array: Uint16Array, format: half, complex: 'complex32' },
  float32: { code: 6, bytes: 4, family: 'float', scalar: 'Float', cpp: 'float', alias: 'float', array: Float32Array, format: single, complex: 'complex64' },
  float64: { code: 7, bytes: 8, family: 'float', scalar: 'Double', cpp: 'double', alias: 'double', array: Float64Array, format: double, complex: 'complex128' },
  complex32: { code: 8, bytes: 4, family: 'complex', scalar: 'ComplexHalf', alias: 'chalf', array: Uint16Array, real: 'float16' },
  complex64: { code: 9, bytes: 8, family: 'complex', scalar: 'ComplexFloat', cpp: 'c10::complex<float>', alias: 'cfloat', array: Float32Array, real: 'float32' },
  complex128: { code: 10, bytes: 16, family: 'complex', scalar: 'ComplexDouble', cpp: 'c10::complex<double>', alias: 'cdouble', array: Float64Array, real: 'float64' },
  bool: { code: 11, bytes: 1, family: 'uint', scalar: 'Bool', cpp: 'bool', array: Uint8Array },
  qint8: { code: 12, bytes: 1, family: 'int', scalar: 'QInt8' },
  quint8: { code: 13, bytes: 1, family: 'uint', scalar: 'QUInt8' },
  qint32: { code: 14, bytes: 4, family: 'int', scalar: 'QInt32' },
  bfloat16: { code: 15, bytes: 2, family: 'float', scalar: 'BFloat16', cpp: 'c10::BFloat16', array: Uint16Array, format: brain, complex: 'complex64' },
  quint4x2: { code: 16, bytes: 1, family: 'uint', scalar: 'QUInt4x2' },
  quint2x4: { code: 17, bytes: 1, family: 'uint', scalar: 'QUInt2x4' },
  float8_e5m2: { code: 23, bytes: 1, family: 'float', scalar: 'Float8_e5m2', format: e5m2 },
  float8_e4m3fn: { code: 24, bytes: 1, family: 'float', scalar: 'Float8_e4m3fn', format: e4m3fn },
  float8_e5m2fnuz: { code: 25, bytes: 1, family: 'float', scalar: 'Float8_e5m2fnuz', format: e5m2fnuz },
  float8_e4m3fnuz: { code: 26, bytes: 1, family: 'float', scalar: 'Float8_e4m3fnuz', format: e4m3fnuz },
  uint16: { code: 27, bytes: 2, family: 'uint', scalar: 'UInt16', array: Uint16Array },
  uint32: { code: 28, bytes: 4, family: 'uint', scalar: 'UInt32', array: Uint32Array },
  uint64: { code: 29, bytes: 8, family: 'uint', scalar: 'UInt64', array: BigUint64Array },
  float8_e8m0fnu: { code: 44, bytes: 1, family: 'float', scalar: 'Float8_e8m0fnu', unsigned: true, format: e8m0fnu },
} as const satisfies Record<string, DTypeFacts>;

/** The names of the dtypes that tensors can have. */
export type DTypeName = keyof typeof table;

/** The names of those with a fact, by what it is: `Named<'alias'>['long']` is 'int64'. */
type Named<Fact extends 'alias' | 'scalar'> = {
  [Name in DTypeName as (typeof table)[Name] extends Record<Fact, infer Value extends string> ? Value : never]: Name;
};

export const dtypeFacts: Readonly<Record<DTypeName, DTypeFacts>> = table;

/** The dtypes' names by such a fact. */
function namedBy<Fact extends 'alias' | 'scalar'>(fact: Fact): Named<Fact> {
  const names = (Object.keys(table) as DTypeName[]).filter((name) => dtypeFacts[name][fact] !== undefined);
  return Object.fromEntries(names.map((name) => [dtypeFacts[name][fact], name])) as Named<Fact>;
}

export const byAlias = namedBy('alias');
export const byScalarType = namedBy('scalar');
