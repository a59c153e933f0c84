// Pickles that torch.save could have written but for a value or two that does not belong where it stands.
import { edges } from './mutations.mjs';

/** @typedef {import('./random.mjs').Random} Random */

/** A value of Python's, to be written. */
class Node {
  /** @param {string} kind @param {any[]} parts */
  constructor(kind, ...parts) {
    this.kind = kind;
    this.parts = parts;
  }
}

/** @param {any[]} items */
const tuple = (...items) => new Node('tuple', ...items);
/** @param {string} path */
const global = (path) => new Node('global', path);
/** @param {string} path @param {any} args @param {any} [state] */
const call = (path, args, state) => new Node('call', global(path), args, state);
/** @param {[any, any][]} entries */
const dict = (entries) => new Node('dict', ...entries);
/** @param {any} id */
const persistent = (id) => new Node('persistent', id);

/** @param {number} length @param {number} [width] */
function lengthBytes(length, width = 4) {
  const bytes = Buffer.alloc(width);
  bytes.writeUIntLE(length, 0, Math.min(width, 6));
  return bytes;
}

/** @param {bigint} value */
function longBytes(value) {
  const bytes = [];
  for (let rest = value; bytes.length < 300; rest >>= 8n) {
    bytes.push(Number(rest & 0xffn));
    if ((rest >> 7n === 0n || rest >> 7n === -1n) && bytes.length > 0) break;
  }
  return Buffer.from(bytes);
}

/** @param {any} value @param {Buffer[]} out */
function writeScalar(value, out) {
  const code = (/** @type {string} */ text) => out.push(Buffer.from(text, 'latin1'));
  if (value === null || value === undefined) code('N');
  else if (typeof value === 'boolean') code(value ? '\x88' : '\x89');
  else if (typeof value === 'string') {
    const bytes = Buffer.from(value, 'utf8');
    code('X');
    out.push(lengthBytes(bytes.length), bytes);
  } else if (typeof value === 'bigint') {
    const bytes = longBytes(value);
    code(bytes.length < 256 ? '\x8a' : '\x8b');
    out.push(lengthBytes(bytes.length, bytes.length < 256 ? 1 : 4), bytes);
  } else if (Number.isInteger(value) && Math.abs(value) < 2 ** 31) {
    const bytes = Buffer.alloc(4);
    bytes.writeInt32LE(value);
    code('J');
    out.push(bytes);
  } else {
    const bytes = Buffer.alloc(8);
    bytes.writeDoubleBE(value);
    code('G');
    out.push(bytes);
  }
}

/** @param {any} value @param {Buffer[]} out */
function write(value, out) {
  const code = (/** @type {string} */ text) => out.push(Buffer.from(text, 'latin1'));
  if (Buffer.isBuffer(value)) {
    code('B');
    out.push(lengthBytes(value.length), value);
  } else if (Array.isArray(value)) {
    code('](');
    for (const item of value) write(item, out);
    code('e');
  } else if (!(value instanceof Node)) writeScalar(value, out);
  else if (value.kind === 'tuple') {
    code('(');
    for (const item of value.parts) write(item, out);
    code('t');
  } else if (value.kind === 'global') {
    const [path] = value.parts;
    code(`c${path.slice(0, path.lastIndexOf('.'))}\n${path.slice(path.lastIndexOf('.') + 1)}\n`);
  } else if (value.kind === 'dict') {
    code('}(');
    for (const entry of value.parts) for (const each of entry) write(each, out);
    code('u');
  } else if (value.kind === 'persistent') {
    write(value.parts[0], out);
    code('Q');
  } else if (value.kind === 'memo') {
    code(`j`);
    out.push(lengthBytes(value.parts[0]));
  } else {
    const [target, args, state] = value.parts;
    write(target, out);
    write(args, out);
    code('R');
    if (state !== undefined) {
      write(state, out);
      code('b');
    }
  }
}

/** @param {any} value */
export function pickle(value) {
  /** @type {Buffer[]} */
  const out = [Buffer.from([0x80, 2])];
  write(value, out);
  return Buffer.concat([...out, Buffer.from('.')]);
}

