/** Comparing results. https://docs.pytorch.org/docs/2.13/testing.html#torch.testing.assert_close */

import { dtypeFacts } from '../base/dtype_table';
import { AssertionError, isError, warn } from '../base/errors';
import { floatText, valueText } from '../base/python_text';
import { tupleText } from '../base/text';
import { Complex, type DType, type DTypeName, dtypes, layouts } from '../base/types';
import { isList, isOptions, typeName } from '../native/kinds';
import { tensor as makeTensor, type TensorData } from '../tensor/creation';
import { _torch } from '../tensor/namespaces';
import { Tensor } from '../tensor/tensor';
import * as signatures from './generated/testing';

type Settings = Required<Omit<signatures.AssertCloseOptions, 'msg' | 'allow_subclasses'>>;
type Tolerances = readonly [rtol: number, atol: number];
type ErrorClass = new (message: string) => Error;

/** Where in nested lists and objects a pair is. */
type Place = readonly (string | number)[];

const byDtype: Partial<Record<DTypeName, Tolerances>> = {
  float16: [1e-3, 1e-5],
  bfloat16: [1.6e-2, 1e-5],
  float32: [1.3e-6, 1e-5],
  float64: [1e-7, 1e-7],
};

/** A complex dtype has its parts'. */
function tolerancesOf({ name }: DType): Tolerances {
  return byDtype[(dtypeFacts[name].real ?? name) as DTypeName] ?? [0, 0];
}

/** A failure, with its place in the message. */
function failure(kind: ErrorClass, message: string, place: Place): Error {
  const where = place.map((key) => `[${typeof key === 'string' ? `'${key}'` : key}]`).join('');
  return new kind(place.length === 0 ? message : `${message}\n\nThe failure occurred for item ${where}`);
}

/** The looser of two dtypes' tolerances, unless they were given. */
function tolerances(kinds: readonly DType[], { rtol, atol }: Settings, place: Place): Tolerances {
  if ((rtol === null) !== (atol === null)) {
    const missing = rtol === null ? 'rtol' : 'atol';
    throw failure(
      RangeError,
      `Both 'rtol' and 'atol' must be either specified or omitted, but got no ${missing}.`,
      place,
    );
  }
  if (rtol !== null && atol !== null) return [rtol, atol];
  const found = kinds.map(tolerancesOf);
  return [Math.max(...found.map(([relative]) => relative)), Math.max(...found.map(([, absolute]) => absolute))];
}

interface Difference {
  value: number;
  /** Where the greatest one is; nothing for numbers. */
  at?: readonly number[];
  /** Whether the value is one of whole numbers. */
  whole?: boolean;
}

interface Mismatch {
  /** What was compared. */
  what: string;
  extra: string;
  absolute: Difference;
  relative: Difference;
  limits: Tolerances;
}

function differenceText(kind: string, { value, at, whole }: Difference, limit: number, exact: boolean): string {
  const text = whole === true ? String(value) : floatText(value);
  const start =
    at === undefined
      ? `${kind[0]!.toUpperCase()}${kind.slice(1)} difference: ${text}`
      : `Greatest ${kind} difference: ${text} at index ${tupleText(at)}`;
  return exact ? start : `${start} (up to ${valueText(limit)} allowed)`;
}

function mismatchText({ what, extra, absolute, relative, limits: [rtol, atol] }: Mismatch): string {
  const exact = rtol === 0 && atol === 0;
  return [
    `${what} are not ${exact ? 'equal' : 'close'}!\n`,
    extra,
    differenceText('absolute', absolute, atol, exact),
    differenceText('relative', relative, rtol, exact),
  ].join('\n');
}

// ---- numbers

type Value = number | bigint | boolean | Complex;

function isNumber(value: unknown): value is number | bigint | Complex {
  return typeof value === 'number' || typeof value === 'bigint' || value instanceof Complex;
}

function isWhole(value: Value): boolean {
  return typeof value === 'bigint' || typeof value === 'boolean' || Number.isInteger(value);
}

function dtypeOfNumber(value: Value): DType {
  if (value instanceof Complex) return dtypes.complex128;
  return isWhole(value) ? dtypes.int64 : dtypes.float64;
}

function parts(value: Value): [re: number, im: number] {
  return value instanceof Complex ? [value.re, value.im] : [Number(value), 0];
}

function size(value: Value): number {
  return Math.hypot(...parts(value));
}

function distance(a: Value, b: Value): number {
  const [[re, im], [otherRe, otherIm]] = [parts(a), parts(b)];
  return Math.hypot(re - otherRe, im - otherIm);
}

