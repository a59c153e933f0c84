import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import torch, { nn, type Tensor } from 'tsorch';
import { withoutChecksums } from './checksums';

const fixture = (name: string) => join(__dirname, '../../../test/serialization/fixtures', name);
type Values = Record<string, Tensor> & Record<string, unknown>;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tsorch-load-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('what Python saved', () => {
  const values = torch.load<Values>(fixture('values.pt'));

  test('tensors of every dtype', () => {
    const tensors = values.dtypes as unknown as Record<string, Tensor>;
    expect(Object.keys(tensors)).toHaveLength(21);
    for (const [name, x] of Object.entries(tensors)) {
      expect(String(x.dtype)).toBe(`torch.${name}`);
      if (name === 'float8_e8m0fnu') continue; // has no zero
      const expected = name === 'bool' ? [true, true, false] : [1, 2, 0];
      const list = x.is_complex() ? x.to(torch.complex64).real.tolist() : x.tolist();
      expect(list).toEqual(expected);
    }
  });

  test('views share the storage they shared', () => {
    const { base, row, transposed, strided, expanded } = values;
    expect(row!.tolist()).toEqual([4, 5, 6, 7]);
    expect([transposed!.shape, transposed!.stride()]).toEqual([
      [4, 3],
      [1, 4],
    ]);
    expect(strided!.tolist()).toEqual([
      [0, 2],
      [4, 6],
      [8, 10],
    ]);
    expect(expanded!.stride()).toEqual([0]);
    base!.fill_(9);
    expect(row!.tolist()).toEqual([9, 9, 9, 9]);
    expect((values.same as unknown as Tensor[])[0]).toBe((values.same as unknown as Tensor[])[1]);
  });

  test('what else tensors carry', () => {
    expect(values.scalar!.shape).toEqual([]);
    expect(values.scalar!.item()).toBe(7);
    expect(values.empty!.shape).toEqual([0, 3]);
    expect(String(values.conj)).toBe('tensor([1.-2.j])');
    expect(values.conj!.is_conj()).toBe(true);
    expect(values.leaf!.requires_grad).toBe(true);
    expect(values.parameter).toBeInstanceOf(nn.Parameter);
    expect(String(values.parameter)).toBe('Parameter containing:\ntensor([1., 2.], requires_grad=True)');
    expect(values.frozen).toBeInstanceOf(nn.Parameter);
    expect(values.frozen!.requires_grad).toBe(false);
    expect(values.coo!.is_sparse).toBe(true);
    expect(values.coo!.to_dense().tolist()).toEqual(torch.eye(3).tolist());
    expect(values.csr!.to_dense().tolist()).toEqual(torch.eye(3).tolist());
    expect([values.meta!.is_meta, values.meta!.shape]).toEqual([true, [2, 3]]);
  });

  test('numbers, text and containers', () => {
    const big = [2n ** 53n + 1n, -(2n ** 63n), 2n ** 100n];
    expect(values.ints).toEqual([0, 255, 256, 65535, 65536, -1, 2 ** 31, 2 ** 53 - 1, ...big]);
    expect(values.floats).toEqual([1.5, -0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1e300]);
    expect(values.text).toBe('a\u00e9\u4e2d\u{1f600}');
    expect([...(values.bytes as unknown as Uint8Array)]).toEqual([0, 255]);
    expect([...(values.bytearray as unknown as Uint8Array)]).toEqual([1, 2]);
    expect(values.none).toBeNull();
    expect(values.booleans).toEqual([true, false]);
    expect(values.nested).toEqual({ list: [1, [2, [3]]], dict: { a: { b: null } } });
    expect(values.set).toEqual(new Set([3]));
    expect(values.numbered).toEqual({ 0: 'a', 1: 'b' });
    expect(values.mixed).toEqual(new Map<unknown, unknown>([[1, 'one'], ['two', 2]])); // biome-ignore format: one line
    expect(Object.entries(values.ordered as object)).toEqual([
      ['z', 1],
      ['a', 2],
    ]);
    expect(String(values.complex)).toBe('(1-2j)');
    expect(values.size).toEqual([2, 3]);
    expect(values.dtype).toBe(torch.bfloat16);
    expect(String(values.device)).toBe('cuda:1');
    expect(values.layout).toBe(torch.sparse_coo);
  });

  test('a key named __proto__ is a key like any other', () => {
    expect(Object.getOwnPropertyDescriptor(values, '__proto__')!.value).toBe('a key like any other');
    expect(Object.getPrototypeOf(values)).toBe(Object.getPrototypeOf({}));
  });

  test('a checkpoint of a model and its optimizer', () => {
    const { model, optimizer, epoch } = torch.load<{
      model: Record<string, Tensor> & { _metadata: object };
      optimizer: { state: Record<string, { step: Tensor; exp_avg: Tensor }>; param_groups: { betas: number[] }[] };
      epoch: number;
    }>(fixture('checkpoint.pt'));
    expect(epoch).toBe(3);
    expect(Object.keys(model)).toEqual(
      '0.weight 0.bias 1.weight 1.bias 1.running_mean 1.running_var 1.num_batches_tracked'.split(' '),
    );
    expect(model._metadata).toEqual({ '': { version: 1 }, 0: { version: 1 }, 1: { version: 2 } });
    expect(optimizer.state[0]!.step.item()).toBe(1);
    expect(optimizer.state[3]!.exp_avg.shape).toEqual([2]);
    expect(optimizer.param_groups[0]!.betas).toEqual([0.9, 0.999]);
    const linear = new nn.Linear(3, 2);
    const own = Object.fromEntries(['weight', 'bias'].map((name) => [name, model[`0.${name}`]!]));
    expect(String(linear.load_state_dict(own))).toBe('<All keys matched successfully>');
  });

  test('newer pickle protocols, and the format before PyTorch 1.6', () => {
    const { w, row, n } = torch.load<Values>(fixture('protocol4.pt'));
    expect([w!.shape, row!.tolist(), n]).toEqual([[4, 3], [4, 5, 6, 7], 3]);
    const legacy = torch.load<Tensor>(fixture('legacy.pt'));
    expect(legacy.tolist()).toEqual(torch.arange(12).reshape(3, 4).tolist());
    expect(legacy.dtype).toBe(torch.float32);
  });

  test('all of it in the format before PyTorch 1.6 too, from a file and from memory', () => {
    const path = fixture('legacy_values.pt');
    for (const legacy of [torch.load<Values>(path), torch.load<Values>(readFileSync(path))]) {
      expect(Object.keys(legacy)).toEqual(Object.keys(values));
      const seen = (all: Values) => Object.entries(all).map(([name, value]) => [name, String(value)]);
      expect(seen(legacy)).toEqual(seen(torch.load<Values>(fixture('values.pt'))));
      expect(seen(legacy.dtypes as unknown as Values)).toEqual(seen(values.dtypes as unknown as Values));
      legacy.base!.fill_(9);
      expect(legacy.row!.tolist()).toEqual([9, 9, 9, 9]);
    }
    expect(torch.load<Values>(path, 'meta').base!.is_meta).toBe(true);
  });

  test('not the .tar format before PyTorch 0.1.10', () => {
    const tar = Buffer.alloc(1024);
    tar.write('storages', 0);
    tar.write('ustar', 257);
    expect(() => torch.load(tar)).toThrow(/in the .tar format of before PyTorch 0.1.10, which cannot be read safely/);
  });

  test('from a Buffer, an ArrayBuffer or a URL', () => {
    const bytes = readFileSync(fixture('protocol4.pt'));
    const buffer = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) as ArrayBuffer;
    for (const source of [bytes, buffer, pathToFileURL(fixture('protocol4.pt'))]) {
      expect(torch.load<Values>(source).n).toBe(3);
    }
    expect(torch.load<Tensor>(readFileSync(fixture('legacy.pt'))).shape).toEqual([3, 4]);
  });

  test('mapped into memory: writing changes the tensor, not the file', () => {
    const copy = join(folder, 'mapped.pt');
    copyFileSync(fixture('protocol4.pt'), copy);
    const { row } = torch.load<Values>(copy, { mmap: true });
    expect(row!.tolist()).toEqual([4, 5, 6, 7]);
    row!.fill_(1);
    expect(torch.load<Values>(copy).row!.tolist()).toEqual([4, 5, 6, 7]);
    expect(() => torch.load(readFileSync(copy), { mmap: true })).toThrow(/mmap can only be used with the path/);
    expect(() => torch.load(fixture('legacy.pt'), { mmap: true })).toThrow(/mmap can only be used/);
  });
});

