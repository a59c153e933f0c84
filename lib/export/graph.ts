/**
 * The graph in a program of torch.export: its operators in order, and what goes into each. The file's format is the
 * schema that torch/_export/serde/schema.py declares, version 8.
 */
import {
  Complex,
  Device,
  type DType,
  type Layout,
  layouts,
  type MemoryFormat,
  memoryFormats,
  scalarTypes,
} from '../base/types';
import { entry, type Json } from './json';
import { type Expression, parseExpression } from './symbolic';

/** What an operator is given, or gives. */
export type Argument =
  | { readonly kind: 'name'; readonly name: string }
  /** `float` tells Python's 3.0 from its 3. */
  | { readonly kind: 'constant'; readonly value: unknown; readonly float?: boolean }
  | { readonly kind: 'list'; readonly items: readonly Argument[] }
  | { readonly kind: 'dict'; readonly items: ReadonlyMap<string, Argument> }
  | { readonly kind: 'graph'; readonly name: string; readonly graph: Graph };

/** A size that is fixed, or that the inputs decide. */
export type Size = number | Expression;

/** What is known of a tensor before anything runs. */
export interface TensorMeta {
  readonly dtype: DType;
  readonly sizes: readonly Size[];
  readonly strides: readonly Size[];
  readonly storage_offset: Size;
  readonly requires_grad: boolean;
  readonly device: Device;
  readonly layout: Layout;
}

export interface Node {
  /** `torch.ops.aten.add.Tensor`, `_operator.mul`, `torch.ops.higher_order.cond`, … */
  readonly target: string;
  readonly inputs: readonly { readonly name: string; readonly argument: Argument; readonly keyword: boolean }[];
  readonly outputs: readonly Argument[];
  readonly name: string;
}

export interface Graph {
  readonly inputs: readonly Argument[];
  readonly outputs: readonly Argument[];
  readonly nodes: readonly Node[];
  readonly tensors: ReadonlyMap<string, TensorMeta>;
  /** The sizes, numbers and truth values that the graph computes. */
  readonly symbols: ReadonlyMap<string, Size>;
  /** Those of the symbols that are floats. */
  readonly floats: ReadonlySet<string>;
  /** A branch that gives its tensor itself, not a list of one. */
  readonly single: boolean;
}

// biome-ignore format: a table
const dtypeNames: Readonly<Record<number, keyof typeof scalarTypes>> = {
  1: 'Byte', 2: 'Char', 3: 'Short', 4: 'Int', 5: 'Long', 6: 'Half', 7: 'Float', 8: 'Double', 9: 'ComplexHalf',
  10: 'ComplexFloat', 11: 'ComplexDouble', 12: 'Bool', 13: 'BFloat16', 28: 'UInt16', 29: 'Float8_e4m3fn',
  30: 'Float8_e5m2', 31: 'Float8_e4m3fnuz', 32: 'Float8_e5m2fnuz', 33: 'Float8_e8m0fnu', 34: 'UInt32', 35: 'UInt64',
};

const layoutNames: Readonly<Record<number, keyof typeof layouts>> = {
  1: 'sparse_coo',
  2: 'sparse_csr',
  3: 'sparse_csc',
  4: 'sparse_bsr',
  5: 'sparse_bsc',
  7: 'strided',
};

const formatNames: Readonly<Record<number, keyof typeof memoryFormats>> = {
  1: 'contiguous_format',
  2: 'channels_last',
  3: 'channels_last_3d',
  4: 'preserve_format',
};

/** The value with the number that the file has for it. */
function numbered<Name extends string, Value>(
  json: Json,
  what: string,
  names: Readonly<Record<number, Name>>,
  values: Readonly<Record<Name, Value>>,
): Value {
  const name = names[Number(json.integer())];
  if (name === undefined) throw json.unknown(`a ${what}`);
  return values[name];
}

/** The number that files have for a value. */
function numberOf<Name extends string, Value>(
  value: Value,
  names: Readonly<Record<number, Name>>,
  values: Readonly<Record<Name, Value>>,
): number {
  const found = Object.entries(names).find(([, name]) => values[name] === value);
  if (found === undefined) throw new TypeError(`a program of torch.export has no ${value}`);
  return Number(found[0]);
}

export const dtypeCode = (dtype: DType): number => numberOf(dtype, dtypeNames, scalarTypes);
export const layoutCode = (layout: Layout): number => numberOf(layout, layoutNames, layouts);
export const formatCode = (format: MemoryFormat): number => numberOf(format, formatNames, memoryFormats);

const dtypeFrom = (json: Json): DType => numbered(json, 'dtype', dtypeNames, scalarTypes);
const layoutFrom = (json: Json): Layout => numbered(json, 'layout', layoutNames, layouts);
const formatFrom = (json: Json): MemoryFormat => numbered(json, 'memory format', formatNames, memoryFormats);

function deviceFrom(json: Json): Device {
  const index = json.at('index').given?.size();
  return new Device(json.at('type').text(), index ?? null);
}

