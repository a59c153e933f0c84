/** Programs that Python exported, beside what Python's PyTorch computes with them; fixtures/ is made by zoo.py. */
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import torch, { type Tensor } from 'tsorch';
import { root } from '../setup/fakes';

const dist = createRequire(join(root, 'dist', 'index.js'));
const { ZipReader } = dist('./files/zip/reader.js') as typeof import('../../lib/files/zip/reader');
const { ZipWriter } = dist('./files/zip/writer.js') as typeof import('../../lib/files/zip/writer');
const { BytesSink } = dist('./files/replace_file.js') as typeof import('../../lib/files/replace_file');
const { BytesSource } = dist('./files/source.js') as typeof import('../../lib/files/source');

const folder = join(root, 'test', 'export', 'fixtures');
const names = readdirSync(folder).flatMap((file) => (file.endsWith('.pt2') ? [file.slice(0, -4)] : []));
const pathOf = (name: string) => join(folder, `${name}.pt2`);

interface Golden {
  args: unknown[];
  kwargs: Record<string, unknown>;
  result: unknown;
  gradients: Record<string, Tensor>;
  buffers: Record<string, Tensor>;
}

const golden = (name: string) => torch.load<Golden[]>(join(folder, `${name}.golden.pt`));

/** A cut of what differs between the golden values and ours would be an error of `assert_close`. */
const close = (actual: unknown, expected: unknown) => torch.testing.assert_close(actual, expected);

/** What a program gives: named tuples and objects of texts compare by their parts. */
function compare(actual: unknown, expected: unknown): void {
  if (expected instanceof torch.Tensor || typeof expected === 'number') close(actual, expected);
  else if (Array.isArray(expected)) {
    expect(actual).toHaveLength(expected.length);
    expected.forEach((each, i) => {
      compare((actual as unknown[])[i], each);
    });
  } else {
    expect(Object.keys(actual as object)).toEqual(Object.keys(expected as object));
    for (const [key, each] of Object.entries(expected as object))
      compare((actual as Record<string, unknown>)[key], each);
  }
}

test.each(names)('%s computes what Python does', (name) => {
  const trains = !name.endsWith('_decomposed');
  const run = torch.export.load(pathOf(name)).module();
  for (const { args, kwargs, result, gradients, buffers } of golden(name)) {
    run.zero_grad();
    const given = [...args, ...(Object.keys(kwargs).length > 0 ? [kwargs] : [])];
    const actual = torch.set_grad_enabled(trains, () => run(...given));
    compare(actual, result);
    const first: Tensor = Array.isArray(actual) ? actual[0] : actual;
    if (first.requires_grad) first.sum().backward();
    const found = [...run.named_parameters()].flatMap(([key, { grad }]) =>
      grad === null ? [] : [[key, grad] as const],
    );
    compare(Object.fromEntries(found), gradients);
    compare(Object.fromEntries(run.named_buffers()), buffers);
  }
});

/** A program with one of its texts changed. */
function withText(part: string, change: (text: string) => string): Buffer {
  const zip = new ZipReader(new BytesSource(readFileSync(pathOf('mlp'))));
  const sink = new BytesSink();
  const writer = new ZipWriter(sink, false);
  for (const entry of zip.entries.keys()) {
    const content = Buffer.from(zip.bytes(entry));
    writer.add(entry, [entry.endsWith(part) ? Buffer.from(change(content.toString())) : content]);
  }
  writer.finish();
  return Buffer.from(sink.finish());
}

const levels = 100_000;
const nested: [string, string][] = [
  ['lists', `${'['.repeat(levels)}${']'.repeat(levels)}`],
  ['objects', `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`],
];

test.each(nested)('deeply nested %s are refused wherever they are', (_, value) => {
  const parts = ['models/model.json', 'model_weights_config.json', 'model_constants_config.json'];
  for (const part of parts) {
    expect(() => torch.export.load(withText(part, () => value))).toThrow(`${part} is nested more than 1000 deep`);
  }
  const inside = (text: string) => text.replace(/"opset_version": *\{[^}]*\}/, `"opset_version": ${value}`);
  expect(() => torch.export.load(withText('models/model.json', inside))).toThrow(torch.export.BadProgram);
  const tree = (text: string) =>
    text.replace(/"in_spec": *"(?:[^"\\]|\\.)*"/, `"in_spec": ${JSON.stringify(`[1, ${value}]`)}`);
  expect(() => torch.export.load(withText('models/model.json', tree))).toThrow(/nested more than 1000 deep/);
});

test('brackets in a text, and a text of any length, are no nesting', () => {
  const long = JSON.stringify(`${'['.repeat(5000)}${'x'.repeat(20_000_000)}`);
  const named = (text: string) => text.replace(/^\{/, `{"a text": ${long}, `);
  const x = golden('mlp')[0]!;
  compare(torch.export.load(withText('models/model.json', named)).module()(...x.args), x.result);
});
