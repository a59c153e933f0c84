/** Answers to the page's questions. */
import type { Values } from './decode';
import type { Logs } from './logs';
import type {
  At,
  AudioReply,
  ByRun,
  HistogramReply,
  HParamsReply,
  ImageReply,
  IndexReply,
  JsonNumber,
  Kind,
  PrCurveReply,
  ScalarReply,
  TagReply,
  TextReply,
} from './replies';
import { kinds, type Run } from './run';
import type { Sample } from './series';

export function jsonNumber(value: number): JsonNumber {
  return Number.isFinite(value) ? value : (String(value) as JsonNumber);
}

export function index(logs: Logs): IndexReply {
  const runs = logs.names();
  return {
    folder: logs.folder,
    revision: logs.revision,
    runs,
    tags: Object.fromEntries(kinds.map((kind) => [kind, tagsOf(logs, runs, kind)])) as IndexReply['tags'],
    layouts: logs.layouts(),
    hparams: runs.some((name) => logs.runs.get(name)!.hparams !== undefined),
    warnings: logs.warnings(),
  };
}

function tagsOf(logs: Logs, runs: readonly string[], kind: Kind): Record<string, TagReply> {
  const tags = new Map<string, TagReply>();
  runs.forEach((name, place) => {
    for (const tag of logs.runs.get(name)!.tags(kind)) {
      const reply = tags.get(tag) ?? { runs: [], revision: logs.revisionOf(kind, tag) };
      reply.runs.push(place);
      tags.set(tag, reply);
    }
  });
  return Object.fromEntries(tags);
}

/** One list of samples for each run that has the tag. */
function byRun<K extends Kind, Reply>(
  logs: Logs,
  kind: K,
  tag: string,
  reply: (samples: readonly Sample<Values[K]>[]) => Reply,
): ByRun<Reply> {
  const entries = logs.names().flatMap((name) => {
    const series = logs.runs.get(name)!.get(kind, tag);
    return series === undefined ? [] : [[name, reply(series.samples())] as const];
  });
  return Object.fromEntries(entries);
}

const each =
  <Value, Reply>(content: (value: Value) => Reply) =>
  (samples: readonly Sample<Value>[]): (At & Reply)[] =>
    samples.map(({ step, time, value }) => ({ step, time, ...content(value) }));

const ids = ({ blobs }: Values['audio']) => ({ ids: blobs.map(({ id }) => id) });

/** What a tag has, by run. */
export const samples: { [K in Kind]: (logs: Logs, tag: string) => unknown } = {
  scalars: (logs, tag): ByRun<ScalarReply> =>
    byRun(logs, 'scalars', tag, (all) => ({
      steps: all.map(({ step }) => step),
      times: all.map(({ time }) => time),
      values: all.map(({ value }) => jsonNumber(value)),
    })),
  images: (logs, tag): ByRun<ImageReply[]> =>
    byRun(
      logs,
      'images',
      tag,
      each((image) => ({ width: image.width, height: image.height, ...ids(image) })),
    ),
  audio: (logs, tag): ByRun<AudioReply[]> => byRun(logs, 'audio', tag, each(ids)),
  histograms: (logs, tag): ByRun<HistogramReply[]> =>
    byRun(
      logs,
      'histograms',
      tag,
      each((buckets) => ({ buckets })),
    ),
  text: (logs, tag): ByRun<TextReply[]> =>
    byRun(
      logs,
      'text',
      tag,
      each((text) => ({ text })),
    ),
  pr_curves: (logs, tag): ByRun<PrCurveReply[]> =>
    byRun(
      logs,
      'pr_curves',
      tag,
      each((curve) => curve),
    ),
};

/** The table of hyperparameters: a row for each run that has some. */
export function hparams(logs: Logs): HParamsReply {
  const runs = logs.names().map((name) => [name, logs.runs.get(name)!] as const);
  const sessions = runs.filter(([, run]) => run.hparams !== undefined);
  const params = new Set<string>();
  const metrics = new Set<string>();
  for (const [, run] of runs) {
    for (const name of [...run.hparamNames, ...Object.keys(run.hparams ?? {})]) params.add(name);
    for (const name of run.metricNames) metrics.add(name);
  }
  const rows = sessions.map(([name, run]) => ({
    run: name,
    status: run.status,
    params: run.hparams!,
    metrics: lastValues(run, metrics),
  }));
  return { params: [...params], metrics: [...metrics], rows };
}

function lastValues(run: Run, tags: Iterable<string>): Record<string, JsonNumber> {
  const found = [...tags].flatMap((tag) => {
    const last = run.get('scalars', tag)?.samples().at(-1);
    return last === undefined ? [] : [[tag, jsonNumber(last.value)] as const];
  });
  return Object.fromEntries(found);
}
