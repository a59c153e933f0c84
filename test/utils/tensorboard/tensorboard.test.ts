/** SummaryWriter: its files, decoded here, have the bytes that PyTorch writes. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BinaryReader } from '@bufbuild/protobuf/wire';
import torch from 'tsorch';
import * as plt from 'tsorch/pyplot';
import { SummaryWriter } from 'tsorch/utils/tensorboard';
import { decode_image } from 'tsorch/vision/io';
import golden from './golden/golden.json';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tsorch-tensorboard-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** CRC-32C bit by bit, turned and shifted as TFRecord wants it. */
function checksum(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  }
  crc = ~crc >>> 0;
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}

function* records(file: Buffer): Generator<Buffer> {
  for (let at = 0; at < file.length; ) {
    const length = Number(file.readBigUInt64LE(at));
    expect(file.readUInt32LE(at + 8)).toBe(checksum(file.subarray(at, at + 8)));
    const data = file.subarray(at + 12, at + 12 + length);
    expect(file.readUInt32LE(at + 12 + length)).toBe(checksum(data));
    yield data;
    at += length + 16;
  }
}

type Value = bigint | number | Uint8Array;
type Fields = [number: number, value: Value][];

function fields(bytes: Uint8Array): Fields {
  const reader = new BinaryReader(bytes);
  const found: Fields = [];
  while (reader.pos < reader.len) {
    const [number, type] = reader.tag();
    const value = [() => BigInt(reader.int64()), () => reader.double(), () => reader.bytes()][type];
    found.push([number, value === undefined ? reader.float() : value()]);
  }
  return found;
}

function field(bytes: Uint8Array, number: number): Value | undefined {
  return fields(bytes).find((each) => each[0] === number)?.[1];
}

function nested(bytes: Uint8Array, ...path: number[]): Uint8Array {
  return path.reduce((inner, number) => field(inner, number) as Uint8Array, bytes);
}

interface Event {
  time: number;
  step: number;
  version?: string;
  summary?: Uint8Array;
  session?: Uint8Array;
}

function events(path: string): Event[] {
  return [...records(readFileSync(path))].map((data) => {
    const [version, summary, session] = [3, 5, 7].map((number) => field(data, number) as Uint8Array | undefined);
    return {
      time: field(data, 1) as number,
      step: Number(field(data, 2) ?? 0n),
      ...(version && { version: Buffer.from(version).toString() }),
      ...(summary && { summary }),
      ...(session && { session }),
    };
  });
}

const eventFiles = (path: string) => readdirSync(path).filter((name) => name.startsWith('events.out.tfevents.'));

function onlyFile(path: string): string {
  const files = eventFiles(path);
  expect(files).toHaveLength(1);
  return join(path, files[0]!);
}

/** The PNG file of an image summary: tag, then image with height, width, channels, file. */
function png(summary: Uint8Array): Uint8Array {
  return nested(summary, 1, 4, 4);
}

/** Without its PNG file, the hexadecimal text of an image summary. */
function withoutPng(summary: Uint8Array): string {
  const image = fields(nested(summary, 1)).find(([number]) => number === 4);
  if (image === undefined) return Buffer.from(summary).toString('hex');
  const text = Buffer.from(summary).toString('hex');
  const head = Buffer.from(nested(summary, 1, 1)).toString('hex');
  const sizes = fields(image[1] as Uint8Array).slice(0, 3);
  const kept = sizes.flatMap(([number, value]) => [(number << 3) | 0, Number(value)]);
  const inner = Buffer.from([(4 << 3) | 2, kept.length, ...kept]);
  expect(text).toContain(inner.subarray(2).toString('hex'));
  const value = Buffer.concat([Buffer.from([(1 << 3) | 2, head.length / 2]), Buffer.from(head, 'hex'), inner]);
  return Buffer.concat([Buffer.from([(1 << 3) | 2, value.length]), value]).toString('hex');
}

function shown(path: string) {
  return events(path).flatMap(({ step, summary }) => (summary ? [{ step, summary: withoutPng(summary) }] : []));
}

