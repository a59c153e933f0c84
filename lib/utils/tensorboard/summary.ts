/**
 * The messages that TensorBoard's plugins read: bytes of tensorboard.Summary. Fields go in the order of their numbers,
 * and zeros are left out, as protocol buffers do: so the bytes are the ones that PyTorch writes.
 */
import { AssertionError } from '../../base/errors';
import { type DType, dtypes } from '../../base/types';
import { pngBytes } from '../../face/files';
import {
  bool,
  bytes,
  double,
  doubles,
  type Field,
  float,
  floats,
  integer,
  integers,
  message,
  string,
} from '../../face/protobuf';
import { histogram as countBins } from '../../pyplot/data';
import type { Tensor } from '../../tensor/tensor';
import { elements, type TensorLike, tensorOf } from './values';

const EMPTY = new Uint8Array();

/** A Summary of one value. */
function summary(tag: string, ...fields: Field[]): Uint8Array {
  return message(bytes(1, message(string(1, tag), ...fields)));
}

/** SummaryMetadata: the plugin that shows a value. */
function plugin(name: string, content: Uint8Array = EMPTY): Field {
  return bytes(9, message(bytes(1, message(string(1, name), content.length > 0 ? bytes(2, content) : undefined))));
}

/** DataType of TensorFlow. */
const DT = { FLOAT: 1, DOUBLE: 2, INT32: 3, UINT8: 4, INT16: 5, INT8: 6, STRING: 7, INT64: 9, BOOL: 10 };

/** A TensorProto as a value's content. */
function tensorField(type: number, shape: readonly number[], values: Field): Field {
  const dimensions = shape.map((size) => bytes(2, message(integer(1, size))));
  return bytes(8, message(integer(1, type), bytes(2, message(...dimensions)), values));
}

export function scalar(tag: string, value: number, new_style = false, double_precision = false): Uint8Array {
  if (!new_style) return summary(tag, float(2, value));
  const [type, values] = double_precision ? [DT.DOUBLE, doubles(6, [value])] : [DT.FLOAT, floats(5, [value])];
  const content = message(integer(1, type), values);
  return summary(tag, bytes(8, content), plugin('scalars'));
}

/** The limits of bins that grow by a tenth, from 1e-12 to 1e20, on both sides of zero. */
export const defaultBins: readonly number[] = (() => {
  const positive: number[] = [];
  for (let limit = 1e-12; limit < 1e20; limit *= 1.1) positive.push(limit);
  return [...positive.map((limit) => -limit).reverse(), 0, ...positive];
})();

export interface RawHistogram {
  min: number;
  max: number;
  num: number;
  sum: number;
  sum_squares: number;
  bucket_limits: readonly number[];
  bucket_counts: readonly number[];
}

export function histogramRaw(tag: string, raw: RawHistogram): Uint8Array {
  const { min, max, num, sum, sum_squares, bucket_limits, bucket_counts } = raw;
  const statistics = [min, max, num, sum, sum_squares].map((value, i) =>
    value === 0 ? undefined : double(i + 1, value),
  );
  return summary(tag, bytes(5, message(...statistics, doubles(6, bucket_limits), doubles(7, bucket_counts))));
}

/** Joins neighbours until there are about `max_bins` of them. */
function fewerBins(counts: number[], edges: number[], max_bins: number): [counts: number[], edges: number[]] {
  const together = Math.floor(counts.length / max_bins);
  const joined: number[] = [];
  const limits: number[] = [];
  for (let i = 0; i < counts.length; i += together) {
    joined.push(counts.slice(i, i + together).reduce((total, count) => total + count, 0));
    limits.push(edges[i]!);
  }
  return [joined, [...limits, edges.at(-1)!]];
}

/** Counts values into bins; TensorBoard takes the upper limits, so an empty bin stands before the first. */
export function histogram(
  tag: string,
  values: TensorLike,
  bins: number | readonly number[],
  max_bins: number | null,
): Uint8Array {
  const all = elements(values);
  if (all.length === 0) throw new RangeError('The input has no element.');
  const counted = countBins(all as unknown as readonly number[], bins);
  let { counts, edges } = counted;
  if (max_bins !== null && counts.length > max_bins) [counts, edges] = fewerBins(counts, edges, max_bins);
  const first = counts.findIndex((count) => count > 0);
  if (first < 0) throw new RangeError('The histogram is empty: no value lies in its bins.');
  const last = counts.findLastIndex((count) => count > 0);
  let [min, max, sum, sum_squares] = [Infinity, -Infinity, 0, 0];
  for (const value of all) {
    if (value < min) min = value;
    if (value > max) max = value;
    sum += value;
    sum_squares += value * value;
  }
  return histogramRaw(tag, {
    min,
    max,
    num: all.length,
    sum,
    sum_squares,
    bucket_limits: edges.slice(first, last + 2),
    bucket_counts: [first > 0 ? counts[first - 1]! : 0, ...counts.slice(first, last + 1)],
  });
}

