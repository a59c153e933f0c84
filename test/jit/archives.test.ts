/** Archives that are none, or are damaged; and memory. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import torch, { nn } from 'tsorch';
import { root, temporaryFolder } from '../setup/fakes';

const { jit } = torch;
const dist = createRequire(join(root, 'dist', 'index.js'));

const { ZipReader } = dist('./files/zip/reader.js') as typeof import('../../lib/files/zip/reader');
const { ZipWriter } = dist('./files/zip/writer.js') as typeof import('../../lib/files/zip/writer');
const { BytesSink } = dist('./files/replace_file.js') as typeof import('../../lib/files/replace_file');
const { BytesSource } = dist('./files/source.js') as typeof import('../../lib/files/source');

const pathOf = (name: string) => join(root, 'test', 'jit', 'fixtures', `${name}.pt`);

test('what is no program is named', () => {
  expect(() => jit.load('/nowhere/at/all.pt')).toThrow(
    new RangeError('The provided filename /nowhere/at/all.pt does not exist'),
  );
  expect(() => jit.load(Buffer.from(''))).toThrow(/no TorchScript archive: the file is empty/);
  expect(() => jit.load(Buffer.from('hello, world'))).toThrow(/no TorchScript archive/);
  const file = join(temporaryFolder(), 'state.pt');
  torch.save({ a: torch.ones(1) }, file);
  expect(() => jit.load(file)).toThrow(/what torch.save wrote: read it with torch.load/);
  const exported = join(root, 'test', 'export', 'fixtures', 'mlp.pt2');
  expect(() => jit.load(exported)).toThrow(/read it with torch.export.load/);
  expect(() => jit.save(new nn.Linear(1, 1) as never, file)).toThrow(TypeError);
});

test('torch.load names torch.jit.load', () => {
  expect(() => torch.load(pathOf('mlp'))).toThrow(/TorchScript archive.*torch\.jit\.load/);
});

test('an archive that is cut or changed anywhere is an error', () => {
  const whole = readFileSync(pathOf('mlp'));
  for (let length = 0; length < whole.length; length += 97) {
    expect(() => jit.load(whole.subarray(0, length))).toThrow();
  }
  let refused = 0;
  const places = Array.from({ length: 200 }, (_, i) => Math.floor((i * whole.length) / 200));
  for (const place of places) {
    const changed = Buffer.from(whole);
    changed[place] = changed[place]! ^ 0x5a;
    try {
      jit.load(changed)(torch.ones(1, 4));
    } catch (error) {
      expect(error).toBeInstanceOf(Error);
      refused++;
    }
  }
  expect(refused).toBeGreaterThan(60); // the others are between the entries, and change nothing
});

/** The program of a fixture with a part changed, in an archive with right checksums. */
function withPart(name: string, part: RegExp, change: (content: Buffer) => Buffer): Buffer {
  const zip = new ZipReader(new BytesSource(readFileSync(pathOf(name))));
  const sink = new BytesSink();
  const writer = new ZipWriter(sink, false);
  for (const entry of zip.entries.keys()) {
    const content = Buffer.from(zip.bytes(entry));
    writer.add(entry, [part.test(entry) ? change(content) : content]);
  }
  writer.finish();
  return Buffer.from(sink.finish());
}

const withPickle = (name: string, change: (pickle: Buffer) => Buffer) => withPart(name, /data\.pkl$/, change);

const latin = (text: string) => Buffer.from(text, 'latin1');
const replaced = (from: string, to: string) => (pickle: Buffer) => {
  const text = pickle.toString('latin1');
  expect(text).toContain(from);
  return latin(text.replace(from, to));
};
const big = 'J\0\0\0\x01'; // 2²⁴

