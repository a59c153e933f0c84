/** Numbers and flags of TorchScript: those that are known are computed now, others are tensors of no dimension. */
import { isTensor } from '../../arguments/checks';
import { type DType, dtypes } from '../../base/types';
import type { Name } from '../builder';
import { type Call, Unsupported } from '../call';
import type { Table } from '../table';
import { type Computed, known, type Value } from '../values';

type Numeric = number | boolean;

const single = (name: Name, dtype: DType): Computed => ({ kind: 'computed', name, dtype, sizes: [], dynamic: [] });

/** The arguments as numbers; undefined where one is known only when the model runs. */
function numbersOf(args: readonly Value[]): number[] | undefined {
  const values = args.map((arg) => {
    if (arg.kind === 'list') throw new Unsupported('it has a list where a number is expected');
    return arg.kind === 'known' ? arg.value : undefined;
  });
  return values.includes(undefined) ? undefined : values.map((value) => Number(isTensor(value) ? value.item() : value));
}

/** An argument as a tensor of that dtype. */
function operand(call: Call, at: number, dtype: DType): Name {
  const value = call.args[at]!;
  if (value.kind === 'known') return call.build.scalar(value.value as Numeric, dtype);
  if (value.kind === 'list') throw new Unsupported('it has a list where a number is expected');
  return call.build.cast(value.name, value.dtype, dtype);
}

/** The dtype in which two numbers meet. */
function meeting(call: Call): DType {
  const isFloat = call.args.some((arg, i) => {
    if (arg.kind === 'computed') return arg.dtype.is_floating_point;
    return call.node.inputs[i]!.type === 'float' || (arg.kind === 'known' && !Number.isInteger(Number(arg.value)));
  });
  return isFloat ? dtypes.float64 : dtypes.int64;
}

type Fold = (a: number, b: number) => Numeric;
type Write = (call: Call, a: Name, b: Name, dtype: DType) => Name;

function binary(fold: Fold, write: Write, of: (call: Call) => DType = meeting) {
  return (call: Call): Value => {
    const numbers = numbersOf(call.args);
    if (numbers !== undefined) return known(fold(numbers[0]!, numbers[1]!));
    const dtype = of(call);
    return call.made(write(call, operand(call, 0, dtype), operand(call, 1, dtype), dtype));
  };
}

const op =
  (type: string): Write =>
  ({ build }, a, b) =>
    build.op(type, [a, b]);

const floorDivided: Write = ({ build }, a, b, dtype) => {
  if (dtype.is_floating_point) return build.op('Floor', [build.op('Div', [a, b])]);
  return build.op('Div', [build.op('Sub', [a, build.op('Mod', [a, b])]), b]);
};

const remainder: Write = (call, a, b, dtype) => {
  if (!dtype.is_floating_point) return call.build.op('Mod', [a, b]);
  const whole = call.build.op('Mul', [floorDivided(call, a, b, dtype), b]);
  return call.build.op('Sub', [a, whole]);
};

const differs: Write = ({ build }, a, b) => build.op('Not', [build.op('Equal', [a, b])]);
/** What is known, lists among it. */
function plain(value: Value): unknown {
  if (value.kind === 'computed') throw new Unsupported('it compares lists that are known only when the model runs');
  return value.kind === 'list' ? value.items.map(plain) : value.value;
}

/** Of numbers, and of texts and lists that are known. */
function comparison(fold: (same: boolean) => boolean, write: Write) {
  const ofNumbers = binary((a, b) => fold(a === b), write);
  return (call: Call): Value => {
    if (call.args.some(({ kind }) => kind === 'computed')) return ofNumbers(call);
    const [a, b] = call.args.map(plain);
    return known(fold(JSON.stringify(a) === JSON.stringify(b)));
  };
}

const floats = () => dtypes.float64;
const flags = () => dtypes.bool;

/** To another kind of number; a tensor of one element too. */
function converted(dtype: DType, fold: (value: number) => Numeric) {
  return (call: Call): Value => {
    const [arg] = call.args;
    const numbers = numbersOf([arg!]);
    if (numbers !== undefined) return known(fold(numbers[0]!));
    const { name, dtype: from, sizes } = arg as Computed;
    const flat = sizes.length === 0 ? name : call.build.op('Reshape', [name, call.build.ints([])]);
    return single(call.build.cast(flat, from, dtype), dtype);
  };
}

/** A tensor's one element, in its own dtype. */
function element(call: Call): Value {
  const value = call.args[0]!;
  if (value.kind !== 'computed') return value;
  const { name, sizes, dtype } = value;
  return single(sizes.length === 0 ? name : call.build.op('Reshape', [name, call.build.ints([])]), dtype);
}

function length(call: Call): Value {
  const value = call.args[0]!;
  if (value.kind === 'list') return known(value.items.length);
  if (value.kind === 'computed') return call.size(value, 0);
  if (Array.isArray(value.value) || typeof value.value === 'string') return known(value.value.length);
  if (isTensor(value.value)) return known(value.value.size(0));
  throw new Unsupported('it is exported of lists and tensors only');
}

function same(call: Call): boolean {
  const [a, b] = call.args as [Value, Value];
  if (a.kind === 'known' && b.kind === 'known') return a.value === b.value;
  return false; // what is computed, or a list, is not None
}