test('every kind of summary has the bytes that PyTorch writes', () => {
  const w = new SummaryWriter(folder);
  const values = torch.tensor([0.0, -1.5, 2.0, 0.25, 1e3, 0.5, 0.5]);
  w.add_scalar('loss/train', 0.5, 1);
  w.add_scalar('zero', 0, 0);
  w.add_scalar('new', torch.tensor(1.5), 2, { new_style: true });
  w.add_scalar('exact', 0.1, 2, { new_style: true, double_precision: true });
  w.add_tensor(
    'tensor',
    torch.tensor([
      [1n, -2n],
      [3n, 4n],
    ]),
    3,
  );
  w.add_tensor('flags', torch.tensor([true, false]), 3);
  w.add_histogram('weights', values, 4);
  w.add_histogram('ten', values, 4, { bins: 10 });
  w.add_histogram('few', values, 4, { bins: 10, max_bins: 4 });
  w.add_histogram_raw('raw', 0.0, 2.0, 3, 3.0, 5.0, [1.0, 2.0], [1.0, 2.0], 5);
  w.add_image('grey', torch.arange(6).reshape(1, 2, 3).div(5), 6);
  w.add_images('several', torch.full([3, 3, 2, 2], 7, { dtype: torch.uint8 }), 6);
  w.add_text('note', '**bold** ü', 7);
  w.add_audio('tone', torch.tensor([[0.0, 0.5, -0.5, 1.0, -1.0]]), 8, { sample_rate: 8000 });
  const labels = torch.tensor([0n, 1n, 1n, 0n, 1n]);
  const predictions = torch.tensor([0.1, 0.9, 0.4, 0.6, 1.0]);
  w.add_pr_curve('curve', labels, predictions, 9, { num_thresholds: 5 });
  w.add_custom_scalars({ losses: { both: ['Multiline', ['a', 'b']], band: ['Margin', ['x', 'y', 'z']] } });
  w.add_hparams(
    { lr: 0.1, steps: 10, name: 'sgd', none: null },
    { 'hparam/accuracy': 0.5 },
    { name: ['sgd', 'adam'] },
    { run_name: 'run', global_step: 1 },
  );
  w.close();
  // Protocol buffers do not fix the order of a map's entries: there Python's `ssi.hparams` is compared by its members.
  const isStart = ({ summary }: { summary: string }) => summary.includes(Buffer.from('session_start').toString('hex'));
  const ours = { '': shown(onlyFile(folder)), run: shown(onlyFile(join(folder, 'run'))) };
  for (const name of ['', 'run'] as const) {
    expect(ours[name].filter((each) => !isStart(each))).toEqual(golden[name].filter((each) => !isStart(each)));
  }
  const entries = (summary: string) =>
    fields(nested(Buffer.from(summary, 'hex'), 1, 9, 1, 2, 3))
      .map(([, entry]) => Buffer.from(entry as Uint8Array).toString('hex'))
      .sort();
  expect(entries(ours.run.find(isStart)!.summary)).toEqual(entries(golden.run.find(isStart)!.summary));
});

test('a file is named for TensorBoard, begins with its version, and dates its events', () => {
  const before = Date.now() / 1000;
  const w = new SummaryWriter({ log_dir: folder, filename_suffix: '.mine' });
  w.add_scalar('loss', 1, 5);
  w.add_scalar('loss', 1, 6, 1234.5);
  w.close();
  expect(eventFiles(folder)[0]).toMatch(/^events\.out\.tfevents\.\d{10}\..+\.\d+\.\d+\.mine$/);
  const [first, second, third] = events(onlyFile(folder)) as [Event, Event, Event];
  expect(first.version).toBe('brain.Event:2');
  expect(second.time).toBeGreaterThanOrEqual(before);
  expect([third.time, third.step]).toEqual([1234.5, 6]);
});

test('events wait in memory, and are written when there are many, on flush, and when the process ends', () => {
  const w = new SummaryWriter(folder, { max_queue: 2 });
  const count = () => events(onlyFile(folder)).length;
  w.add_scalar('a', 1);
  expect(count()).toBe(1);
  w.flush();
  expect(count()).toBe(2);
  for (let i = 0; i < 3; i++) w.add_scalar('a', i);
  expect(count()).toBe(5);
  w.close();
  const entry = join(__dirname, '..', '..', '..', '..', 'dist', 'utils', 'tensorboard', 'index.js');
  const other = join(folder, 'other');
  const code = `
    const { SummaryWriter } = require(${JSON.stringify(entry)});
    new SummaryWriter(${JSON.stringify(other)}).add_scalar('a', 1);`;
  expect(spawnSync(process.execPath, ['-e', code], { encoding: 'utf8' })).toMatchObject({ status: 0, stderr: '' });
  expect(events(onlyFile(other))).toHaveLength(2);
});

