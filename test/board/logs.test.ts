/** The board's reader: what SummaryWriter wrote, while it writes, damaged, and begun again. */
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import torch from 'tsorch';
import { SummaryWriter } from 'tsorch/utils/tensorboard';
import {
  type ByRun,
  bytes,
  double,
  type Field,
  floats,
  type HistogramReply,
  hparams,
  type ImageReply,
  index,
  integer,
  type Kind,
  Logs,
  message,
  record,
  type ScalarReply,
  samples,
  string,
  type TextReply,
} from './inside';

let folder: string;
let logs: InstanceType<typeof Logs>;
const limits = (limit: number) => ({
  scalars: limit,
  images: limit,
  audio: limit,
  histograms: limit,
  text: limit,
  pr_curves: limit,
});
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tsorch-board-'));
  logs = new Logs(folder, limits(1000));
});
afterEach(() => rmSync(folder, { recursive: true }));

const get = <Reply>(kind: Kind, tag: string) => samples[kind](logs, tag) as ByRun<Reply>;
const scalars = (tag = 'loss') => get<ScalarReply>('scalars', tag);
const fileOf = (run: string) => {
  const inside = readdirSync(join(folder, run)).find((name) => name.includes('tfevents'))!;
  return join(folder, run, inside);
};

/** An event with a summary of one value. */
const event = (step: number, ...value: Field[]) =>
  record(message(double(1, 100 + step), integer(2, step), bytes(5, message(bytes(1, message(...value))))));

function write(run: string, steps: readonly number[], tag = 'loss'): void {
  using writer = new SummaryWriter({ log_dir: join(folder, run) });
  for (const step of steps) writer.add_scalar(tag, step / 2, step, 100 + step);
}

test('scalars of several runs, in folders of any depth', async () => {
  write('', [1]);
  write('a/b', [1, 2]);
  write('run 10', [3]);
  write('run 2', [4], 'accuracy');
  expect(await logs.reload()).toBe(true);
  expect(index(logs)).toMatchObject({
    runs: ['.', 'a/b', 'run 2', 'run 10'],
    tags: { scalars: { loss: { runs: [0, 1, 3] }, accuracy: { runs: [2] } }, images: {} },
    warnings: [],
  });
  expect(scalars()['a/b']).toEqual({ steps: [1, 2], times: [101, 102], values: [0.5, 1] });
  expect(await logs.reload()).toBe(false);
});

test('a run that is being written: whole records only, at every place where it may be cut', async () => {
  write('full', [1, 2]);
  const all = readFileSync(fileOf('full'));
  mkdirSync(join(folder, 'live'));
  const live = join(folder, 'live', 'events.out.tfevents.1');
  writeFileSync(live, '');
  const seen: number[] = [];
  for (const byte of all) {
    appendFileSync(live, Buffer.of(byte));
    await logs.reload();
    seen.push(scalars().live?.steps.length ?? 0);
  }
  expect([...new Set(seen)]).toEqual([0, 1, 2]);
  expect(seen.at(-2)).toBe(1);
  expect(index(logs).warnings).toEqual([]);
});

test('a damaged record is left out and told, a damaged tail ends the file, and more is read when it is mended', async () => {
  write('a', [1, 2, 3]);
  const file = fileOf('a');
  const whole = readFileSync(file);
  const broken = Buffer.from(whole);
  const size = event(2, string(1, 'loss')).length + 5;
  broken[broken.length - 2 * size + 14]! ^= 1;
  writeFileSync(file, broken);
  await logs.reload();
  expect(scalars().a!.steps).toHaveLength(2);
  expect(index(logs).warnings).toEqual([expect.stringMatching(/^a\/events.*: 1 damaged record left out$/)]);

  appendFileSync(file, Buffer.alloc(64));
  const at = logs.revision;
  await logs.reload();
  expect(index(logs).warnings[1]).toMatch(new RegExp(`damaged at byte ${whole.length}, not read any further$`));
  expect(logs.revision).toBeGreaterThan(at);
  truncateSync(file, whole.length);
  appendFileSync(
    file,
    event(9, string(1, 'loss'), (writer) => writer.tag(2, 5).float(1)),
  );
  await logs.reload();
  expect(scalars().a!.steps.at(-1)).toBe(9);
  expect(index(logs).warnings).toHaveLength(1);
});

test('bytes that are no events, lengths beyond the file, and values of no known kind', async () => {
  mkdirSync(join(folder, 'x'));
  const file = join(folder, 'x', 'events.out.tfevents.1');
  const huge = record(Buffer.alloc(4)).subarray(0, 12);
  writeFileSync(file, Buffer.concat([record(Buffer.from('no protocol buffer')), event(1, string(1, 'odd')), huge]));
  await logs.reload();
  expect(index(logs).runs).toEqual(['x']);
  expect(index(logs).warnings).toEqual([expect.stringMatching('1 damaged record left out')]);
});

test('a writer that begins again at a step voids what was there', async () => {
  write('a', [1, 2, 3, 4]);
  await logs.reload();
  using writer = new SummaryWriter({ log_dir: join(folder, 'a'), purge_step: 3 });
  writer.add_scalar('loss', 7, 3);
  writer.flush();
  await logs.reload();
  expect(scalars().a!.steps).toEqual([1, 2, 3]);
  expect(scalars().a!.values).toEqual([0.5, 1, 7]);
});

test('files that are replaced or removed, and runs that go', async () => {
  write('a', [1, 2, 3]);
  write('b', [1]);
  await logs.reload();
  writeFileSync(
    fileOf('a'),
    event(5, string(1, 'other'), (writer) => writer.tag(2, 5).float(1)),
  );
  rmSync(join(folder, 'b'), { recursive: true });
  expect(await logs.reload()).toBe(true);
  expect(index(logs)).toMatchObject({ runs: ['a'], tags: { scalars: { other: { runs: [0] } } } });
  expect(scalars()).toEqual({});
});