function contained(call: Call): Value {
  const [value, item] = call.args as [Value, Value];
  if (item.kind === 'known' && value.kind === 'known' && Array.isArray(value.value)) {
    return known(value.value.includes(item.value));
  }
  if (item.kind === 'known' && value.kind === 'list') {
    if (value.keys !== undefined) return known(value.keys.includes(String(item.value)));
    if (value.items.every(({ kind }) => kind === 'known'))
      return known(value.items.some((each) => each.kind === 'known' && each.value === item.value));
  }
  throw new Unsupported('what it looks for is known only when the model runs');
}

/** How many turns a loop over a range takes. */
const turns = (low: number, high: number, step: number) => Math.max(0, Math.ceil((high - low) / step));

function rangeLength(call: Call): Value {
  const numbers = numbersOf(call.args) as [number, number, number] | undefined;
  if (numbers !== undefined) return known(turns(...numbers));
  const { build } = call;
  const [low, high, step] = [0, 1, 2].map((i) => operand(call, i, dtypes.int64)) as [Name, Name, Name];
  const negative = build.op('Neg', [build.op('Sub', [high, low])]);
  const whole = build.op('Neg', [floorDivided(call, negative, step, dtypes.int64)]); // rounded up
  return single(build.op('Max', [whole, build.scalar(0, dtypes.int64)]), dtypes.int64);
}

function rangeItem(call: Call): Value {
  const numbers = numbersOf(call.args) as [number, number, number] | undefined;
  if (numbers !== undefined) return known(numbers[1] + numbers[0] * numbers[2]);
  const { build } = call;
  const [index, start, step] = [0, 1, 2].map((i) => operand(call, i, dtypes.int64)) as [Name, Name, Name];
  return single(build.op('Add', [start, build.op('Mul', [index, step])]), dtypes.int64);
}

function negated(call: Call): Value {
  const numbers = numbersOf(call.args);
  if (numbers !== undefined) return known(-numbers[0]!);
  return call.made(call.build.op('Neg', [operand(call, 0, call.result.dtype)]));
}

function inverted(call: Call): Value {
  const numbers = numbersOf(call.args);
  return numbers === undefined ? call.made(call.build.op('Not', [operand(call, 0, dtypes.bool)])) : known(!numbers[0]);
}

/** Rules for operators whose result is a number or a flag; by name, as those of tensors. */
export const scalars: Table = {
  add: binary((a, b) => a + b, op('Add')),
  sub: binary((a, b) => a - b, op('Sub')),
  mul: binary((a, b) => a * b, op('Mul')),
  div: binary((a, b) => a / b, op('Div'), floats),
  floordiv: binary((a, b) => Math.floor(a / b), floorDivided),
  remainder: binary((a, b) => a - Math.floor(a / b) * b, remainder),
  pow: binary((a, b) => a ** b, op('Pow'), floats),
  neg: negated,
  lt: binary((a, b) => a < b, op('Less')),
  le: binary((a, b) => a <= b, op('LessOrEqual')),
  gt: binary((a, b) => a > b, op('Greater')),
  ge: binary((a, b) => a >= b, op('GreaterOrEqual')),
  eq: comparison((same) => same, op('Equal')),
  ne: comparison((same) => !same, differs),
  any: (call) => known((plain(call.args[0]!) as unknown[]).some(Boolean)),
  all: (call) => known((plain(call.args[0]!) as unknown[]).every(Boolean)),
  __and__: binary((a, b) => a !== 0 && b !== 0, op('And'), flags),
  __or__: binary((a, b) => a !== 0 || b !== 0, op('Or'), flags),
  __not__: inverted,
  __is__: (call) => known(same(call)),
  __isnot__: (call) => known(!same(call)),
  Int: converted(dtypes.int64, Math.trunc),
  Float: converted(dtypes.float64, Number),
  Bool: converted(dtypes.bool, Boolean),
  IntImplicit: converted(dtypes.int64, Math.trunc),
  FloatImplicit: converted(dtypes.float64, Number),
  ScalarImplicit: element,
  item: element,
  len: length,
  dim: (call) => known(call.computed('self').sizes.length),
  __contains__: contained,
  __range_length: rangeLength,
  __derive_index: rangeItem,
};

/** What a program may ask for, and is not so in a file. */
const unset = [
  ...['aten::is_grad_enabled', 'aten::is_autocast_enabled', 'aten::is_autocast_cpu_enabled', 'prim::requires_grad'],
  ...['prim::is_cuda', 'prim::is_nested', 'prim::is_sparse', 'prim::is_quantized', 'prim::is_meta'],
];

/** A tensor of a number. */
function made(call: Call): Value {
  const value = call.args[0]!;
  if (value.kind === 'list') throw new Unsupported('it is exported of numbers only');
  const { dtype } = call.result;
  return call.made(value.kind === 'known' ? call.build.scalar(value.value as Numeric, dtype) : operand(call, 0, dtype));
}

/** The same of TorchScript's own operators. */
export const builtins: Table = {
  'prim::max': binary(Math.max, op('Max')),
  'prim::min': binary(Math.min, op('Min')),
  'prim::unchecked_cast': (call) => call.args[0]!,
  'prim::unchecked_unwrap_optional': (call) => call.args[0]!,
  ...Object.fromEntries(unset.map((name) => [name, () => known(false)])),
  'prim::type': () => known('cpu'),
  'aten::list': (call) => call.args[0]!,
  'aten::tensor': made,
  'prim::device': () => known(null), // which an operator may be given, and a file does not have
  'prim::dtype': (call) => known((call.args[0] as Computed).dtype._code),
};