const storageNames = ['Float', 'Double', 'Half', 'Long', 'Int', 'Short', 'Char', 'Byte', 'Bool', 'BFloat16', 'ComplexFloat']; // biome-ignore format: one line
const classes = [
  'torch.FloatStorage',
  'torch.storage.UntypedStorage',
  'torch.float32',
  'torch.float8_e4m3fn',
  'torch._utils._rebuild_tensor_v2',
  'collections.OrderedDict',
  'torch.Size',
  'torch.Tensor',
  'os.system',
  '__proto__.constructor',
  'torch.nn.modules.linear.Linear',
];

/** Makes pickles, most of whose values are right. */
export class PickleMaker {
  /** @param {Random} random @param {number} rarity one value of so many is wrong */
  constructor(random, rarity) {
    this.random = random;
    this.rarity = rarity;
    this.depth = 0;
  }

  /** @returns {any} */
  wrong() {
    const { random } = this;
    if (this.depth > 3) return null;
    this.depth++;
    try {
      return random.pick([
        () =>
          random.pick([null, true, false, -1, 0, 1, 1.5, -0.0, Number.NaN, Number.POSITIVE_INFINITY, 1e300, 2 ** 31]),
        () => random.pick(edges),
        () => -random.pick(edges) - 1n,
        () => 1n << BigInt(random.pick([63, 64, 65, 127, 1000, 2000])),
        () => random.pick(['', 'x', '0', 'cpu', 'meta', 'cuda:99', '__proto__', 'ÿ', 'x'.repeat(5000), '\ud800']),
        () => random.bytes(random.below(20)),
        () => [],
        () => tuple(),
        () => dict([]),
        () => [this.wrong(), this.wrong()],
        () => tuple(this.wrong(), this.wrong()),
        () => dict([[this.wrong(), this.wrong()]]),
        () => global(random.pick(classes)),
        () => (random.below(5) === 0 ? new Node('memo', random.below(5)) : 3),
        () => this.tensor(),
        () => this.storage(),
        () => Array.from({ length: random.pick([70, 3000]) }, () => random.pick([0, 1, 2])),
      ])();
    } finally {
      this.depth--;
    }
  }

  /** The value, or another. @param {any} value */
  slot(value) {
    return this.random.below(this.rarity) === 0 ? this.wrong() : value;
  }

  /** A tuple, of as many values or not. @param {any[]} items */
  args(...items) {
    const values = items.map((item) => this.slot(item));
    const change = this.random.below(4 * this.rarity);
    if (change === 0) values.splice(this.random.below(values.length + 1), 1);
    if (change === 1) values.push(this.wrong());
    return tuple(...values);
  }

  storage() {
    const type = `torch.${this.random.pick(storageNames)}Storage`;
    return persistent(this.args('storage', global(type), String(this.random.below(3)), 'cpu', 4));
  }

  /** @param {string} [key] */
  legacyStorage(key = String(this.random.below(3))) {
    const type = `torch.${this.random.pick(storageNames)}Storage`;
    const view = this.random.below(3) === 0 ? this.args(`view${this.random.below(3)}`, 0, 4) : null;
    return persistent(this.args('storage', global(type), key, 'cpu', 4, view));
  }

  /** @returns {Node} */
  dense() {
    const shape = this.random.pick([[2, 2], [4], [], [0, 3], [1, 1, 1, 4]]);
    const strides = shape.map((_, i) => shape.slice(i + 1).reduce((a, b) => a * b, 1));
    const storage = this.legacy ? this.legacyStorage() : this.storage();
    const rest = [
      0,
      this.args(...shape),
      this.args(...strides),
      this.random.below(9) === 0,
      call('collections.OrderedDict', tuple()),
    ];
    return this.random.below(4) === 0
      ? call(
          'torch._utils._rebuild_tensor_v3',
          this.args(
            storage,
            ...rest,
            global(`torch.${this.random.pick(['float8_e5m2', 'uint16', 'int32', 'complex32'])}`),
          ),
        )
      : call(
          'torch._utils._rebuild_tensor_v2',
          this.args(
            storage,
            ...rest,
            ...(this.random.below(5) === 0
              ? [
                  dict([
                    [this.slot('conj'), this.slot(true)],
                    ['neg', true],
                  ]),
                ]
              : []),
          ),
        );
  }

