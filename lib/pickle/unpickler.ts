/**
 * Reads pickles of protocols 2 to 5. It builds lists, dicts, numbers and text itself; everything else comes from the
 * functions it is given, so nothing in a pickle can run code.
 */
import type { Source } from '../files/source';
import { decodeInteger } from './integers';
import { Op } from './opcodes';
import { Dict } from './values';

/** What is wrong with a file: not a pickle, or one that names what is not allowed. */
export class UnpicklingError extends Error {
  override name = 'UnpicklingError';
}

/** A class or function that a pickle may call, with arguments that it checks. */
export class Callable {
  constructor(
    readonly path: string,
    readonly call: (args: unknown[]) => unknown,
    /** Sets the state of an object it made. */
    readonly build?: (made: object, state: unknown) => void,
    /** Whether it is called with whatever there is, which need not be a tuple. */
    readonly takesAny = false,
  ) {}
}

export interface UnpicklerOptions {
  /** Finds what a pickle names, or throws. */
  find: (module: string, name: string) => unknown;
  /** Finds what is kept beside the pickle. */
  load: (id: unknown) => unknown;
  /** How deeply lists, dicts and objects may be nested, when somebody else reads them who calls himself for each level. */
  deepest?: number;
}

/** How deeply what a pickle makes is nested. */
class Nesting {
  private readonly depths = new WeakMap<object, number>();
  /** What is part of something: it must not grow any more, for then what it is part of would, unseen. */
  private readonly parts = new WeakSet<object>();

  constructor(private readonly deepest: number) {}

  /** @throws UnpicklingError when `outer`, which gets these items, is nested too deeply then */
  add(outer: object, items: Iterable<unknown>): void {
    let depth = this.depths.get(outer) ?? 1;
    for (const item of items) {
      if (!isObject(item) || item === outer) continue;
      if (this.parts.has(outer)) throw new UnpicklingError('what is part of another value changes');
      this.parts.add(item);
      depth = Math.max(depth, 1 + (this.depths.get(item) ?? 0));
    }
    if (depth > this.deepest) throw new UnpicklingError(`values are nested more than ${this.deepest} deep`);
    this.depths.set(outer, depth);
  }
}

/** Bytes that are read ahead. */
const WINDOW = 1 << 16;

/** Reads the bytes in order and refuses to go beyond them. */
class Input {
  private window: Buffer = Buffer.alloc(0);
  /** Of the window's first byte. */
  private start = 0;
  private at = 0;

  constructor(private readonly source: Source) {}

  get size(): number {
    return this.source.size;
  }

  take(count: number): Buffer {
    if (this.at + count > this.window.length) this.move(count);
    const bytes = this.window.subarray(this.at, this.at + count);
    this.at += count;
    return bytes;
  }

  /** Puts the window where the next `count` bytes are in it. */
  private move(count: number): void {
    const left = this.source.size - this.start - this.at;
    if (count > left) throw new UnpicklingError('pickle data was truncated');
    this.start += this.at;
    this.at = 0;
    this.window = this.source.read(this.start, Math.min(Math.max(count, WINDOW), left));
  }

  /** Passes over bytes, and says where they are. */
  skip(count: number): number {
    const position = this.start + this.at;
    if (count > this.source.size - position) throw new UnpicklingError('pickle data was truncated');
    this.start = position + count;
    this.at = 0;
    this.window = Buffer.alloc(0);
    return position;
  }

  byte(): number {
    return this.take(1)[0]!;
  }

  uint16(): number {
    return this.take(2).readUInt16LE();
  }

  uint32(): number {
    return this.take(4).readUInt32LE();
  }

  /** Lengths of 8 bytes: what is not exact is beyond every file. */
  uint64(): number {
    return Number(this.take(8).readBigUInt64LE());
  }

  int32(): number {
    return this.take(4).readInt32LE();
  }

  double(): number {
    return this.take(8).readDoubleBE();
  }

  line(): string {
    const end = this.findNewline();
    const text = this.take(end - this.at).toString('utf8');
    this.at++;
    return text;
  }

  private findNewline(): number {
    const end = this.window.indexOf(0x0a, this.at);
    if (end >= 0) return end;
    this.move(Math.min(WINDOW, this.source.size - this.start - this.at));
    const found = this.window.indexOf(0x0a);
    if (found < 0) throw new UnpicklingError('pickle data was truncated');
    return found;
  }
}

type Handler = (unpickler: Unpickler) => void;

