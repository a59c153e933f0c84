import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import torch, { nn, type Tensor } from 'tsorch';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tsorch-save-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const file = (name: string) => join(folder, name);

function roundTrip<Value>(value: Value): Value {
  torch.save(value, file('value.pt'));
  return torch.load<Value>(file('value.pt'));
}

describe('comes back', () => {
  test.each(
    'float64 float32 float16 bfloat16 int64 int32 int16 int8 uint8 bool complex64 complex128 complex32 uint16 uint32 uint64 float8_e5m2 float8_e4m3fn'.split(
      ' ',
    ),
  )('a tensor of %s', (name) => {
    const dtype = (torch as unknown as Record<string, typeof torch.float32>)[name]!;
    const x = torch.tensor([1, 0, 3]).to(dtype);
    const back = roundTrip(x);
    expect(back.dtype).toBe(dtype);
    expect(String(back)).toBe(String(x));
  });

  test('views with the storage they share, saved once', () => {
    const base = torch.arange(1000).reshape(10, 100);
    const back = roundTrip({ base, row: base.index(3), transposed: base.t(), strided: base.index(':', '::3') });
    expect(back.transposed.tolist()).toEqual(base.t().tolist());
    expect(back.strided.stride()).toEqual([100, 3]);
    back.base.fill_(-1);
    expect(back.row.sum().item()).toBe(-100);
    expect(statSync(file('value.pt')).size).toBeLessThan(8 * 1000 + 4000);
  });

  test('one tensor at two places as one', () => {
    const x = torch.ones(2);
    const list = [x, x, { x }] as const;
    const [first, second, third] = roundTrip(list);
    expect(first).toBe(second);
    expect(third.x).toBe(first);
  });

  test('tensors that require grad, parameters, sparse and meta tensors', () => {
    const back = roundTrip({
      leaf: torch.ones(2, { requires_grad: true }),
      inner: torch.ones(2, { requires_grad: true }).mul(2),
      parameter: new nn.Parameter(torch.ones(1)),
      coo: torch.eye(3).to_sparse(),
      csr: torch.eye(3).to_sparse_csr(),
      csc: torch.eye(3).to_sparse_csc(),
      meta: torch.empty(2, { device: 'meta' }),
      conj: torch.tensor([new torch.Complex(1, 2)]).conj(),
      empty: torch.empty(0, 3),
    });
    expect(back.leaf.requires_grad).toBe(true);
    expect([back.inner.requires_grad, back.inner.is_leaf, back.inner.tolist()]).toEqual([true, true, [2, 2]]);
    expect(back.parameter).toBeInstanceOf(nn.Parameter);
    for (const each of [back.coo, back.csr, back.csc]) expect(each.to_dense().tolist()).toEqual(torch.eye(3).tolist());
    expect(back.coo.is_coalesced()).toBe(true);
    expect(back.meta.is_meta).toBe(true);
    expect(String(back.conj)).toBe('tensor([1.-2.j])');
    expect(back.empty.shape).toEqual([0, 3]);
  });

  test.each<[string, unknown]>([
    ['integers', [0, 1, 255, 256, 65535, 65536, -1, -129, 2 ** 31, -(2 ** 31), 2 ** 40, Number.MAX_SAFE_INTEGER]],
    ['bigints', [2n ** 53n, -(2n ** 63n), 2n ** 100n, -(2n ** 2100n), 127n ** 30n]],
    ['floats', [0.5, -0, Number.NaN, Number.POSITIVE_INFINITY, 1e300, 5e-324]],
    ['text', ['', 'é', '\u{1f600}', 'a\nb', 'x'.repeat(70000)]],
    ['nothing', [null, true, false]],
    ['nested', { a: [1, { b: [[], {}] }] }],
    ['numbered', { 0: 'a', 10: 'b' }],
    ['Maps', new Map<unknown, unknown>([[1, 'a'], ['b', null], [2.5, []]])], // biome-ignore format: one line
    ['Sets', new Set(['a', 1])],
    ['long lists', Array.from({ length: 2500 }, (_, i) => i)],
    ['dtypes', [torch.float32, torch.bool, torch.strided]],
    ['bytes', Uint8Array.from([0, 127, 128, 255])],
  ])('%s', (_, value) => {
    expect(roundTrip(value)).toEqual(value);
  });

  test('many strings, each once', () => {
    const value = Object.fromEntries(Array.from({ length: 700 }, (_, i) => [`key ${i}`, `key ${699 - i}`]));
    expect(roundTrip(value)).toEqual(value);
    expect(statSync(file('value.pt')).size).toBeLessThan(30000);
  });

  test('an object that contains itself', () => {
    const loop: { self?: object; list: unknown[] } = { list: [] };
    loop.self = loop;
    loop.list.push(loop.list);
    const back = roundTrip(loop);
    expect(back.self).toBe(back);
    expect(back.list[0]).toBe(back.list);
  });

  test('a text that is the name of a class', () => {
    expect(roundTrip([torch.device('cpu'), 'torch.device']).map(String)).toEqual(['cpu', 'torch.device']);
  });

  test('a state_dict with what its modules say about it', () => {
    const model = new nn.Linear(3, 2);
    const back = roundTrip(model.state_dict()) as Record<string, Tensor> & { _metadata: object };
    expect(Object.keys(back)).toEqual(['weight', 'bias']);
    expect(back._metadata).toEqual({ '': { version: 1 } });
    const other = new nn.Linear(3, 2);
    other.load_state_dict(back);
    expect(other.weight.tolist()).toEqual(model.weight.tolist());
  });
});