// libtorch reads beyond the storage, asks for gigabytes, or waits for ever
test.each<[string, (pickle: Buffer) => Buffer, RegExp]>([
  [
    'of more elements than there are',
    replaced('K tQq\x0cK\0(K\x08K\x04t', `${big}tQq\x0cK\0(J\0\0\x40\0K\x04t`),
    /storage 0 has 128 bytes, too few for 16777216 elements of 4/,
  ],
  ['of a negative number of elements', replaced('K tQq\x0c', 'J\xff\xff\xff\xfftQq\x0c'), /no name and no count/],
  ['of another type', replaced('FloatStorage', 'ComplexDoubleStorage'), /too few for 32 elements of 16/],
  ['of no type', replaced('FloatStorage', 'FloatThing'), /a type that is none/],
  ['that is not there', replaced('X\x01\0\0\x000q', 'X\x01\0\0\x007q'), /storage 7 is not in the archive/],
  ['after a memo of billions', replaced('q\x0cK\0', 'r\xff\xff\xff\x7fK\0'), /Memo index 2147483647/],
  ['after a text of billions', () => latin('\x80\x02X\xff\xff\xff\xff.'), /pickle data was truncated/],
  ['that is a number', () => latin('\x80\x02K\x01.'), /the TorchScript archive is damaged/],
  ['that is a tuple', () => latin('\x80\x02K\x01\x85.'), /the TorchScript archive is damaged/],
])('a storage %s is refused', (_, change, message) => {
  expect(() => jit.load(withPickle('mlp', change))).toThrow(message);
  expect(() => jit.load(withPickle('mlp', change))).toThrow(torch.TorchError);
});

// libtorch's readers, and what frees a value, call themselves for each level: the process would end
const levels = 100_000;
const deep: [string, Buffer][] = [
  ['lists', Buffer.concat([latin(`\x80\x02${']'.repeat(levels)}${'a'.repeat(levels - 1)}.`)])],
  ['tuples of one', latin(`\x80\x02)${'\x85'.repeat(levels)}.`)],
  ['tuples of any length', latin(`\x80\x02${'('.repeat(levels)}${'t'.repeat(levels)}.`)],
  ['dicts', latin(`\x80\x02}${'K\0}'.repeat(levels)}${'s'.repeat(levels)}.`)],
  ['calls', latin(`\x80\x02${'c__torch__\nM\n('.repeat(levels)}${'tR'.repeat(levels)}.`)],
];

test.each(deep)('deeply nested %s in a pickle are refused', (_, pickle) => {
  for (const part of [/data\.pkl$/, /constants\.pkl$/]) {
    const load = () => jit.load(withPart('mlp', part, () => pickle));
    expect(load).toThrow(/is damaged: .*\.pkl: values are nested more than 1000 deep/);
    expect(load).toThrow(torch.TorchError);
  }
});

test('what is part of another value cannot grow, which would hide how deep that is', () => {
  const grows = latin('\x80\x02]q\0]q\x01h\0ah\0h\x01a.'); // an empty list, put into a second, which goes into the first
  expect(() => jit.load(withPickle('mlp', () => grows))).toThrow(/what is part of another value changes/);
});

test('a deeply nested type in a pickle is refused', () => {
  const type = `${'List['.repeat(levels)}int${']'.repeat(levels)}`;
  const length = Buffer.alloc(4);
  length.writeUInt32LE(type.length);
  const tagged = Buffer.concat([
    latin('\x80\x02ctorch.jit._pickle\nrestore_type_tag\n(]X'),
    length,
    latin(`${type}tR.`),
  ]);
  expect(() => jit.load(withPart('mlp', /constants\.pkl$/, () => tagged))).toThrow(
    /a type is nested more than 1000 deep/,
  );
});

const many = (text: string) => text.repeat(levels);