/** A scalar as Python shows it; elements of float tensors keep their point. */
function scalarText(value: Value, dtype?: DType): string {
  if (typeof value === 'number' && (dtype?.is_floating_point ?? false)) return floatText(value);
  return valueText(value);
}

function scalarMismatch(actual: Value, expected: Value, limits: Tolerances, what = 'Scalars', dtype?: DType): string {
  const absolute = distance(actual, expected);
  const whole = dtype === undefined && isWhole(actual) && isWhole(expected);
  return mismatchText({
    what,
    extra: `Expected ${scalarText(expected, dtype)} but got ${scalarText(actual, dtype)}.`,
    absolute: {
      value: absolute,
      whole: whole || (dtype !== undefined && !dtype.is_floating_point && !dtype.is_complex),
    },
    relative: { value: size(expected) === 0 ? Number.POSITIVE_INFINITY : absolute / size(expected) },
    limits,
  });
}

function compareNumbers(actual: Value, expected: Value, settings: Settings, place: Place): void {
  const limits = tolerances([dtypeOfNumber(actual), dtypeOfNumber(expected)], settings, place);
  const [a, b] = [parts(actual), parts(expected)];
  if (a[0] === b[0] && a[1] === b[1]) return;
  if (settings.equal_nan && a.some(Number.isNaN) && b.some(Number.isNaN)) return;
  const difference = distance(actual, expected);
  if (Number.isFinite(difference) && difference <= limits[1] + limits[0] * size(expected)) return;
  throw failure(AssertionError, scalarMismatch(actual, expected, limits), place);
}

// ---- tensors

function checkAttributes(actual: Tensor, expected: Tensor, settings: Settings, place: Place): void {
  const differ = (name: string, a: unknown, b: unknown) =>
    failure(AssertionError, `The values for attribute '${name}' do not match: ${a} != ${b}.`, place);
  const sizes = [actual.shape, expected.shape].map((shape) => `torch.Size([${shape.join(', ')}])`);
  if (sizes[0] !== sizes[1]) throw differ('shape', ...(sizes as [string, string]));
  if (actual.is_quantized !== expected.is_quantized) {
    const texts = [actual, expected].map((x) => (x.is_quantized ? 'True' : 'False'));
    throw differ('is_quantized', ...(texts as [string, string]));
  }
  if (actual.is_quantized && actual.qscheme() !== expected.qscheme()) {
    throw differ('qscheme()', actual.qscheme(), expected.qscheme());
  }
  if (actual.layout !== expected.layout) {
    if (settings.check_layout) throw differ('layout', actual.layout, expected.layout);
  } else if (settings.check_stride && actual.layout === layouts.strided) {
    const strides = [tupleText(actual.stride()), tupleText(expected.stride())];
    if (strides[0] !== strides[1]) throw differ('stride()', ...(strides as [string, string]));
  }
  if (settings.check_device && !actual.device.equals(expected.device)) {
    throw differ('device', actual.device, expected.device);
  }
  if (settings.check_dtype && actual.dtype !== expected.dtype) throw differ('dtype', actual.dtype, expected.dtype);
}

const widened: readonly DType[] = [dtypes.uint16, dtypes.uint32, dtypes.uint64];

/** Both on one device, in one dtype and layout. */
function alike(actual: Tensor, expected: Tensor): [Tensor, Tensor] {
  let pair: [Tensor, Tensor] = [actual, expected];
  if (!actual.device.equals(expected.device)) pair = [actual.cpu(), expected.cpu()];
  if (actual.dtype !== expected.dtype) {
    const [a, b] = pair.map(({ dtype }) => (widened.includes(dtype) ? dtypes.int64 : dtype)) as [DType, DType];
    const common = _torch.promote_types(a, b);
    pair = [pair[0].to(common), pair[1].to(common)];
  }
  if (actual.layout === expected.layout) return pair;
  return pair.map((x) => (x.layout === layouts.strided ? x : x.to_dense())) as [Tensor, Tensor];
}

function placeOf(flat: number, shape: readonly number[]): number[] {
  const place: number[] = [];
  let rest = flat;
  for (const size of [...shape].reverse()) {
    place.unshift(rest % size);
    rest = Math.floor(rest / size);
  }
  return place;
}

/** The greatest of some differences, where the values do not match. */
function greatest(differences: Tensor, matches: Tensor): Difference {
  const counted = differences.masked_fill(matches, 0);
  const [value, index] = counted.flatten().max(0);
  const whole = !counted.dtype.is_floating_point;
  return { value: Number(value.item()), at: placeOf(index.item(), matches.shape), whole };
}

