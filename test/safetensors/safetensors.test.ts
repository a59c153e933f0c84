import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import torch, { nn, type Tensor } from 'tsorch';
import {
  load,
  load_file,
  load_model,
  SafetensorError,
  safe_open,
  save,
  save_file,
  save_model,
  save_torch_state_dict,
} from 'tsorch/safetensors';

const fixtures = join(__dirname, '../../../test/safetensors/fixtures');
const fixture = (name: string) => join(fixtures, name);

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tsorch-safetensors-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const file = (name: string) => join(folder, name);

const extra = ['scalar', 'empty', 'é中'];

describe('what Python saved', () => {
  test.each(['mmap', 'pread'] as const)('every dtype, by %s', (backend) => {
    const tensors = load_file(fixture('dtypes.safetensors'), { backend });
    expect(Object.keys(tensors)).toHaveLength(22);
    for (const [name, x] of Object.entries(tensors)) {
      if (extra.includes(name)) continue;
      expect([name, String(x.dtype), x.shape]).toEqual([name, `torch.${name}`, [2, 3]]);
      const values = x.is_complex() ? x.real : x.to(torch.float32);
      if (name !== 'float8_e8m0fnu')
        expect(values.index(0).to(torch.float32).tolist()).toEqual(name === 'bool' ? [1, 1, 0] : [1, 2, 0]);
    }
    expect([tensors.scalar!.shape, tensors.scalar!.item()]).toEqual([[], 7]);
    expect(tensors.empty!.shape).toEqual([0, 3]);
    expect(tensors.é中!.tolist()).toEqual([1]);
  });

  test('is, byte for byte, what is saved here', () => {
    const bytes = readFileSync(fixture('dtypes.safetensors'));
    const metadata = safe_open(fixture('dtypes.safetensors'), (f) => f.metadata());
    expect(metadata).toEqual({ note: 'a "quoted" é' });
    expect(Buffer.from(save(load(bytes), metadata)).equals(bytes)).toBe(true);
    save_file(load_file(fixture('dtypes.safetensors')), file('same.safetensors'), { metadata });
    expect(readFileSync(file('same.safetensors')).equals(bytes)).toBe(true);
  });

  test('by name, and in part', () => {
    using open = safe_open(fixture('dtypes.safetensors'), 'pt', 'cpu');
    expect(open.keys()).toEqual([...open.offset_keys()].sort());
    expect(open.offset_keys()[0]).toBe('uint64');
    expect(open.get_tensor('int16').tolist()).toEqual([
      [1, 2, 0],
      [4, 0, 8],
    ]);
    const slice = open.get_slice('float32');
    expect([slice.get_shape(), slice.get_dtype()]).toEqual([[2, 3], 'F32']);
    expect(slice.index(':', '1:').tolist()).toEqual([
      [2, 0],
      [0.5, 8],
    ]);
    expect(() => open.get_tensor('none')).toThrow(new SafetensorError('File does not contain tensor none'));
    open.close();
    expect(() => open.get_tensor('int16')).toThrow('File is closed');
  });

  test('in several files', () => {
    const path = fixture('model.safetensors.index.json');
    const tensors = load_file(path);
    expect(Object.keys(tensors)).toEqual(['a.weight', 'b.weight', 'b.bias']);
    expect(tensors['b.weight']!.tolist()).toEqual([1, 1, 1, 1]);
    safe_open(path, (f) => {
      expect(f.metadata()).toEqual({ total_size: '44' });
      expect(f.get_slice('a.weight').index(1).tolist()).toEqual([3, 4, 5]);
    });
  });

  test('a change in a mapped tensor does not reach the file', () => {
    copyFileSync(fixture('dtypes.safetensors'), file('mapped.safetensors'));
    const { float32 } = load_file(file('mapped.safetensors'));
    float32!.fill_(9);
    expect(load_file(file('mapped.safetensors')).float32!.index(0, 0).item()).toBe(1);
  });
});