test('closed, it writes to a new file; restarted from a step, it hides what came after', () => {
  const w = new SummaryWriter(folder);
  w.close();
  w.add_scalar('a', 1);
  w.close();
  expect(eventFiles(folder)).toHaveLength(2);
  const again = join(folder, 'again');
  new SummaryWriter(again, { purge_step: 7 }).close();
  const purge = events(onlyFile(again)).slice(1);
  expect(purge.map(({ step }) => step)).toEqual([7, 7]);
  expect(Buffer.from(purge[1]!.session!).toString('hex')).toBe('0801');
});

test('add_scalars writes a folder for each line', () => {
  {
    using w = new SummaryWriter(folder);
    w.add_scalars('run/14', { sin: 0.5, cos: torch.tensor(0.25) }, 3);
    w.add_scalars('other', { x: 1 });
    w.add_hparams({ lr: 1 }, { score: 2 });
  }
  for (const name of ['run_14_sin', 'run_14_cos', 'other_x']) {
    const [, event] = events(onlyFile(join(folder, name))) as [Event, Event];
    const main = name === 'other_x' ? 'other' : 'run/14';
    expect(event.step).toBe(main === 'other' ? 0 : 3);
    expect(Buffer.from(nested(event.summary!, 1, 1)).toString()).toBe(main);
  }
});

test('images and figures are PNG files of the right pixels', () => {
  const w = new SummaryWriter(folder);
  const image = torch.tensor([
    [0, 0.5, 1],
    [1, 0.25, 2],
  ]);
  w.add_image('hw', image, { dataformats: 'HW' });
  w.add_image('hwc', image.unsqueeze(2).expand(-1, -1, 3), { dataformats: 'HWC' });
  w.add_images('grid', torch.ones(9, 1, 2, 2));
  const [figure, axes] = plt.subplots(1, 1, { figsize: [2, 1] });
  axes.plot([1, 2]);
  w.add_figure('figure', figure);
  w.close();
  const [hw, hwc, grid, drawn] = events(onlyFile(folder))
    .slice(1)
    .map(({ summary }) => decode_image(png(summary!)));
  const bytes = [
    [0, 127, 255],
    [255, 63, 255],
  ];
  expect(hw!.tolist()).toEqual([bytes, bytes, bytes]);
  expect(hwc!.tolist()).toEqual([bytes, bytes, bytes]);
  expect(grid!.shape).toEqual([3, 4, 16]);
  expect(grid!.index(0, 2).tolist()).toEqual([255, 255, ...new Array(14).fill(0)]);
  expect(drawn!.shape).toEqual([3, 100, 200]);
  expect(figure.axes).toEqual([]);
});

test('embeddings', () => {
  const w = new SummaryWriter(folder);
  w.add_embedding(
    torch.tensor([
      [1, 2],
      [3, 4.5],
    ]),
    { metadata: ['a', 'b'], label_img: torch.ones(2, 3, 4, 5) },
  );
  w.add_embedding(torch.eye(2), {
    metadata: [
      ['a', 1],
      ['b', 2],
    ],
    metadata_header: ['name', 'n'],
    tag: 'x/y',
    global_step: 3,
  });
  w.close();
  const read = (...path: string[]) => readFileSync(join(folder, ...path), 'utf8');
  expect(read('00000', 'default', 'tensors.tsv')).toBe('1\t2\n3\t4.5\n');
  expect(read('00000', 'default', 'metadata.tsv')).toBe('a\nb\n');
  expect(decode_image(readFileSync(join(folder, '00000', 'default', 'sprite.png'))).shape).toEqual([3, 10, 10]);
  expect(read('00003', 'x%2fy', 'metadata.tsv')).toBe('name\tn\na\t1\nb\t2\n');
  expect(read('projector_config.pbtxt')).toMatch(
    /single_image_dim: 5 single_image_dim: 4[\s\S]*tensor_name: "x\/y:00003"/,
  );
});

test('errors', () => {
  const w = new SummaryWriter(folder);
  expect(() => w.add_scalar('a', torch.ones(2))).toThrow(/Tensor should contain one element/);
  expect(() => w.add_image('a', torch.ones(2, 2))).toThrow(/size of input tensor and input format are different/);
  expect(() => w.add_histogram('a', [])).toThrow('The input has no element.');
  expect(() => w.add_hparams({ a: 1 }, {}, { a: ['x'] })).toThrow(/should be a list of same type/);
  expect(() => w.add_embedding(torch.eye(3), ['a'])).toThrow('#labels should equal with #data points');
  // @ts-expect-error a number is needed
  expect(() => w.add_scalar('a')).toThrow(/missing 1 required positional argument: 'scalar_value'/);
  w.close();
});