/** `image` is a uint8 [channels, height, width]. */
export function image(tag: string, image: Tensor): Uint8Array {
  const [channels, height, width] = image.shape as [number, number, number];
  const png = pngBytes(image, 6, 'SummaryWriter.add_image');
  return summary(tag, bytes(4, message(integer(1, height), integer(2, width), integer(3, channels), bytes(4, png))));
}

/** A WAV file of 16 bits around samples from -1 to 1. */
function wav(samples: Float64Array, rate: number): Buffer {
  const file = Buffer.alloc(44 + 2 * samples.length);
  file.write('RIFF', 0, 'latin1');
  file.writeUInt32LE(file.length - 8, 4);
  file.write('WAVEfmt ', 8, 'latin1');
  file.writeUInt32LE(16, 16);
  file.writeUInt16LE(1, 20); // linear samples
  file.writeUInt16LE(1, 22); // one channel
  file.writeUInt32LE(rate, 24);
  file.writeUInt32LE(2 * rate, 28);
  file.writeUInt16LE(2, 32);
  file.writeUInt16LE(16, 34);
  file.write('data', 36, 'latin1');
  file.writeUInt32LE(2 * samples.length, 40);
  samples.forEach((sample, i) => {
    file.writeInt16LE(Math.trunc(Math.max(-1, Math.min(1, sample)) * 32767), 44 + 2 * i);
  });
  return file;
}

export function audio(tag: string, sound: TensorLike, rate: number): Uint8Array {
  const samples = tensorOf(sound).squeeze();
  if (samples.ndim !== 1) throw new AssertionError('input tensor should be 1 dimensional.');
  const file = wav(elements(samples), rate);
  const fields = [float(1, rate), integer(2, 1), integer(3, samples.numel()), bytes(4, file), string(5, 'audio/wav')];
  return summary(tag, bytes(6, message(...fields)));
}

export function text(tag: string, content: string): Uint8Array {
  const value = tensorField(DT.STRING, [1], bytes(8, Buffer.from(content)));
  return summary(`${tag}/text_summary`, value, plugin('text'));
}

const tensorTypes = new Map<DType, [type: number, values: (all: unknown[]) => Field]>([
  [dtypes.float32, [DT.FLOAT, (all) => floats(5, all as number[])]],
  [dtypes.float64, [DT.DOUBLE, (all) => doubles(6, all as number[])]],
  [dtypes.int32, [DT.INT32, (all) => integers(7, all as number[])]],
  [dtypes.int16, [DT.INT16, (all) => integers(7, all as number[])]],
  [dtypes.int8, [DT.INT8, (all) => integers(7, all as number[])]],
  [dtypes.int64, [DT.INT64, (all) => integers(10, all as (number | bigint)[])]],
  [dtypes.bool, [DT.BOOL, (all) => integers(11, all.map(Number))]],
  [dtypes.uint8, [DT.UINT8, (all) => integers(16, all as number[])]],
]);

export function tensorSummary(tag: string, value: Tensor): Uint8Array {
  const found = tensorTypes.get(value.dtype);
  if (found === undefined) throw new RangeError(`${tag} has unsupported tensor dtype ${value.dtype}`);
  const all = value.detach().cpu().flatten().tolist() as unknown[];
  return summary(tag, tensorField(found[0], value.shape, found[1](all)), plugin('tensor'));
}

/** Six rows, one value for each threshold: counts of true and false positives and negatives, precision, recall. */
export function prCurve(tag: string, rows: readonly (readonly number[])[], num_thresholds: number): Uint8Array {
  const content = message(integer(2, Math.min(127, num_thresholds)));
  const value = tensorField(DT.FLOAT, [rows.length, rows[0]!.length], floats(5, rows.flat()));
  return summary(tag, value, plugin('pr_curves', content));
}