function tensorMismatch(actual: Tensor, expected: Tensor, matches: Tensor, limits: Tolerances, what: string): string {
  const count = matches.numel();
  const wrong = count - matches.sum().item();
  const extra = `Mismatched elements: ${wrong} / ${count} (${((100 * wrong) / count).toFixed(1)}%)`;
  if (actual.dtype.is_floating_point && actual.dtype.itemsize === 1) {
    const first = matches.logical_not().nonzero().index(0).tolist() as number[];
    const where = `The first mismatched element is at index ${tupleText(first)}.`;
    return `${what} are not 'equal'!\n\n${extra}\n${where}`;
  }
  const integral = !actual.dtype.is_floating_point && !actual.dtype.is_complex;
  const [a, b] = integral ? [actual.to(dtypes.int64), expected.to(dtypes.int64)] : [actual, expected];
  const differences = a.sub(b).abs();
  return mismatchText({
    what,
    extra,
    absolute: greatest(differences, matches),
    relative: greatest(differences.div(b.abs()), matches),
    limits,
  });
}

function compareValues(
  actual: Tensor,
  expected: Tensor,
  limits: Tolerances,
  equal_nan: boolean,
  place: Place,
  what?: string,
): void {
  const [rtol, atol] = limits;
  const matches = _torch.isclose(actual, expected, { rtol, atol, equal_nan });
  if (matches.all().item()) return;
  const text =
    actual.dim() === 0
      ? scalarMismatch(actual.item(), expected.item(), limits, what, actual.dtype)
      : tensorMismatch(actual, expected, matches, limits, what ?? 'Tensor-likes');
  throw failure(AssertionError, text, place);
}

/** The names of each compressed layout's indices. */
const compressed = {
  sparse_csr: ['CSR', 'crow_indices', 'col_indices'],
  sparse_csc: ['CSC', 'ccol_indices', 'row_indices'],
  sparse_bsr: ['BSR', 'crow_indices', 'col_indices'],
  sparse_bsc: ['BSC', 'ccol_indices', 'row_indices'],
} as const;

function checkCount(kind: string, actual: Tensor, expected: Tensor, place: Place): void {
  const [a, b] = [actual._nnz(), expected._nnz()];
  if (a === b) return;
  throw failure(
    AssertionError,
    `The number of specified values in sparse ${kind} tensors does not match: ${a} != ${b}`,
    place,
  );
}

function compareCoo(actual: Tensor, expected: Tensor, limits: Tolerances, equal_nan: boolean, place: Place): void {
  if (actual.sparse_dim() !== expected.sparse_dim()) {
    throw failure(
      AssertionError,
      'The number of sparse dimensions in sparse COO tensors does not match: ' +
        `${actual.sparse_dim()} != ${expected.sparse_dim()}`,
      place,
    );
  }
  checkCount('COO', actual, expected, place);
  compareValues(actual._indices(), expected._indices(), [0, 0], false, place, 'Sparse COO indices');
  compareValues(actual._values(), expected._values(), limits, equal_nan, place, 'Sparse COO values');
}

function compareTensors(actual: Tensor, expected: Tensor, settings: Settings, place: Place): void {
  const limits = tolerances([actual.dtype, expected.dtype], settings, place);
  checkAttributes(actual, expected, settings, place);
  if (actual.is_meta || expected.is_meta) return;
  const [a, b] = alike(actual.detach(), expected.detach());
  if (a.is_quantized) {
    const plain = [a.dequantize(), b.dequantize()] as const;
    compareValues(...plain, limits, settings.equal_nan, place, 'Quantized tensor-likes');
    return;
  }
  if (a.is_sparse) {
    compareCoo(a, b, limits, settings.equal_nan, place);
    return;
  }
  const format = compressed[a.layout.name as keyof typeof compressed];
  if (format === undefined) {
    compareValues(a, b, limits, settings.equal_nan, place);
    return;
  }
  const [kind, ...indices] = format;
  checkCount(kind, a, b, place);
  for (const name of indices) {
    const [ours, theirs] = [a[name]().to(dtypes.int64), b[name]().to(dtypes.int64)];
    compareValues(ours, theirs, [0, 0], false, place, `Sparse ${kind} ${name}`);
  }
  compareValues(a.values(), b.values(), limits, settings.equal_nan, place, `Sparse ${kind} values`);
}

// ---- whatever else