describe('is refused', () => {
  test('what Python could not read', () => {
    class Thing {}
    const save = (value: unknown) => () => torch.save(value, file('refused.pt'));
    expect(save({ a: [() => 1] })).toThrow(new TypeError("cannot pickle 'function' object (at a.0)"));
    expect(save(new Thing())).toThrow(new TypeError("cannot pickle 'Thing' object"));
    expect(save({ model: new nn.Linear(1, 1) })).toThrow(
      new TypeError("cannot pickle 'Linear' object (at model); save its state_dict()"),
    );
    expect(save(Float32Array.of(1))).toThrow(TypeError);
    expect(existsSync(file('refused.pt'))).toBe(false);
  });

  test('one memory under two dtypes', () => {
    const x = torch.ones(4);
    expect(() => torch.save([x, x.view(torch.int32)], file('refused.pt'))).toThrow(
      'Cannot save multiple tensors or storages that view the same data as different types',
    );
  });

  test('what is no place for a file', () => {
    expect(() => torch.save(1, file('no/such/folder.pt'))).toThrow(/cannot write .*folder.pt.*: No such file/);
    expect(() => torch.save(1, 5 as never)).toThrow(/expected 'f' to be a path/);
    expect(() => torch.save(1, file('x.pt'), { protocol: 4 } as never)).toThrow(
      /unexpected keyword argument 'protocol'/,
    );
  });
});

describe('the file', () => {
  test('goes to whatever takes bytes', () => {
    const chunks: Uint8Array[] = [];
    torch.save({ x: torch.ones(2) }, { write: (bytes) => chunks.push(bytes) });
    expect(torch.load<{ x: Tensor }>(Buffer.concat(chunks)).x.tolist()).toEqual([1, 1]);
  });

  test('replaces the old one whole, through a link, and leaves nothing else behind', () => {
    torch.save(1, file('old.pt'));
    symlinkSync(file('old.pt'), file('link.pt'));
    torch.save(2, file('link.pt'));
    expect(torch.load(file('old.pt'))).toBe(2);
    expect(() => torch.save([2, () => 1], file('old.pt'))).toThrow(TypeError);
    expect(torch.load(file('old.pt'))).toBe(2);
    expect(readdirSync(folder).filter((name) => name.includes('.tmp'))).toEqual([]);
  });

  test('stays when it cannot be written', () => {
    if (!existsSync('/dev/full')) return;
    expect(() => torch.save(torch.ones(100000), '/dev/full')).toThrow(/cannot write \/dev\/full: No space left/);
    writeFileSync(file('plain.txt'), 'text');
    expect(() => torch.save(1, join(file('plain.txt'), 'x.pt'))).toThrow(/ENOTDIR|Not a directory/);
    expect(readFileSync(file('plain.txt'), 'utf8')).toBe('text');
  });
});