describe('map_location', () => {
  function savedFromCuda(): Uint8Array {
    const bytes = withoutChecksums(readFileSync(fixture('protocol4.pt')));
    const at = bytes.indexOf('\x8c\x03cpu', 0, 'latin1'); // the location in the pickle, a text of 3 bytes
    bytes.write('xla', at + 2, 'latin1');
    return bytes;
  }

  test('sends storages to a device', () => {
    expect(torch.load<Values>(fixture('protocol4.pt'), 'meta').w!.is_meta).toBe(true);
    expect(torch.load<Values>(fixture('protocol4.pt'), torch.device('meta')).w!.shape).toEqual([4, 3]);
    expect(torch.load<Values>(savedFromCuda(), { map_location: 'cpu' }).row!.tolist()).toEqual([4, 5, 6, 7]);
    expect(torch.load<Values>(savedFromCuda(), { map_location: { xla: 'cpu' } }).w!.is_cpu).toBe(true);
  });

  test('is a function of the storage and where it was', () => {
    const seen: unknown[] = [];
    const { w } = torch.load<Values>(fixture('protocol4.pt'), (storage, location) => {
      seen.push([storage.dtype, storage.numel(), location]);
      return null;
    });
    expect(seen).toEqual([[torch.uint8, 48, 'cpu']]);
    expect(w!.shape).toEqual([4, 3]);
  });

  test('is needed for a device that is not there', () => {
    expect(() => torch.load(savedFromCuda())).toThrow(/Attempting to deserialize object on a XLA device/);
    expect(() => torch.load(fixture('protocol4.pt'), 'cuda:77')).toThrow(/Attempting to deserialize object on/);
  });
});