function compareLists(
  actual: readonly unknown[],
  expected: readonly unknown[],
  settings: Settings,
  place: Place,
): void {
  if (actual.length !== expected.length) {
    throw failure(
      AssertionError,
      `The length of the sequences mismatch: ${actual.length} != ${expected.length}`,
      place,
    );
  }
  actual.forEach((each, i) => {
    compare(each, expected[i], settings, [...place, i]);
  });
}

function compareObjects(
  actual: Readonly<Record<string, unknown>>,
  expected: Readonly<Record<string, unknown>>,
  settings: Settings,
  place: Place,
): void {
  const [ours, theirs] = [Object.keys(actual), Object.keys(expected)];
  const missing = theirs.filter((key) => !ours.includes(key)).sort();
  const additional = ours.filter((key) => !theirs.includes(key)).sort();
  if (missing.length + additional.length > 0) {
    throw failure(
      AssertionError,
      'The keys of the mappings do not match:\n' +
        `Missing keys in the actual mapping: ${valueText(missing)}\n` +
        `Additional keys in the actual mapping: ${valueText(additional)}`,
      place,
    );
  }
  for (const key of ours.sort()) compare(actual[key], expected[key], settings, [...place, key]);
}

/** Typed arrays count as tensors. */
function asTensor(value: unknown): unknown {
  return ArrayBuffer.isView(value) ? makeTensor(value) : value;
}

function compare(given: unknown, wanted: unknown, settings: Settings, place: Place): void {
  const [actual, expected] = [asTensor(given), asTensor(wanted)];
  if (isList(actual) && isList(expected)) compareLists(actual, expected, settings, place);
  else if (isOptions(actual) && isOptions(expected)) compareObjects(actual, expected, settings, place);
  else if (actual === null || expected === null) {
    if (actual === expected) return;
    throw failure(AssertionError, `None mismatch: ${valueText(actual)} is not ${valueText(expected)}`, place);
  } else if (typeof actual === 'boolean' && typeof expected === 'boolean') {
    if (actual === expected) return;
    throw failure(AssertionError, `Booleans mismatch: ${valueText(actual)} is not ${valueText(expected)}`, place);
  } else if (isNumber(actual) && isNumber(expected)) compareNumbers(actual, expected, settings, place);
  else if (actual instanceof Tensor && expected instanceof Tensor) compareTensors(actual, expected, settings, place);
  else {
    const types = `${typeName(actual)} and ${typeName(expected)}`;
    throw failure(TypeError, `No comparison pair was able to handle inputs of type ${types}.`, place);
  }
}

/**
 * Throws unless two values are close: tensors, numbers, and lists and objects of them, which are compared one by one.
 * Numbers are close when `|actual - expected| <= atol + rtol * |expected|`; dtype, device and layout must be the same.
 * https://docs.pytorch.org/docs/2.13/testing.html#torch.testing.assert_close
 * @throws AssertionError for a difference, with the greatest one and its place
 *
 * @example
 * torch.testing.assert_close(torch.ones(2), torch.ones(2).add(1e-7));
 */
export function assert_close(...args: signatures.AssertCloseArgs): void {
  const mappings = args.length === 2; // two objects to compare, not options behind one of them
  const read = signatures.assert_close.read(mappings ? [...args, {}] : args);
  try {
    compare(read.actual, read.expected, read, []);
  } catch (error) {
    if (!isError(error) || read.msg === null) throw error;
    error.message = typeof read.msg === 'function' ? read.msg(error.message) : read.msg;
    throw error;
  }
}

/** Deprecated: `assert_close`. */
export function assert_allclose(
  actual: TensorData,
  expected: TensorData,
  rtol: number | null = null,
  atol: number | null = null,
  equal_nan = true,
  msg = '',
): void {
  warn(
    '`torch.testing.assert_allclose()` is deprecated; please use `torch.testing.assert_close()` instead.',
    'FutureWarning',
  );
  const ours = actual instanceof Tensor ? actual : makeTensor(actual);
  const theirs = expected instanceof Tensor ? expected : makeTensor(expected, { dtype: ours.dtype });
  const loose: Partial<Record<DTypeName, Tolerances>> = {
    float16: [1e-3, 1e-3],
    float32: [1e-4, 1e-5],
    float64: [1e-5, 1e-8],
  };
  const found = [ours, theirs].map(({ dtype }) => loose[dtype.name] ?? ([0, 0] as const));
  const neither = rtol === null && atol === null;
  assert_close(ours, theirs, {
    rtol: neither ? Math.max(...found.map(([relative]) => relative)) : rtol,
    atol: neither ? Math.max(...found.map(([, absolute]) => absolute)) : atol,
    equal_nan,
    check_dtype: false,
    msg: msg === '' ? null : msg,
  });
}
