/** What the plugin of hyperparameters writes: HParamsPluginData. */
import { type FieldReader, readMessage } from '../face/protobuf';
import type { HParamValue } from './replies';

export interface HParams {
  /** Names and metrics of the experiment, in their order. */
  names: string[];
  metrics: string[];
  /** A session that began with these values. */
  values?: Record<string, HParamValue>;
  status?: 'success' | 'failure';
}

const SUCCESS = 1;

export function decodeHParams(bytes: Uint8Array): HParams {
  const found: HParams = { names: [], metrics: [] };
  readMessage(bytes, {
    2: (reader) =>
      readMessage(reader.bytes(), {
        4: (info) => found.names.push(stringAt(info, 1)),
        5: (info) => readMessage(info.bytes(), { 1: (name) => found.metrics.push(stringAt(name, 2)) }),
      }),
    3: (reader) => {
      found.values = {};
      readMessage(reader.bytes(), { 1: (entry) => addValue(entry.bytes(), found.values!) });
    },
    4: (reader) => {
      let status = 0;
      readMessage(reader.bytes(), {
        1: (inner) => {
          status = Number(inner.int64());
        },
      });
      found.status = status === SUCCESS ? 'success' : 'failure';
    },
  });
  return found;
}

/** The string in a field of the message that comes next. */
function stringAt(reader: FieldReader, number: number): string {
  let text = '';
  readMessage(reader.bytes(), {
    [number]: (inner) => {
      text = inner.string();
    },
  });
  return text;
}

/** An entry of a map to google.protobuf.Value. */
function addValue(entry: Uint8Array, values: Record<string, HParamValue>): void {
  let name = '';
  let value: HParamValue = '';
  readMessage(entry, {
    1: (reader) => {
      name = reader.string();
    },
    2: (reader) =>
      readMessage(reader.bytes(), {
        2: (inner) => {
          value = inner.double();
        },
        3: (inner) => {
          value = inner.string();
        },
        4: (inner) => {
          value = inner.bool();
        },
      }),
  });
  Object.defineProperty(values, name, { value, enumerable: true, configurable: true, writable: true });
}