export class Unpickler {
  readonly input: Input;
  readonly options: UnpicklerOptions;
  private stack: unknown[] = [];
  private readonly marks: unknown[][] = [];
  private readonly memo = new Map<number, unknown>();
  private readonly makers = new WeakMap<object, Callable>();
  private readonly nesting: Nesting | undefined;

  constructor(source: Source, options: UnpicklerOptions) {
    this.input = new Input(source);
    this.options = options;
    if (options.deepest !== undefined) this.nesting = new Nesting(options.deepest);
  }

  /** Reads one pickle; the next may follow it. */
  load(): unknown {
    this.stack = [];
    this.marks.length = 0;
    this.memo.clear();
    for (;;) {
      const code = this.input.byte();
      if (code === Op.Stop) return this.pop();
      const handler = handlers[code];
      if (handler === undefined) throw new UnpicklingError(`Unsupported operand ${code}`);
      handler(this);
    }
  }

  push(value: unknown): void {
    this.stack.push(value);
  }

  pop(): unknown {
    if (this.stack.length === 0) throw new UnpicklingError('unpickling stack underflow');
    return this.stack.pop();
  }

  top(): unknown {
    if (this.stack.length === 0) throw new UnpicklingError('unpickling stack underflow');
    return this.stack[this.stack.length - 1];
  }

  mark(): void {
    this.marks.push(this.stack);
    this.stack = [];
  }

  /** What was pushed since the last mark. */
  popMark(): unknown[] {
    const items = this.stack;
    const outer = this.marks.pop();
    if (outer === undefined) throw new UnpicklingError('could not find MARK');
    this.stack = outer;
    return items;
  }

  popTuple(count: number): void {
    const items = Array.from({ length: count }, () => this.pop());
    this.pushList(items.reverse());
  }

  pushList(items: unknown[]): void {
    this.nesting?.add(items, items);
    this.push(items);
  }

  /** Adds to the list that is on top now. */
  append(items: unknown[]): void {
    const list = this.top();
    if (!Array.isArray(list)) throw new UnpicklingError(`Can only append to lists, but got ${kindOf(list)}`);
    this.nesting?.add(list, items);
    for (const item of items) list.push(item);
  }

  get(index: number): void {
    if (!this.memo.has(index)) throw new UnpicklingError(`Memo value not found at index ${index}`);
    this.push(this.memo.get(index));
  }

  put(index = this.memo.size): void {
    if (index > this.input.size) throw new UnpicklingError(`Memo index ${index} is beyond what the file can fill`);
    this.memo.set(index, this.top());
  }

  setItems(items: unknown[]): void {
    const dict = this.top();
    if (!(dict instanceof Dict)) throw new UnpicklingError(`Can only set items of dicts, but got ${kindOf(dict)}`);
    if (items.length % 2 !== 0) throw new UnpicklingError('odd number of items for SETITEMS');
    this.nesting?.add(dict, items);
    for (let i = 0; i < items.length; i += 2) dict.entries.set(items[i], items[i + 1]);
  }

  addItems(items: unknown[]): void {
    const set = this.top();
    if (!(set instanceof Set)) throw new UnpicklingError(`Can only add items to sets, but got ${kindOf(set)}`);
    this.nesting?.add(set, items);
    for (const item of items) set.add(item);
  }

  global(module: unknown, name: unknown): void {
    if (typeof module !== 'string' || typeof name !== 'string') {
      throw new UnpicklingError('STACK_GLOBAL requires str');
    }
    this.push(this.options.find(module, name));
  }

  /** Calls what `find` gave; nothing else can be called. */
  reduce(): void {
    const args = this.pop();
    const target = this.pop();
    if (!(target instanceof Callable)) {
      throw new UnpicklingError(`Trying to call reduce for unrecognized function ${kindOf(target)}`);
    }
    if (!Array.isArray(args) && !target.takesAny)
      throw new UnpicklingError(`arguments of ${target.path} must be a tuple`);
    const given = Array.isArray(args) ? args : [args];
    const made = target.call(given);
    if (isObject(made)) this.nesting?.add(made, given);
    if (isObject(made) && target.build !== undefined) this.makers.set(made, target);
    this.push(made);
  }

  build(): void {
    const state = this.pop();
    const object = this.top();
    if (isObject(object)) this.nesting?.add(object, [state]);
    if (object instanceof Dict && state instanceof Dict) object.attributes = state;
    else {
      const maker = isObject(object) ? this.makers.get(object) : undefined;
      if (maker === undefined)
        throw new UnpicklingError(
          `Can only build OrderedDict or types allowlisted via \`add_safe_globals\`, but got ${kindOf(object)}`,
        );
      maker.build!(object as object, state);
    }
  }
}