const constant = (value: unknown): Argument => ({ kind: 'constant', value });
const named = (json: Json): Argument => ({ kind: 'name', name: json.at('name').text() });
const listOf =
  (read: (json: Json) => Argument) =>
  (json: Json): Argument => {
    const items = json.list().map(read);
    const constants = items.filter((item) => item.kind === 'constant');
    if (constants.length < items.length) return { kind: 'list', items };
    return {
      kind: 'constant',
      value: constants.map(({ value }) => value),
      float: constants.some(({ float }) => float),
    };
  };

const integer = (json: Json) => constant(json.integer());
const number = (json: Json): Argument => ({ kind: 'constant', value: json.number(), float: true });
const boolean = (json: Json) => constant(json.boolean());
const text = (json: Json) => constant(json.text());

/** A number that the graph computes, or a fixed one. */
function symbolic(json: Json): Argument {
  const [kind, value] = json.variant();
  if (kind === 'as_name') return { kind: 'name', name: value.text() };
  return read(json, kind, value);
}

function read(json: Json, kind: string, value: Json): Argument {
  const reader = entry(readers, kind);
  if (reader === undefined) throw json.unknown(kind);
  return reader(value);
}

const readers: Readonly<Record<string, (json: Json) => Argument>> = {
  as_none: () => constant(null),
  as_tensor: named,
  as_tensors: listOf(named),
  as_optional_tensor: readArgument,
  as_optional_tensors: listOf(readArgument),
  as_nested_tensors: listOf(listOf(named)),
  as_int: integer,
  as_ints: listOf(integer),
  as_int_lists: listOf(listOf(integer)),
  as_float: number,
  as_floats: listOf(number),
  as_float_lists: listOf(listOf(number)),
  as_bool: boolean,
  as_bools: listOf(boolean),
  as_string: text,
  as_strings: listOf(text),
  as_complex: (json) => constant(new Complex(json.at('real').number(), json.at('imag').number())),
  as_sym_int: symbolic,
  as_sym_ints: listOf(symbolic),
  as_sym_float: symbolic,
  as_sym_floats: listOf(symbolic),
  as_sym_bool: symbolic,
  as_sym_bools: listOf(symbolic),
  as_scalar_type: (json) => constant(dtypeFrom(json)),
  as_memory_format: (json) => constant(formatFrom(json)),
  as_layout: (json) => constant(layoutFrom(json)),
  as_device: (json) => constant(deviceFrom(json)),
  as_operator: text,
  as_string_to_argument: (json) => ({
    kind: 'dict',
    items: new Map(json.entries().map(([key, value]) => [key, readArgument(value)])),
  }),
  as_graph: (json) => ({ kind: 'graph', name: json.at('name').text(), graph: readGraph(json.at('graph')) }),
};

/** One argument of an operator, or one result. */
export function readArgument(json: Json): Argument {
  const [kind, value] = json.variant();
  return read(json, kind, value);
}

/** Of a tensor: an expression, or a whole number. */
function sizeFrom(json: Json): Size {
  const [kind, value] = json.variant();
  return kind === 'as_expr' ? parseExpression(value.at('expr_str').text()) : value.size();
}

/** What a symbol stands for: an expression, or a number of any kind. */
function symbolFrom(json: Json): Size {
  const [kind, value] = json.variant();
  if (kind === 'as_expr') return parseExpression(value.at('expr_str').text());
  return kind === 'as_bool' ? Number(value.boolean()) : value.number();
}

export function readTensorMeta(json: Json): TensorMeta {
  return {
    dtype: dtypeFrom(json.at('dtype')),
    sizes: json.at('sizes').list().map(sizeFrom),
    strides: json.at('strides').list().map(sizeFrom),
    storage_offset: sizeFrom(json.at('storage_offset')),
    requires_grad: json.at('requires_grad').boolean(),
    device: deviceFrom(json.at('device')),
    layout: layoutFrom(json.at('layout')),
  };
}

const KEYWORD = 2;

function readNode(json: Json, i: number): Node {
  return {
    target: json.at('target').text(),
    inputs: json
      .at('inputs')
      .list()
      .map((input) => ({
        name: input.at('name').text(),
        argument: readArgument(input.at('arg')),
        keyword: input.at('kind').given?.integer() === KEYWORD,
      })),
    outputs: json.at('outputs').list().map(readArgument),
    name: json.at('name').given?.text() ?? `node_${i}`,
  };
}

function mapped<Value>(json: Json, read: (json: Json) => Value): ReadonlyMap<string, Value> {
  return new Map((json.given?.entries() ?? []).map(([name, value]) => [name, read(value)]));
}

export function readGraph(json: Json): Graph {
  return {
    inputs: json.at('inputs').list().map(readArgument),
    outputs: json.at('outputs').list().map(readArgument),
    nodes: json.at('nodes').list().map(readNode),
    tensors: mapped(json.at('tensor_values'), readTensorMeta),
    symbols: new Map(
      ['sym_int_values', 'sym_float_values', 'sym_bool_values'].flatMap((kind) => [
        ...mapped(json.at(kind), symbolFrom),
      ]),
    ),
    floats: new Set(mapped(json.at('sym_float_values'), symbolFrom).keys()),
    single: json.at('is_single_tensor_return').given?.boolean() ?? false,
  };
}