describe('nothing in a file runs code', () => {
  test('classes are refused by name, unless they are allowed', () => {
    expect(() => torch.load(fixture('config.pt'))).toThrow(
      /Unsupported global: GLOBAL package.config.Config was not an allowed global by default/,
    );
    class Config {
      width = 0;
      declare names: object;
    }
    const load = () => torch.load<{ config: Config }>(fixture('config.pt'));
    const { config } = torch.serialization.safe_globals({ 'package.config.Config': Config }, load);
    expect(config).toBeInstanceOf(Config);
    expect(config).toEqual({ width: 3, names: { a: 1 } });
    expect(load).toThrow(torch.serialization.UnpicklingError);
    torch.serialization.add_safe_globals({ 'package.config.Config': () => ({ made: true }) });
    expect(load().config).toEqual({ made: true, width: 3, names: { a: 1 } });
    expect(Object.keys(torch.serialization.get_safe_globals())).toEqual(['package.config.Config']);
    torch.serialization.clear_safe_globals();
    expect(load).toThrow(torch.serialization.UnpicklingError);
  });

  /** An archive with a pickle of one's own. */
  function archiveOf(codes: string): Uint8Array {
    const bytes = withoutChecksums(readFileSync(fixture('protocol4.pt')));
    const start = bytes.indexOf('\x80\x04\x95', 0, 'latin1');
    bytes.write(codes, start, 'latin1');
    return bytes;
  }

  test.each([
    ['os.system', '\x80\x02cos\nsystem\n', /GLOBAL os.system was not an allowed global/],
    ['eval', '\x80\x02c__builtin__\neval\n', /GLOBAL builtins.eval was not an allowed global/],
    ['a property of every object', '\x80\x02cconstructor\nconstructor\n', /GLOBAL constructor.constructor/],
    ['calling a dtype', '\x80\x02ctorch\nfloat32\n)R.', /Trying to call reduce for unrecognized function/],
    ['an empty stack', '\x80\x02R.', /stack underflow/],
    ['no mark', '\x80\x02t.', /could not find MARK/],
    ['an unknown instruction', '\x80\x02\xff', /Unsupported operand 255/],
    ['a memo that is not there', '\x80\x02h\x05.', /Memo value not found/],
    ['text longer than the file', '\x80\x02X\xff\xff\xff\x7f', /truncated/],
    ['setting items of a number', '\x80\x02K\x01K\x02K\x03s.', /Can only set items of dicts/],
    ['building a list', '\x80\x02]}b.', /Can only build OrderedDict/],
    ['another kind of reference', '\x80\x02K\x01Q.', /Only persistent_load of storage is allowed/],
    ['a tensor of nothing', '\x80\x02ctorch._utils\n_rebuild_tensor_v2\n)R.', /expected a storage/],
  ])('%s', (_, codes, message) => {
    expect(() => torch.load(archiveOf(codes))).toThrow(message);
  });
});

describe('damaged files', () => {
  test('are clear errors', () => {
    const whole = readFileSync(fixture('values.pt'));
    expect(() => torch.load(whole.subarray(0, 5000))).toThrow(torch.TorchError);
    expect(() => torch.load(Buffer.from('PK\x03\x04 not a zip file'))).toThrow(torch.TorchError);
    expect(() => torch.load(Buffer.from('hello'))).toThrow(torch.serialization.UnpicklingError);
    expect(() => torch.load(join(folder, 'missing.pt'))).toThrow(/ENOENT/);
    const empty = join(folder, 'empty.pt');
    writeFileSync(empty, '');
    expect(() => torch.load(empty)).toThrow(/Ran out of input/);
  });

  test('a changed weight does not match its checksum', () => {
    const whole = readFileSync(fixture('protocol4.pt'));
    const [x] = [torch.arange(12)];
    const data = Buffer.from(x.to(torch.float32).typed_array().buffer);
    whole[whole.indexOf(data.subarray(0, 16)) + 5]! ^= 1;
    expect(() => torch.load(whole)).toThrow(/entry 'protocol4\/data\/0' does not match its checksum/);
    expect(torch.load<Values>(withoutChecksums(whole)).n).toBe(3);
  });

  test('never end the process, whatever byte is changed', () => {
    let state = 1;
    const random = (n: number) => {
      state = (state * 48271) % 2147483647;
      return state % n;
    };
    for (const name of ['protocol4.pt', 'legacy.pt', 'checkpoint.pt']) {
      const whole = withoutChecksums(readFileSync(fixture(name)));
      for (let i = 0; i < 300; i++) {
        const bytes = Buffer.from(whole);
        for (let changes = 1 + random(3); changes > 0; changes--) bytes[random(bytes.length)] = random(256);
        try {
          torch.load(bytes);
        } catch (error) {
          expect(error).toHaveProperty('message');
        }
      }
    }
  });
});