describe('saving', () => {
  test('refuses what would be lost', () => {
    const base = torch.arange(6).reshape(2, 3);
    expect(() => save({ a: base, b: base.index(1) })).toThrow(/Some tensors share memory.*\{'a', 'b'\}/);
    expect(() => save({ a: base.t() })).toThrow(/save a non contiguous tensor: `a`/);
    expect(() => save({ a: torch.eye(2).to_sparse() })).toThrow(/save a sparse tensor: `a`/);
    expect(() => save({ a: torch.ones(1).to(torch.complex128) })).toThrow(/no dtype for torch.complex128: tensor `a`/);
    expect(() => save({ a: torch.empty(1, { device: 'meta' }) })).toThrow(/meta device/);
    expect(() => save({ a: 1 as never })).toThrow(/Key `a` is invalid, expected torch.Tensor but received/);
    expect(() => save({ a: base }, { n: 1 as never })).toThrow(/metadata 'n' must be str/);
    expect(() => save_file({ __metadata__: base }, file('x.safetensors'))).toThrow(/cannot have the name/);
  });

  test('parts of one memory that do not overlap', () => {
    const base = torch.arange(6).reshape(2, 3);
    const back = load(save({ a: base.index(0), b: base.index(1) }));
    expect([back.a!.tolist(), back.b!.tolist()]).toEqual([
      [0, 1, 2],
      [3, 4, 5],
    ]);
  });

  class Tied extends nn.Module {
    embed = new nn.Embedding(4, 3);
    head = new nn.Linear(3, 4, { bias: false });
    constructor() {
      super();
      this.head.weight = this.embed.weight;
    }
  }

  test('models with tied weights', () => {
    const model = new Tied();
    save_model(model, file('tied.safetensors'));
    safe_open(file('tied.safetensors'), (f) => {
      expect(f.keys()).toEqual(['embed.weight']);
      expect(f.metadata()).toEqual({ 'head.weight': 'embed.weight' });
    });
    const other = new Tied();
    expect(load_model(other, file('tied.safetensors'))).toEqual([[], []]);
    expect(other.head.weight.equal(model.head.weight)).toBe(true);
    const lax = load_model(new nn.Linear(1, 1), file('tied.safetensors'), { strict: false, device: 'cpu' });
    expect(lax).toEqual([['bias', 'weight'], ['embed.weight']]);
    save_model(model, file('named.safetensors'), { metadata: { made: 'here' }, force_contiguous: true });
    safe_open(file('named.safetensors'), (f) => expect(f.metadata()).toMatchObject({ made: 'here' }));
    expect(() => load_model(new nn.Linear(1, 1), file('tied.safetensors'))).toThrow(
      /Error\(s\) in loading state_dict for Linear:\n {4}Missing key\(s\) in state_dict: "bias", "weight"\n {4}Unexpected key\(s\) in state_dict: "embed.weight"/,
    );
  });

  test('in several files', () => {
    const state: Record<string, Tensor> = { a: torch.ones(10), b: torch.zeros(10), c: torch.arange(3) };
    const place = file('shards');
    save_torch_state_dict(state, place, { max_shard_size: 64 });
    expect(readdirSync(place).sort()).toEqual([
      'model-00001-of-00002.safetensors',
      'model-00002-of-00002.safetensors',
      'model.safetensors.index.json',
    ]);
    const back = load_file(join(place, 'model.safetensors.index.json'));
    for (const [name, x] of Object.entries(state)) expect(back[name]!.equal(x)).toBe(true);
    save_torch_state_dict(state, file('single'));
    expect(readdirSync(file('single'))).toEqual(['model.safetensors']);
    expect(() => save_torch_state_dict(state, place, { max_shard_size: '5 apples' })).toThrow(/not in a valid format/);
  });
});