/** Modules are functions. */
function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}

/** What a value is, for messages: a file can make one that has no end of text. */
export function kindOf(value: unknown): string {
  if (value instanceof Callable) return value.path;
  return typeof value === 'object' && value !== null ? value.constructor.name : String(value).slice(0, 100);
}

const text = (bytes: Buffer) => bytes.toString('utf8');
const copied = (bytes: Buffer) => Uint8Array.from(bytes);

const handlers: Partial<Record<number, Handler>> = {
  [Op.Proto]: (u) => {
    const protocol = u.input.byte();
    if (protocol < 2 || protocol > 5) throw new UnpicklingError(`unsupported pickle protocol: ${protocol}`);
  },
  [Op.Frame]: (u) => void u.input.uint64(),
  [Op.Mark]: (u) => u.mark(),

  [Op.None]: (u) => u.push(null),
  [Op.NewTrue]: (u) => u.push(true),
  [Op.NewFalse]: (u) => u.push(false),
  [Op.BinInt]: (u) => u.push(u.input.int32()),
  [Op.BinInt1]: (u) => u.push(u.input.byte()),
  [Op.BinInt2]: (u) => u.push(u.input.uint16()),
  [Op.Long1]: (u) => u.push(decodeInteger(u.input.take(u.input.byte()))),
  [Op.Long4]: (u) => u.push(decodeInteger(u.input.take(u.input.uint32()))),
  [Op.BinFloat]: (u) => u.push(u.input.double()),
  [Op.BinUnicode]: (u) => u.push(text(u.input.take(u.input.uint32()))),
  [Op.ShortBinUnicode]: (u) => u.push(text(u.input.take(u.input.byte()))),
  [Op.BinUnicode8]: (u) => u.push(text(u.input.take(u.input.uint64()))),
  [Op.BinString]: (u) => u.push(text(u.input.take(u.input.uint32()))),
  [Op.ShortBinString]: (u) => u.push(text(u.input.take(u.input.byte()))),
  [Op.BinBytes]: (u) => u.push(copied(u.input.take(u.input.uint32()))),
  [Op.ShortBinBytes]: (u) => u.push(copied(u.input.take(u.input.byte()))),
  [Op.BinBytes8]: (u) => u.push(copied(u.input.take(u.input.uint64()))),
  [Op.ByteArray8]: (u) => u.push(copied(u.input.take(u.input.uint64()))),

  [Op.EmptyList]: (u) => u.push([]),
  [Op.List]: (u) => u.pushList(u.popMark()),
  [Op.Append]: (u) => {
    const item = u.pop();
    u.append([item]);
  },
  [Op.Appends]: (u) => u.append(u.popMark()),
  [Op.EmptyTuple]: (u) => u.push([]),
  [Op.Tuple]: (u) => u.pushList(u.popMark()),
  [Op.Tuple1]: (u) => u.popTuple(1),
  [Op.Tuple2]: (u) => u.popTuple(2),
  [Op.Tuple3]: (u) => u.popTuple(3),
  [Op.EmptyDict]: (u) => u.push(new Dict()),
  [Op.Dict]: (u) => {
    const items = u.popMark();
    u.push(new Dict());
    u.setItems(items);
  },
  [Op.SetItem]: (u) => {
    const value = u.pop();
    const key = u.pop();
    u.setItems([key, value]);
  },
  [Op.SetItems]: (u) => u.setItems(u.popMark()),
  [Op.EmptySet]: (u) => u.push(new Set()),
  [Op.AddItems]: (u) => u.addItems(u.popMark()),
  [Op.FrozenSet]: (u) => {
    const items = u.popMark();
    u.push(new Set());
    u.addItems(items);
  },

  [Op.BinGet]: (u) => u.get(u.input.byte()),
  [Op.LongBinGet]: (u) => u.get(u.input.uint32()),
  [Op.BinPut]: (u) => u.put(u.input.byte()),
  [Op.LongBinPut]: (u) => u.put(u.input.uint32()),
  [Op.Memoize]: (u) => u.put(),

  [Op.Global]: (u) => {
    const module = u.input.line();
    u.global(module, u.input.line());
  },
  [Op.StackGlobal]: (u) => {
    const name = u.pop();
    u.global(u.pop(), name);
  },
  [Op.Reduce]: (u) => u.reduce(),
  [Op.NewObj]: (u) => u.reduce(),
  [Op.Build]: (u) => u.build(),
  [Op.BinPersId]: (u) => u.push(u.options.load(u.pop())),
};