test.each<[string, string]>([
  ['brackets', `return ${many('(')}x${many(')')}`],
  ['calls', `return ${many('torch.neg(')}x${many(')')}`],
  ['calls of what is called', `return x${many('()')}`],
  ['signs', `return ${many('-')}x`],
  ['words', `return ${many('not ')}x`],
  ['sums', `return x${many(' + x')}`],
  ['sums of several lines', `return x${many(' + \\\n x')}`],
  ['powers', `return x${many('**x')}`],
  ['conditions', `return ${many('x if True else ')}x`],
  ['members', `return x${many('.a')}`],
  ['elements', `return x${many('[0]')}`],
  ['types', `y : ${many('List[')}int${many(']')} = []\n    return x`],
  ['types in a comment', `y = []  # type: ${many('List[')}int${many(']')}\n    return x`],
  ['branches', `if True:\n      y = x\n${many('    elif True:\n      y = x\n')}    return x`],
])('deeply nested %s in code are refused', (_, body) => {
  const code = `class Sequential(Module):\n  def forward(self, x: Tensor) -> Tensor:\n    ${body}\n`;
  expect(() => jit.load(withPart('mlp', /\.py$/, () => latin(code)))).toThrow(
    /\.py: the code is nested more than 1000 deep/,
  );
  const source = `def f(x):\n    ${body}\n`;
  expect(() => new jit.CompilationUnit(source)).toThrow(/the source is nested more than 1000 deep/);
});

test('long code that is not deep is read', () => {
  const lines = [
    ...many('    x = x + 1\n')
      .slice(0, 12_000 * 14)
      .split('\n')
      .slice(0, 2000),
    `    y = [${Array.from({ length: 5000 }, (_, i) => `-${i}`).join(', ')}]`,
    `    # ${'a comment (with a bracket that stays open, '.repeat(2000)}`,
    `    s = "${'text (((('.repeat(1000)}"`,
    '    """',
    `    ${'a text of several lines (((\n'.repeat(1000)}`,
    '    """',
    '    return x + y[3]',
  ];
  const unit = new jit.CompilationUnit(`def f(x: int) -> int:\n${lines.join('\n')}\n`);
  expect((unit.f as (x: number) => number)(1)).toBe(1998);
});

test('an archive with the same pickle is read', () => {
  const x = torch.ones(1, 4);
  expect(
    jit
      .load(withPickle('mlp', (pickle) => pickle))(x)
      .equal(jit.load(pathOf('mlp'))(x) as torch.Tensor),
  ).toBe(true);
});

test('memory stays flat over many calls, and programs are freed with their objects', () => {
  const mlp = jit.load(pathOf('mlp'));
  const x = torch.randn(64, 4);
  const run = (times: number) => {
    for (let i = 0; i < times; i++) mlp(x).sum().backward();
    torch.gc();
    return torch.memory_stats();
  };
  const before = run(100);
  const after = run(2000);
  expect(after.handles).toBeLessThanOrEqual(before.handles + 8);
  expect(after.bytes).toBeLessThanOrEqual(before.bytes + 4096);
  const load = () => {
    for (let i = 0; i < 20; i++) jit.load(pathOf('lstm'));
  };
  load();
  torch.gc();
  const rest = torch.memory_stats();
  load();
  torch.gc();
  expect(torch.memory_stats().handles).toBeLessThanOrEqual(rest.handles + 8);
});

test('a worker thread has programs of its own', async () => {
  const code = `
    const torch = require(${JSON.stringify(join(root, 'dist', 'entries', 'main.js'))});
    const { parentPort, workerData } = require('node:worker_threads');
    const run = torch.jit.load(workerData);
    const traced = torch.jit.trace((x) => x.mul(2), torch.ones(1));
    parentPort.postMessage([run(torch.ones(2, 4)).shape, traced(torch.ones(3)).tolist()]);
  `;
  const results = await Promise.all(
    [0, 1].map(
      () =>
        new Promise((resolve, reject) => {
          const worker = new Worker(code, { eval: true, workerData: pathOf('mlp') });
          worker.once('message', resolve).once('error', reject);
        }),
    ),
  );
  expect(results).toEqual(
    Array(2).fill([
      [2, 3],
      [2, 2, 2],
    ]),
  );
});