describe('damaged files', () => {
  function made(header: string, data = 0): Uint8Array {
    const text = Buffer.from(header);
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(text.length));
    return Buffer.concat([length, text, Buffer.alloc(data)]);
  }
  const tensor = (fields: object) => JSON.stringify({ dtype: 'F32', shape: [1], data_offsets: [0, 4], ...fields });

  test.each<[string, Uint8Array, RegExp]>([
    ['nothing', Buffer.alloc(0), /header too small/],
    ['a huge header', Buffer.from('ffffffffffffffff', 'hex'), /header too large/],
    ['a header beyond the end', Buffer.from('1000000000000000', 'hex'), /invalid header length 16/],
    ['no JSON', made('{"a":'), /invalid JSON in header/],
    ['no UTF-8', Buffer.from('0200000000000000ffff', 'hex'), /not UTF-8/],
    ['a list', made('[]'), /expected an object/],
    ['no description', made('{"a":1}'), /tensor `a` is not described by an object/],
    ['an unknown dtype', made(`{"a":${tensor({ dtype: 'F33' })}}`, 4), /unknown or unsupported dtype "F33"/],
    ['a negative size', made(`{"a":${tensor({ shape: [-1] })}}`, 4), /invalid shape for tensor `a`/],
    ['a fraction', made(`{"a":${tensor({ data_offsets: [0, 4.5] })}}`, 4), /invalid offset for tensor `a`/],
    ['a wrong size', made(`{"a":${tensor({ shape: [2] })}}`, 4), /tensor `a` of shape \[2\].* has 8 bytes, not 4/],
    ['a huge shape', made(`{"a":${tensor({ shape: [2 ** 40, 2 ** 40] })}}`, 4), /not 4/],
    ['one key twice', made(`{"a":${tensor({})},"a":${tensor({})}}`, 4), /duplicate key "a"/],
    ['one key twice, spelt differently', made(`{"a":${tensor({})},"\\u0061":${tensor({})}}`, 4), /duplicate key/],
    ['an overlap', made(`{"a":${tensor({})},"b":${tensor({})}}`, 4), /tensor `b`: it overlaps/],
    ['a hole', made(`{"a":${tensor({ data_offsets: [4, 8] })}}`, 8), /leaves a hole/],
    ['bytes that nothing describes', made(`{"a":${tensor({})}}`, 8), /file not fully covered/],
    ['a truncated end', made(`{"a":${tensor({})}}`, 3), /file not fully covered/],
    ['numbers as metadata', made('{"__metadata__":{"a":1}}'), /__metadata__.a must be a string/],
    ['an unknown field', made(`{"a":${tensor({ extra: 1 })}}`, 4), /unknown field `extra`/],
    ['deep nesting', made(`{"a":${'['.repeat(1e5)}${']'.repeat(1e5)}}`), /not described by an object/],
  ])('%s', (_, bytes, message) => {
    expect(() => load(bytes)).toThrow(SafetensorError);
    expect(() => load(bytes)).toThrow(message);
  });

  test('metadata may be long', () => {
    const text = JSON.stringify(`${'x'.repeat(20_000_000)}\n`);
    const bytes = made(`{"__metadata__":{"a":${text}},"a":${tensor({})}}`, 4);
    writeFileSync(file('long.safetensors'), bytes);
    expect(safe_open(file('long.safetensors')).metadata()!.a).toHaveLength(20_000_001);
    expect(() => load(made(`{"__metadata__":{"a":${text},"a":${text}}}`))).toThrow(/duplicate key "a"/);
  });

  test('an index that leads elsewhere', () => {
    mkdirSync(file('hostile'));
    const index = join(file('hostile'), 'model.safetensors.index.json');
    for (const place of ['../dtypes.safetensors', '/etc/passwd', '..', 5]) {
      writeFileSync(index, JSON.stringify({ weight_map: { a: place } }));
      expect(() => load_file(index)).toThrow(/is no file of its folder/);
    }
    writeFileSync(index, '{}');
    expect(() => load_file(index)).toThrow(/has no 'weight_map'/);
  });

  test('an unaligned header is read too', () => {
    const header = `{"a":${tensor({})}} `;
    const bytes = Buffer.concat([made(header), Buffer.from(Float32Array.of(2.5).buffer)]);
    writeFileSync(file('unaligned.safetensors'), bytes);
    expect(bytes.length % 4).not.toBe(0);
    expect(load_file(file('unaligned.safetensors')).a!.item()).toBe(2.5);
  });
});