test('links that lead in circles end, and a folder that is not there yet is told', async () => {
  write('a', [1]);
  symlinkSync(folder, join(folder, 'a', 'round'));
  await logs.reload();
  expect(index(logs).runs).toEqual(['a']);
  const later = new Logs(join(folder, 'later'), limits(10));
  await later.reload();
  expect(index(later).warnings[0]).toMatch('ENOENT');
  write('later', [1]);
  await later.reload();
  expect(index(later)).toMatchObject({ runs: ['.'], warnings: [] });
});

test('long series are thinned evenly, and keep the newest', async () => {
  logs = new Logs(folder, limits(100));
  const steps = Array.from({ length: 1234 }, (_, i) => i);
  write('a', steps);
  await logs.reload();
  const kept = scalars().a!.steps;
  expect(kept.length).toBeLessThanOrEqual(101);
  expect(kept.length).toBeGreaterThan(50);
  expect(kept.at(-1)).toBe(1233);
  const gaps = new Set(kept.slice(1, -1).map((step, i) => step - kept[i]!));
  expect([...gaps]).toEqual([16]);
});

test('numbers that JSON does not have', async () => {
  using writer = new SummaryWriter({ log_dir: folder });
  [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY].forEach((value, i) => {
    writer.add_scalar('loss', value, i);
  });
  writer.add_scalar('loss', 0.1, 3, null, true, true);
  writer.flush();
  await logs.reload();
  expect(scalars()['.']!.values).toEqual(['NaN', 'Infinity', '-Infinity', 0.1]);
});

test('images, sounds, texts, histograms, curves and layouts', async () => {
  using writer = new SummaryWriter({ log_dir: folder });
  writer.add_image('image', torch.rand(3, 4, 5), 1);
  writer.add_audio('sound', torch.rand(100), 2, 8000);
  writer.add_text('text', '# Title', 3);
  writer.add_histogram('values', torch.tensor([1, 2, 2, 3]), 4, [0, 1.5, 2.5, 3.5]);
  writer.add_pr_curve('curve', torch.tensor([0, 1]), torch.tensor([0.2, 0.9]), 5, 11);
  writer.add_custom_scalars({ all: { both: ['Multiline', ['a', 'b']], room: ['Margin', ['c', 'd', 'e']] } });
  writer.flush();
  await logs.reload();
  const [image] = get<ImageReply[]>('images', 'image')['.']!;
  expect(image).toMatchObject({ step: 1, width: 5, height: 4 });
  const blob = logs.runs.get('.')!.blob('images', 'image', image!.ids[0]!)!;
  const png = readFileSync(blob.file).subarray(blob.start, blob.start + blob.length);
  expect(png.subarray(1, 4).toString()).toBe('PNG');
  expect(png.subarray(-8, -4).toString()).toBe('IEND');
  expect(get('audio', 'sound')['.']).toMatchObject([{ step: 2 }]);
  expect(get<TextReply[]>('text', 'text')['.']).toMatchObject([{ step: 3, text: ['# Title'] }]);
  const [histogram] = get<HistogramReply[]>('histograms', 'values')['.']!;
  expect(histogram!.buckets).toEqual([
    [1, 1.5, 1],
    [1.5, 2.5, 2],
    [2.5, 3, 1],
  ]);
  const [curve] = get<{ precision: number[]; recall: number[] }[]>('pr_curves', 'curve')['.']!;
  expect(curve!.precision[5]).toBeCloseTo(1);
  expect(curve!.recall).toHaveLength(11);
  expect(index(logs).layouts).toEqual([
    { category: 'all', title: 'both', tags: ['a', 'b'], margin: false },
    { category: 'all', title: 'room', tags: ['c', 'd', 'e'], margin: true },
  ]);
});

test('what other writers put: the plugin with the first value only, contents as bytes', async () => {
  const plugin = (name: string) => bytes(9, message(bytes(1, message(string(1, name)))));
  const content = Buffer.alloc(4);
  content.writeFloatLE(1.5);
  const first = event(1, string(1, 'acc'), bytes(8, message(integer(1, 1), bytes(4, content))), plugin('scalars'));
  const second = event(2, string(1, 'acc'), bytes(8, message(integer(1, 1), floats(5, [2.5]))));
  writeFileSync(join(folder, 'events.out.tfevents.1'), Buffer.concat([first, second]));
  await logs.reload();
  expect(scalars('acc')['.']!.values).toEqual([1.5, 2.5]);
});

test('hyperparameters: a row for each session, with the last value of each metric', async () => {
  using writer = new SummaryWriter({ log_dir: join(folder, 'search') });
  writer.add_hparams({ lr: 0.1, name: 'a', bias: true }, { accuracy: 0.5 }, null, 'first');
  writer.add_hparams({ lr: 0.2, ['__proto__']: 'b' }, { accuracy: Number.NaN, loss: 2 }, null, 'second');
  await logs.reload();
  expect(index(logs).hparams).toBe(true);
  const { params, metrics, rows } = hparams(logs);
  expect(params.slice(0, 3)).toEqual(['lr', 'name', 'bias']);
  expect(metrics).toEqual(['accuracy', 'loss']);
  expect(rows).toMatchObject([
    { run: 'search/first', status: 'success', params: { lr: 0.1, name: 'a', bias: true }, metrics: { accuracy: 0.5 } },
    { run: 'search/second', status: 'success', metrics: { accuracy: 'NaN', loss: 2 } },
  ]);
});
