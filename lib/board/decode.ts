/** Events of TensorBoard's files as values. The field numbers are those of its .proto files. */
import { type FieldReader, readMessage, repeated } from '../face/protobuf';
import { decodeHParams, type HParams } from './hparams';
import { decodeLayout } from './layout';
import type { Bucket, ChartLayout, Kind } from './replies';
import { decodeTensor, type TensorValue } from './tensor_proto';

/** Bytes that stay in their file until somebody asks for them. */
export interface Blob {
  id: number;
  file: string;
  start: number;
  length: number;
}

export interface Values {
  scalars: number;
  images: { width: number; height: number; blobs: Blob[] };
  audio: { blobs: Blob[] };
  histograms: Bucket[];
  text: string[];
  pr_curves: { precision: number[]; recall: number[] };
}

/** A value of one of the kinds, under its tag. */
export type Datum = { [K in Kind]: { kind: K; tag: string; value: Values[K] } }[Kind];

export interface Event {
  step: number;
  time: number;
  /** A run went on from `step`: what is there already and later is void. */
  restart: boolean;
  data: Datum[];
  hparams: HParams[];
  layout: ChartLayout[];
}

/** Where the bytes of an event come from. */
export interface Origin {
  file: string;
  /** Of the event's first byte. */
  start: number;
  /** The plugin of each tag: writers may name it with the first value only. */
  plugins: Map<string, string>;
}

interface Plugin {
  name: string;
  content: Uint8Array;
}

const SESSION_START = 1;
let blobs = 0;

const number = (reader: FieldReader) => Number(reader.int64());

/** @throws Error when the bytes are no event */
export function decodeEvent(bytes: Uint8Array, origin: Origin): Event {
  const event: Event = { step: 0, time: 0, restart: false, data: [], hparams: [], layout: [] };
  const decoder = new Decoder(event, bytes.byteOffset - origin.start, origin);
  readMessage(bytes, {
    1: (reader) => {
      event.time = reader.double();
    },
    2: (reader) => {
      event.step = number(reader);
    },
    5: (reader) => readMessage(reader.bytes(), { 1: (each) => decoder.value(each.bytes()) }),
    7: (reader) =>
      readMessage(reader.bytes(), {
        1: (status) => {
          event.restart = number(status) === SESSION_START;
        },
      }),
  });
  return event;
}

class Decoder {
  constructor(
    private readonly event: Event,
    /** From a place in the buffer to one in the file. */
    private readonly shift: number,
    private readonly origin: Origin,
  ) {}

  private blob(bytes: Uint8Array): Blob {
    return { id: blobs++, file: this.origin.file, start: bytes.byteOffset - this.shift, length: bytes.length };
  }

  private add<K extends Kind>(kind: K, tag: string, value: Values[K]): void {
    this.event.data.push({ kind, tag, value } as Datum);
  }

  /** Summary.Value. */
  value(bytes: Uint8Array): void {
    let tag = '';
    let plugin: Plugin = { name: '', content: new Uint8Array() };
    const take: (() => void)[] = [];
    readMessage(bytes, {
      1: (reader) => {
        tag = reader.string();
      },
      9: (reader) => {
        plugin = decodePlugin(reader.bytes());
      },
      2: (reader) => {
        const scalar = reader.float();
        take.push(() => this.add('scalars', tag, scalar));
      },
      4: (reader) => {
        const image = this.image(reader.bytes());
        take.push(() => this.add('images', tag, image));
      },
      5: (reader) => {
        const buckets = decodeHistogram(reader.bytes());
        take.push(() => this.add('histograms', tag, buckets));
      },
      6: (reader) => {
        const sound = this.sound(reader.bytes());
        take.push(() => this.add('audio', tag, sound));
      },
      8: (reader) => {
        const tensor = decodeTensor(reader.bytes());
        take.push(() => this.tensor(tag, tensor));
      },
    });
    if (plugin.name !== '') this.origin.plugins.set(tag, plugin.name);
    if (plugin.name === 'hparams') this.event.hparams.push(decodeHParams(plugin.content));
    for (const each of take) each();
  }

