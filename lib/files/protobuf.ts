/**
 * Protocol buffers, field by field: `message(string(1, 'tag'), …)` writes one, `readMessage(bytes, { 1: … })` reads it. The
 * numbers are those of the .proto files that say what is in them.
 */
import { optional } from '../base/optional';

/** What is used of @bufbuild/protobuf's writer; by a type of ours, as users need not have the package. */
interface BinaryWriter {
  tag(number: number, type: number): this;
  double(value: number): this;
  float(value: number): this;
  int64(value: number | bigint): this;
  bool(value: boolean): this;
  string(value: string): this;
  bytes(value: Uint8Array): this;
  fork(): this;
  join(): this;
  finish(): Uint8Array;
}

export type Field = (writer: BinaryWriter) => void;

const [VARINT, BIT64, BYTES, BIT32] = [0, 1, 2, 5];

export function message(...fields: readonly (Field | undefined)[]): Uint8Array {
  const wire = optional<typeof import('@bufbuild/protobuf/wire')>('@bufbuild/protobuf/wire', 'a protocol buffer');
  const writer = new wire.BinaryWriter();
  for (const field of fields) field?.(writer);
  return writer.finish();
}

export const double =
  (number: number, value: number): Field =>
  (writer) =>
    writer.tag(number, BIT64!).double(value);

export const float =
  (number: number, value: number): Field =>
  (writer) =>
    writer.tag(number, BIT32!).float(value);

/** int32, int64 and enums alike. */
export const integer =
  (number: number, value: number | bigint): Field =>
  (writer) =>
    writer.tag(number, VARINT!).int64(value);

export const bool =
  (number: number, value: boolean): Field =>
  (writer) =>
    writer.tag(number, VARINT!).bool(value);

export const string =
  (number: number, value: string): Field =>
  (writer) =>
    writer.tag(number, BYTES!).string(value);

/** Bytes, or a message within a message. */
export const bytes =
  (number: number, value: Uint8Array): Field =>
  (writer) =>
    writer.tag(number, BYTES!).bytes(value);

/** A packed list of doubles, floats or integers. */
function packed(
  number: number,
  values: readonly (number | bigint)[],
  write: (writer: BinaryWriter, value: number | bigint) => void,
): Field {
  return (writer) => {
    if (values.length === 0) return;
    writer.tag(number, BYTES!).fork();
    for (const value of values) write(writer, value);
    writer.join();
  };
}

export const doubles = (number: number, values: readonly number[]): Field =>
  packed(number, values, (writer, value) => writer.double(value as number));

export const floats = (number: number, values: readonly number[]): Field =>
  packed(number, values, (writer, value) => writer.float(value as number));

export const integers = (number: number, values: readonly (number | bigint)[]): Field =>
  packed(number, values, (writer, value) => writer.int64(value));

/** What is used of @bufbuild/protobuf's reader. */
export interface FieldReader {
  readonly pos: number;
  readonly len: number;
  tag(): [number: number, type: number];
  skip(type: number): Uint8Array;
  double(): number;
  float(): number;
  int64(): number | bigint | string;
  bool(): boolean;
  string(): string;
  /** Over the memory of the message. */
  bytes(): Uint8Array;
}

/** Takes the value of a field. */
export type TakeField = (reader: FieldReader, type: number) => void;

/**
 * Hands each field of a message to the function of its number; fields without one are passed over.
 * @throws Error when the bytes are no message
 */
export function readMessage(bytes: Uint8Array, take: Readonly<Record<number, TakeField>>): void {
  const wire = optional<typeof import('@bufbuild/protobuf/wire')>('@bufbuild/protobuf/wire', 'a protocol buffer');
  const reader: FieldReader = new wire.BinaryReader(bytes);
  while (reader.pos < reader.len) {
    const [number, type] = reader.tag();
    const field = take[number];
    if (field === undefined) reader.skip(type);
    else field(reader, type);
  }
}

/** A repeated field of numbers, packed or one by one. */
export function repeated(into: number[], read: (reader: FieldReader) => number): TakeField {
  return (reader, type) => {
    if (type !== BYTES) {
      into.push(read(reader));
      return;
    }
    const wire = optional<typeof import('@bufbuild/protobuf/wire')>('@bufbuild/protobuf/wire', 'a protocol buffer');
    const inner: FieldReader = new wire.BinaryReader(reader.bytes());
    while (inner.pos < inner.len) into.push(read(inner));
  };
}
