/** ONNX models as bytes. The numbers are those of onnx.proto. https://github.com/onnx/onnx/blob/main/onnx/onnx.proto */
import type { DType } from '../base/types';
import { bytes, type Field, float, integer, integers, message, string } from '../files/protobuf';

/** What an attribute of a node may be: a float is marked, since JavaScript has one kind of number. */
export type Attribute =
  | number
  | string
  | readonly number[]
  | readonly string[]
  | { readonly float: number }
  | GraphData
  | TensorData;

export type Attributes = Readonly<Record<string, Attribute>>;

export interface NodeData {
  readonly name: string;
  readonly type: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Attributes;
}

export interface TensorData {
  readonly name: string;
  readonly dtype: DType;
  readonly sizes: readonly number[];
  readonly bytes: Uint8Array;
}

/** A branch, or the body of a loop. */
export interface GraphData {
  readonly inputs: readonly ValueData[];
  readonly outputs: readonly ValueData[];
  readonly nodes: readonly NodeData[];
}

/** A tensor that goes in or out. A size that is a text may be any; equal texts, if not empty, are equal sizes. */
export interface ValueData {
  readonly name: string;
  readonly dtype: DType;
  readonly sizes: readonly (number | string)[];
}

export interface ModelData {
  readonly name: string;
  readonly opset: number;
  readonly producer: readonly [name: string, version: string];
  readonly inputs: readonly ValueData[];
  readonly outputs: readonly ValueData[];
  readonly initializers: readonly TensorData[];
  readonly nodes: readonly NodeData[];
}

const types: Readonly<Record<string, number>> = {
  float32: 1,
  uint8: 2,
  int8: 3,
  uint16: 4,
  int16: 5,
  int32: 6,
  int64: 7,
  bool: 9,
  float16: 10,
  float64: 11,
  uint32: 12,
  uint64: 13,
  complex64: 14,
  complex128: 15,
  bfloat16: 16,
  float8_e4m3fn: 17,
  float8_e4m3fnuz: 18,
  float8_e5m2: 19,
  float8_e5m2fnuz: 20,
};

/** The number of an element type. @throws TypeError for one that ONNX does not have */
export function elementType(dtype: DType): number {
  const type = types[dtype.toString().replace('torch.', '')];
  if (type === undefined) throw new TypeError(`ONNX has no ${dtype}`);
  return type;
}

function tensor({ name, dtype, sizes, bytes: content }: TensorData): Uint8Array {
  return message(integers(1, sizes), integer(2, elementType(dtype)), string(8, name), bytes(9, content));
}

const Kind = { float: 1, int: 2, string: 3, tensor: 4, graph: 5, ints: 7, strings: 8 };

type Numbers = readonly number[];
type Texts = readonly string[];

const isList = (value: object): value is Numbers | Texts => Array.isArray(value);
const isTexts = (values: Numbers | Texts): values is Texts => typeof values[0] === 'string';
const texts = (number: number, values: Texts) => values.map((value) => string(number, value));

function attribute(name: string, value: Attribute): Uint8Array {
  const made = (kind: number, ...fields: Field[]) => message(string(1, name), ...fields, integer(20, kind));
  if (typeof value === 'number') return made(Kind.int, integer(3, value));
  if (typeof value === 'string') return made(Kind.string, bytes(4, Buffer.from(value)));
  if (isList(value))
    return isTexts(value) ? made(Kind.strings, ...texts(9, value)) : made(Kind.ints, integers(8, value));
  if ('float' in value) return made(Kind.float, float(2, value.float));
  if ('nodes' in value) return made(Kind.graph, bytes(6, inner(name, value)));
  return made(Kind.tensor, bytes(5, tensor(value)));
}

function inner(name: string, { nodes, inputs, outputs }: GraphData): Uint8Array {
  return message(
    ...nodes.map((each) => bytes(1, node(each))),
    string(2, name),
    ...inputs.map((each) => bytes(11, value(each))),
    ...outputs.map((each) => bytes(12, value(each))),
  );
}

function node({ name, type, inputs, outputs, attributes }: NodeData): Uint8Array {
  const listed = Object.entries(attributes).map(([key, value]) => bytes(5, attribute(key, value)));
  return message(...texts(1, inputs), ...texts(2, outputs), string(3, name), string(4, type), ...listed);
}

function value({ name, dtype, sizes }: ValueData): Uint8Array {
  const dimensions = sizes.map((size) =>
    bytes(1, message(...(typeof size === 'number' ? [integer(1, size)] : size === '' ? [] : [string(2, size)]))),
  );
  const type = message(integer(1, elementType(dtype)), bytes(2, message(...dimensions)));
  return message(string(1, name), bytes(2, message(bytes(1, type))));
}

/** The version of the format that came with a set of operators. */
function formatOf(opset: number): number {
  if (opset < 19) return 8;
  if (opset < 21) return 9;
  return opset < 23 ? 10 : 11;
}

/** A protocol buffer cannot be larger. */
const MOST = 2 ** 31 - 1;

/** Whether the weights are too large for one file. */
export function needsExternalData({ initializers }: ModelData): boolean {
  return initializers.reduce((sum, each) => sum + each.bytes.length, 0) > MOST;
}

/** Of a tensor whose elements lie elsewhere. */
const EXTERNAL = 1;

/** Smaller tensors stay in the model's file. */
const LEAST_EXTERNAL = 1024;
/** Offsets are multiples of a page, so that the file can be mapped. */
const ALIGNMENT = 4096;

/** Where tensors lie in the file beside the model. */
export interface ExternalData {
  /** The name of that file, in the folder of the model. */
  readonly location: string;
  readonly offsets: ReadonlyMap<TensorData, number>;
}

/** A place for each of the larger weights in a file of this name. */
export function externalData({ initializers }: ModelData, location: string): ExternalData {
  const offsets = new Map<TensorData, number>();
  let end = 0;
  for (const each of initializers) {
    if (each.bytes.length < LEAST_EXTERNAL) continue;
    const offset = Math.ceil(end / ALIGNMENT) * ALIGNMENT;
    offsets.set(each, offset);
    end = offset + each.bytes.length;
  }
  return { location, offsets };
}

function initializer(data: TensorData, external: ExternalData | null): Uint8Array {
  const offset = external?.offsets.get(data);
  if (external === null || offset === undefined) return tensor(data);
  const { name, dtype, sizes, bytes: content } = data;
  const entries = Object.entries({ location: external.location, offset, length: content.length });
  const listed = entries.map(([key, value]) => bytes(13, message(string(1, key), string(2, String(value)))));
  return message(integers(1, sizes), integer(2, elementType(dtype)), string(8, name), ...listed, integer(14, EXTERNAL));
}

/** @throws RangeError for a model of 2 GiB and more */
export function encoded(model: ModelData, external: ExternalData | null = null): Uint8Array {
  if (external === null && needsExternalData(model)) {
    throw new RangeError(
      'an ONNX file holds less than 2 GiB, and the weights are larger: save them with external_data',
    );
  }
  const graph = message(
    ...model.nodes.map((each) => bytes(1, node(each))),
    string(2, model.name),
    ...model.initializers.map((each) => bytes(5, initializer(each, external))),
    ...model.inputs.map((each) => bytes(11, value(each))),
    ...model.outputs.map((each) => bytes(12, value(each))),
  );
  const [producer, version] = model.producer;
  const opset = message(string(1, ''), integer(2, model.opset));
  const head = [integer(1, formatOf(model.opset)), string(2, producer), string(3, version)];
  return message(...head, bytes(7, graph), bytes(8, opset));
}
