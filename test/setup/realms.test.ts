/** Values of another realm: jest's test files have classes of their own, and node:vm gives others. */
import { join } from 'node:path';
import { runInNewContext } from 'node:vm';
import torch, { copy } from 'tsorch';
import { receive, share, withdraw } from 'tsorch/multiprocessing';
import { load_file, save_file } from 'tsorch/safetensors';
import { default_collate, default_convert } from 'tsorch/utils/data';
import { temporaryFolder } from './fakes';

/** Runs code in another realm; `x` there is a tensor of this one. */
const elsewhere = <Value = unknown>(code: string): Value =>
  runInNewContext(`(${code})`, { x: torch.ones(2), torch }) as Value;

test('deepcopy', () => {
  const map = elsewhere<Map<string, unknown>>("new Map([['x', x], ['list', [x]], ['set', new Set([x])]])");
  const copied = copy.deepcopy(map);
  expect([...copied.keys()]).toEqual(['x', 'list', 'set']);
  const x = copied.get('x') as torch.Tensor;
  expect(x).not.toBe(map.get('x'));
  expect((copied.get('list') as unknown[])[0]).toBe(x);
  expect([...(copied.get('set') as Set<unknown>)][0]).toBe(x);
  expect(copy.copy(map).get('x')).toBe(map.get('x'));
});

test.each(['here', 'elsewhere'])('deepcopy of what is not in properties, made %s', (where) => {
  const make = <Value>(code: string): Value =>
    where === 'here' ? (new Function(`return ${code}`)() as Value) : elsewhere(code);
  const date = make<Date>('new Date(5)');
  expect(copy.deepcopy(date).getTime()).toBe(5);
  expect(copy.deepcopy(date)).not.toBe(date);
  expect(copy.copy(date).getTime()).toBe(5);
  expect(copy.deepcopy(make<RegExp>('/a+/gi')).test('bAa')).toBe(true);
  expect(copy.deepcopy(make<ArrayBuffer>('new Uint8Array([1, 2]).buffer')).byteLength).toBe(2);
  const shared = make<SharedArrayBuffer>('new SharedArrayBuffer(2)');
  expect(copy.deepcopy(shared)).toBe(shared);
  const error = copy.deepcopy(make<Error>("Object.assign(new TypeError('no'), { code: 1 })"));
  expect(error).toMatchObject({ message: 'no', code: 1 });
});

test('torch.save', () => {
  const path = join(temporaryFolder(), 'x.pt');
  torch.save(
    elsewhere('{ map: new Map([[1, x]]), set: new Set([1]), list: [x, { y: x }], bytes: new Uint8Array([7]) }'),
    path,
  );
  const loaded = torch.load(path) as {
    map: Map<number, torch.Tensor>;
    set: Set<number>;
    list: [torch.Tensor, { y: torch.Tensor }];
  };
  expect(Object.entries(loaded.map instanceof Map ? Object.fromEntries(loaded.map) : loaded.map)[0]![0]).toBe('1');
  expect([...loaded.set]).toEqual([1]);
  expect(loaded.list[1].y.tolist()).toEqual([1, 1]);
});

test('collation', () => {
  const batch = elsewhere<Map<string, torch.Tensor>[]>("[new Map([['x', x]]), new Map([['x', x]])]");
  const collated = default_collate(batch) as unknown as Map<string, torch.Tensor>;
  expect(collated.get('x')!.shape).toEqual([2, 2]);
  const records = default_collate(elsewhere<{ x: torch.Tensor; n: number }[]>('[{ x, n: 1 }, { x, n: 2 }]'));
  expect([records.x.shape, records.n.tolist()]).toEqual([
    [2, 2],
    [1, 2],
  ]);
  expect(
    (default_convert(elsewhere("new Map([['a', new Float32Array(2)]])")) as Map<string, torch.Tensor>).get('a')!.shape,
  ).toEqual([2]);
});

test('safetensors', () => {
  const path = join(temporaryFolder(), 'x.safetensors');
  save_file(elsewhere('{ x }'), path, elsewhere("{ format: 'pt' }"));
  expect(load_file(path).x!.tolist()).toEqual([1, 1]);
});

test('share', () => {
  const value = elsewhere<object>(
    "{ map: new Map([['x', x]]), set: new Set([2]), date: new Date(5), error: new TypeError('no'), pattern: /a/ }",
  );
  const { map, set, date, error } = receive(share(value)) as {
    map: Map<string, torch.Tensor>;
    set: Set<number>;
    date: Date;
    error: Error;
  };
  expect(map.get('x')!.tolist()).toEqual([1, 1]);
  expect([[...set], date.getTime(), error.message]).toEqual([[2], 5, 'no']);
  withdraw(share(value));
});

test('options, trees and scopes', () => {
  expect(torch.ones(2, elsewhere<{ dtype: torch.dtype }>('{ dtype: torch.int64 }')).dtype).toBe(torch.int64);
  expect(torch.zeros(elsewhere<number[]>('[2, 3]')).shape).toEqual([2, 3]);
  expect(torch.tensor(elsewhere<number[][]>('[[1, 2]]')).tolist()).toEqual([[1, 2]]);
  expect(torch.tensor(elsewhere<Float64Array>('new Float64Array([1.5])')).dtype).toBe(torch.float64);
  const doubled = torch.vmap((input: { a: torch.Tensor }) => ({ b: input.a.mul(2) }))(elsewhere('{ a: x }')) as {
    b: torch.Tensor;
  };
  expect(doubled.b.tolist()).toEqual([2, 2]);
  const kept = torch.tidy(() =>
    elsewhere<Map<string, torch.Tensor>>("new Map([['x', torch.ones(2)], ['set', new Set([torch.ones(1)])]])"),
  );
  expect(kept.get('x')!.tolist()).toEqual([1, 1]);
  expect([...(kept.get('set') as unknown as Set<torch.Tensor>)][0]!.item()).toBe(1);
});

test('optimizers', () => {
  const parameters = elsewhere<Set<torch.Tensor>>('new Set([x])');
  expect(() => new torch.optim.SGD([{ params: parameters as never }], { lr: 1 })).toThrow('ordered collections');
  const optimizer = new torch.optim.Adam([new torch.nn.Parameter(torch.ones(2))], elsewhere('{ lr: 0.5 }'));
  expect(optimizer.param_groups[0]!.lr).toBe(0.5);
});