  /** @returns {Node} */
  tensor() {
    const { random } = this;
    return random.pick([
      () => this.dense(),
      () => this.dense(),
      () =>
        call(
          'torch._utils._rebuild_parameter',
          this.args(this.dense(), true, call('collections.OrderedDict', tuple())),
        ),
      () =>
        call(
          'torch._utils._rebuild_parameter_with_state',
          this.args(
            this.dense(),
            true,
            call('collections.OrderedDict', tuple()),
            dict([[this.slot('tag'), this.slot(1)]]),
          ),
        ),
      () =>
        call(
          'torch._utils._rebuild_meta_tensor_no_storage',
          this.args(global('torch.float32'), this.args(2, 3), this.args(3, 1), false),
        ),
      () => {
        const layout = random.pick(['torch.sparse_coo', 'torch.sparse_csr', 'torch.sparse_bsc']);
        const parts =
          layout === 'torch.sparse_coo'
            ? [this.dense(), this.dense(), this.args(2, 2), true]
            : [this.dense(), this.dense(), this.dense(), this.args(2, 2)];
        return call(
          'torch._utils._rebuild_sparse_tensor',
          this.args(call('torch.serialization._get_layout', this.args(layout)), this.args(...parts)),
        );
      },
      () =>
        call(
          'torch._tensor._rebuild_from_type_v2',
          this.args(
            global('torch._utils._rebuild_tensor_v2'),
            global('torch.Tensor'),
            this.args(this.storage(), 0, this.args(4), this.args(1), false, dict([])),
            dict([[this.slot('a'), this.slot(1)]]),
          ),
        ),
      () =>
        call(
          'torch._utils._rebuild_device_tensor_from_cpu_tensor',
          this.args(this.dense(), global('torch.float32'), 'cpu', false),
        ),
    ])();
  }

  /** A linear layer as a whole module. */
  module() {
    const state = dict([
      ['training', this.slot(true)],
      [
        this.slot('_parameters'),
        call(
          'collections.OrderedDict',
          tuple(
            this.slot(
              [['weight', call('torch._utils._rebuild_parameter', this.args(this.dense(), true, dict([])))]].map(
                (pair) => this.args(...pair),
              ),
            ),
          ),
        ),
      ],
      ['_buffers', this.slot(call('collections.OrderedDict', tuple()))],
      ['_modules', this.slot(dict([]))],
      ['_forward_hooks', this.slot(call('collections.OrderedDict', tuple()))],
      [this.slot('in_features'), this.slot(2)],
      ['_non_persistent_buffers_set', this.slot(call('__builtin__.set', tuple([])))],
    ]);
    return new Node(
      'call',
      global(
        this.random.pick([
          'torch.nn.modules.linear.Linear',
          'torch.nn.modules.container.Sequential',
          'torch.nn.modules.activation.ReLU',
          'torch.nn.modules.rnn.LSTM',
        ]),
      ),
      tuple(),
      this.slot(state),
    );
  }

  other() {
    return this.random.pick([
      () => call('torch.Size', this.args(this.args(1, 2))),
      () => call('torch.device', this.args('cpu', 0)),
      () => call('__builtin__.complex', this.args(1.5, 2)),
      () => call('__builtin__.set', this.args([1, 2])),
      () => call('__builtin__.bytearray', this.args('abc', 'latin-1')),
      () => call('_codecs.encode', this.args('abc', 'latin1')),
      () =>
        call(
          'collections.OrderedDict',
          this.args([this.args('a', 1)]),
          this.slot(dict([['_metadata', this.slot(dict([]))]])),
        ),
      () => call('collections.Counter', this.args(dict([['a', 1]]))),
      () => this.module(),
    ])();
  }

  /** A checkpoint. @param {boolean} legacy */
  value(legacy) {
    this.legacy = legacy;
    const items = Array.from({ length: 1 + this.random.below(3) }, (_, i) => [
      this.slot(`item${i}`),
      this.slot(this.random.below(3) === 0 ? this.other() : this.tensor()),
    ]);
    if (legacy) for (const key of ['0', '1', '2']) items.push([key, this.legacyStorage(key)]);
    return this.slot(dict(/** @type {[any, any][]} */ (items)));
  }
}
