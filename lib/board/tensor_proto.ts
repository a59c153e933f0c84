/** TensorProto of TensorFlow: numbers or strings with a shape. */
import { type FieldReader, readMessage, repeated } from '../face/protobuf';

export interface TensorValue {
  shape: number[];
  numbers: number[];
  /** Over the memory of the message. */
  strings: Uint8Array[];
}

/** How numbers lie in `tensor_content`, by DataType. */
const layouts = new Map<number, [size: number, read: (view: DataView, at: number) => number]>([
  [1, [4, (view, at) => view.getFloat32(at, true)]],
  [2, [8, (view, at) => view.getFloat64(at, true)]],
  [3, [4, (view, at) => view.getInt32(at, true)]],
  [4, [1, (view, at) => view.getUint8(at)]],
  [5, [2, (view, at) => view.getInt16(at, true)]],
  [6, [1, (view, at) => view.getInt8(at)]],
  [9, [8, (view, at) => Number(view.getBigInt64(at, true))]],
  [10, [1, (view, at) => view.getUint8(at)]],
]);

export function decodeTensor(bytes: Uint8Array): TensorValue {
  const value: TensorValue = { shape: [], numbers: [], strings: [] };
  let type = 0;
  let content = new Uint8Array();
  const double = repeated(value.numbers, (reader) => reader.double());
  const integer = repeated(value.numbers, (reader) => Number(reader.int64()));
  readMessage(bytes, {
    1: (reader) => {
      type = Number(reader.int64());
    },
    2: (reader) => decodeShape(reader.bytes(), value.shape),
    4: (reader) => {
      content = reader.bytes() as typeof content;
    },
    5: repeated(value.numbers, (reader) => reader.float()),
    6: double,
    7: integer,
    8: (reader) => value.strings.push(reader.bytes()),
    10: integer,
    11: integer,
  });
  if (content.length > 0) value.numbers.push(...contentOf(type, content));
  return value;
}

function decodeShape(bytes: Uint8Array, shape: number[]): void {
  const size = (reader: FieldReader) => {
    let length = 0;
    readMessage(reader.bytes(), {
      1: (inner) => {
        length = Number(inner.int64());
      },
    });
    shape.push(length);
  };
  readMessage(bytes, { 2: size });
}

function contentOf(type: number, content: Uint8Array): number[] {
  const [size, read] = layouts.get(type) ?? [1, () => Number.NaN];
  const view = new DataView(content.buffer, content.byteOffset, content.byteLength);
  return Array.from({ length: Math.floor(content.length / size) }, (_, i) => read(view, i * size));
}