  private image(bytes: Uint8Array): Values['images'] {
    const image: Values['images'] = { width: 0, height: 0, blobs: [] };
    readMessage(bytes, {
      1: (reader) => {
        image.height = number(reader);
      },
      2: (reader) => {
        image.width = number(reader);
      },
      4: (reader) => image.blobs.push(this.blob(reader.bytes())),
    });
    return image;
  }

  private sound(bytes: Uint8Array): Values['audio'] {
    const sound: Values['audio'] = { blobs: [] };
    readMessage(bytes, { 4: (reader) => sound.blobs.push(this.blob(reader.bytes())) });
    return sound;
  }

  /** A tensor means what the plugin says that shows it. */
  private tensor(tag: string, { shape, numbers, strings }: TensorValue): void {
    const text = (bytes: Uint8Array | undefined) => Buffer.from(bytes ?? []).toString();
    switch (this.origin.plugins.get(tag)) {
      case 'scalars':
        if (numbers.length > 0) this.add('scalars', tag, numbers[0]!);
        break;
      case 'text':
        this.add('text', tag.replace(/\/text_summary$/, ''), strings.map(text));
        break;
      case 'images': {
        const [width, height] = [Number(text(strings[0])), Number(text(strings[1]))];
        this.add('images', tag, { width, height, blobs: strings.slice(2).map((bytes) => this.blob(bytes)) });
        break;
      }
      case 'audio': {
        // Sounds, or pairs of a sound and its label.
        const sounds = shape.length === 2 ? strings.filter((_, i) => i % 2 === 0) : strings;
        this.add('audio', tag, { blobs: sounds.map((bytes) => this.blob(bytes)) });
        break;
      }
      case 'histograms':
        this.add('histograms', tag, triples(numbers));
        break;
      case 'pr_curves': {
        const count = shape[1] ?? 0;
        const row = (index: number) => numbers.slice(index * count, (index + 1) * count);
        if (numbers.length === 6 * count) this.add('pr_curves', tag, { precision: row(4), recall: row(5) });
        break;
      }
      case 'custom_scalars':
        if (strings[0] !== undefined) this.event.layout = decodeLayout(strings[0]);
        break;
    }
  }
}

function decodePlugin(metadata: Uint8Array): Plugin {
  const plugin: Plugin = { name: '', content: new Uint8Array() };
  readMessage(metadata, {
    1: (reader) =>
      readMessage(reader.bytes(), {
        1: (inner) => {
          plugin.name = inner.string();
        },
        2: (inner) => {
          plugin.content = inner.bytes();
        },
      }),
  });
  return plugin;
}

/** HistogramProto: limits on the right of buckets. The first begins at the least value, the last ends at the greatest. */
function decodeHistogram(bytes: Uint8Array): Bucket[] {
  const [limits, counts]: [number[], number[]] = [[], []];
  let [min, max] = [0, 0];
  const double = (reader: FieldReader) => reader.double();
  readMessage(bytes, {
    1: (reader) => {
      min = reader.double();
    },
    2: (reader) => {
      max = reader.double();
    },
    6: repeated(limits, double),
    7: repeated(counts, double),
  });
  const buckets = counts.map((count, i): Bucket => [limits[i - 1] ?? min, limits[i] ?? max, count]);
  return buckets
    .filter(([left, right, count], i) => count > 0 || (i > 0 && right > min && left < max))
    .map(([left, right, count]) => [Math.max(left, min), Math.max(Math.min(right, max), Math.max(left, min)), count]);
}

function triples(numbers: readonly number[]): Bucket[] {
  const count = Math.floor(numbers.length / 3);
  return Array.from({ length: count }, (_, i) => [numbers[3 * i]!, numbers[3 * i + 1]!, numbers[3 * i + 2]!]);
}