/** How predictions from 0 to 1 do at `count` thresholds. */
export function precisionRecall(
  labels: TensorLike,
  predictions: TensorLike,
  count: number,
  weights: TensorLike | null,
): number[][] {
  const positive = new Array<number>(count).fill(0);
  const negative = new Array<number>(count).fill(0);
  const [truth, weight] = [elements(labels), weights === null ? undefined : elements(weights)];
  elements(predictions).forEach((prediction, i) => {
    const bucket = Math.floor(prediction * (count - 1));
    if (!(bucket >= 0 && bucket < count)) return;
    positive[bucket]! += truth[i]! * (weight?.[i] ?? 1);
    negative[bucket]! += (1 - truth[i]!) * (weight?.[i] ?? 1);
  });
  const fromAbove = (buckets: number[]) => {
    const sums = [...buckets];
    for (let i = sums.length - 2; i >= 0; i--) sums[i]! += sums[i + 1]!;
    return sums;
  };
  const [tp, fp] = [fromAbove(positive), fromAbove(negative)];
  const tn = fp.map((value) => fp[0]! - value);
  const fn = tp.map((value) => tp[0]! - value);
  const share = (of: number, other: number) => of / Math.max(1e-7, of + other);
  const precision = tp.map((value, i) => share(value, fp[i]!));
  const recall = tp.map((value, i) => share(value, fn[i]!));
  return [tp, fp, tn, fn, precision, recall];
}

/** Charts of several scalars: categories of charts by title, each a kind and its tags. */
export type ScalarLayout = Record<string, Record<string, ['Multiline' | 'Margin', readonly string[]]>>;

function chart(title: string, kind: 'Multiline' | 'Margin', tags: readonly string[]): Uint8Array {
  if (kind === 'Multiline') return message(string(1, title), bytes(2, message(...tags.map((tag) => string(1, tag)))));
  if (tags.length !== 3) throw new AssertionError(`Expected 3 tags, got ${tags.length}.`);
  const series = message(...tags.map((tag, i) => string(i + 1, tag)));
  return message(string(1, title), bytes(3, message(bytes(1, series))));
}

export function customScalars(layout: ScalarLayout): Uint8Array {
  const categories = Object.entries(layout).map(([title, charts]) => {
    const drawn = Object.entries(charts).map(([name, [kind, tags]]) => bytes(2, chart(name, kind, tags)));
    return bytes(2, message(string(1, title), ...drawn));
  });
  const value = tensorField(DT.STRING, [], bytes(8, message(...categories)));
  return summary('custom_scalars__config__', value, plugin('custom_scalars'));
}

/** A hyperparameter's value. */
export type HParam = number | string | boolean | Tensor | null;

/** google.protobuf.Value. */
function protobufValue(value: number | string | boolean): Uint8Array {
  if (typeof value === 'number') return message(double(2, value));
  return typeof value === 'string' ? message(string(3, value)) : message(bool(4, value));
}

/** DataType of the hparams plugin. */
const HPARAM_TYPES = { string: 1, boolean: 2, number: 3 };

type Plain = number | string | boolean;

function plainHParam(value: unknown): Plain {
  if (typeof value === 'number' || typeof value === 'string' || typeof value === 'boolean') return value;
  const item = (value as Partial<Tensor>).item?.();
  if (typeof item !== 'number') throw new RangeError('value should be one of int, float, str, bool, or torch.Tensor');
  return item;
}

function hparamInfo(name: string, value: Plain, domain: readonly Plain[] | undefined): Field {
  const type = integer(4, HPARAM_TYPES[typeof value as keyof typeof HPARAM_TYPES]);
  if (domain === undefined) return bytes(4, message(string(1, name), type));
  if (domain.some((other) => typeof other !== typeof value)) {
    throw new TypeError(
      `parameter: hparam_domain_discrete[${name}] should be a list of same type as hparam_dict[${name}].`,
    );
  }
  const list = message(...domain.map((other) => bytes(1, protobufValue(other))));
  return bytes(4, message(string(1, name), type, bytes(5, list)));
}

/** The three summaries of a run: what is compared, the values it starts with, and that it ended well. */
export function hparams(
  values: Record<string, HParam>,
  metrics: readonly string[],
  domains: Record<string, readonly Plain[]>,
): Uint8Array[] {
  for (const name of Object.keys(domains)) {
    if (!Object.hasOwn(values, name))
      throw new TypeError(`parameter: hparam_domain_discrete[${name}] is no hyperparameter.`);
  }
  const given = Object.entries(values).flatMap(([name, value]) =>
    value === null ? [] : [[name, plainHParam(value)] as const],
  );
  const start = given.map(([name, value]) => bytes(1, message(string(1, name), bytes(2, protobufValue(value)))));
  const infos = given.map(([name, value]) =>
    hparamInfo(name, value, Object.hasOwn(domains, name) ? domains[name] : undefined),
  );
  const shown = metrics.map((name) => bytes(5, message(bytes(1, message(string(2, name))))));
  const part = (tag: string, field: number, content: Uint8Array) =>
    summary(`_hparams_/${tag}`, plugin('hparams', message(bytes(field, content))));
  return [
    part('experiment', 2, message(...infos, ...shown)),
    part('session_start_info', 3, message(...start)),
    part('session_end_info', 4, message(integer(1, 1))), // success
  ];
}
