/** Writes pickles of protocol 2, the one that torch.save uses. */
import { isList, typeName } from '../native/kinds';
import { encodeInteger } from './integers';
import { Op } from './opcodes';
import { Call, Dict, Float, Global, Persistent, Tuple } from './values';

/** Says what an object is in Python: one of the classes of values.ts, or an array. */
export type Describe = (value: object) => unknown;

/** Bytes that grow. */
class Output {
  private buffer = Buffer.alloc(1 << 12);
  private length = 0;

  private reserve(count: number): void {
    if (this.length + count <= this.buffer.length) return;
    const larger = Buffer.alloc(2 * (this.length + count));
    this.buffer.copy(larger, 0, 0, this.length);
    this.buffer = larger;
  }

  byte(value: number): void {
    this.reserve(1);
    this.buffer[this.length++] = value;
  }

  bytes(value: Uint8Array): void {
    this.reserve(value.length);
    this.buffer.set(value, this.length);
    this.length += value.length;
  }

  uint16(value: number): void {
    this.reserve(2);
    this.length = this.buffer.writeUInt16LE(value, this.length);
  }

  uint32(value: number): void {
    this.reserve(4);
    this.length = this.buffer.writeUInt32LE(value, this.length);
  }

  int32(value: number): void {
    this.reserve(4);
    this.length = this.buffer.writeInt32LE(value, this.length);
  }

  double(value: number): void {
    this.reserve(8);
    this.length = this.buffer.writeDoubleBE(value, this.length);
  }

  finish(): Uint8Array {
    return Uint8Array.prototype.slice.call(this.buffer, 0, this.length);
  }
}

/** Python reads long lists in batches of this many. */
const BATCH = 1000;

export class Pickler {
  private readonly out = new Output();
  private readonly memo = new Map<unknown, number>();
  /** One object for each name, since the memo goes by identity. */
  private readonly globals = new Map<string, Global>();
  private readonly path: (string | number)[] = [];

  constructor(private readonly describe: Describe) {}

  dump(value: unknown): Uint8Array {
    this.out.byte(Op.Proto);
    this.out.byte(2);
    this.save(value);
    this.out.byte(Op.Stop);
    return this.out.finish();
  }

  private save(value: unknown): void {
    if (typeof value === 'string') this.saveString(value);
    else if (typeof value === 'number') this.saveNumber(value);
    else if (typeof value === 'bigint') this.saveLong(value);
    else if (typeof value === 'boolean') this.out.byte(value ? Op.NewTrue : Op.NewFalse);
    else if (value === undefined || value === null) this.out.byte(Op.None);
    else if (typeof value === 'object') this.saveObject(value);
    else throw this.cannot(value);
  }

  private cannot(value: unknown): TypeError {
    const place = this.path.length === 0 ? '' : ` (at ${this.path.join('.')})`;
    const { state_dict } = value as { state_dict?: unknown }; // modules are functions, optimizers are not
    const name = typeof state_dict === 'function' ? (value as object).constructor.name : typeName(value);
    const advice = typeof state_dict === 'function' ? '; save its state_dict()' : '';
    return new TypeError(`cannot pickle '${name}' object${place}${advice}`);
  }

  // ---- the memo: an object that comes again is named by its number

  private known(value: unknown): boolean {
    const index = this.memo.get(value);
    if (index === undefined) return false;
    this.out.byte(index < 256 ? Op.BinGet : Op.LongBinGet);
    if (index < 256) this.out.byte(index);
    else this.out.uint32(index);
    return true;
  }

  private remember(value: unknown): void {
    const index = this.memo.size;
    this.memo.set(value, index);
    this.out.byte(index < 256 ? Op.BinPut : Op.LongBinPut);
    if (index < 256) this.out.byte(index);
    else this.out.uint32(index);
  }

  // ---- scalars

  private saveString(value: string): void {
    if (this.known(value)) return;
    const bytes = Buffer.from(value, 'utf8');
    this.out.byte(Op.BinUnicode);
    this.out.uint32(bytes.length);
    this.out.bytes(bytes);
    this.remember(value);
  }

  private saveNumber(value: number): void {
    if (Number.isSafeInteger(value) && !Object.is(value, -0)) this.saveInteger(value);
    else this.saveFloat(value);
  }

  private saveFloat(value: number): void {
    this.out.byte(Op.BinFloat);
    this.out.double(value);
  }

  private saveInteger(value: number): void {
    if (value < -(2 ** 31) || value >= 2 ** 31) this.saveBytesOf(BigInt(value));
    else if (value >= 0 && value < 256) {
      this.out.byte(Op.BinInt1);
      this.out.byte(value);
    } else if (value >= 0 && value < 65536) {
      this.out.byte(Op.BinInt2);
      this.out.uint16(value);
    } else {
      this.out.byte(Op.BinInt);
      this.out.int32(value);
    }
  }

  private saveLong(value: bigint): void {
    if (value >= -(2n ** 31n) && value < 2n ** 31n) this.saveInteger(Number(value));
    else this.saveBytesOf(value);
  }

  private saveBytesOf(value: bigint): void {
    const bytes = encodeInteger(value);
    this.out.byte(bytes.length < 256 ? Op.Long1 : Op.Long4);
    if (bytes.length < 256) this.out.byte(bytes.length);
    else this.out.uint32(bytes.length);
    this.out.bytes(bytes);
  }

  // ---- objects

  private saveObject(value: object): void {
    if (value instanceof Global) this.saveGlobal(value);
    else if (this.known(value)) return;
    else if (value instanceof Float) this.saveFloat(value.value);
    else if (value instanceof Tuple) this.saveTuple(value);
    else if (value instanceof Persistent) this.savePersistent(value);
    else if (isList(value)) this.saveList(value);
    else this.saveDescribed(value, value instanceof Dict || value instanceof Call ? value : this.describe(value));
  }

  /** `identity` is the object that the description is of: the memo goes by it. */
  private saveDescribed(identity: object, described: unknown): void {
    if (described === undefined) throw this.cannot(identity);
    if (described instanceof Dict) this.saveDict(described, identity);
    else if (described instanceof Call) this.saveCall(described, identity);
    else this.save(described);
  }

  private saveGlobal(value: Global): void {
    const same = this.globals.get(value.path) ?? value;
    if (this.known(same)) return;
    this.globals.set(value.path, value);
    this.out.byte(Op.Global);
    this.out.bytes(Buffer.from(`${value.module}\n${value.name}\n`));
    this.remember(value);
  }

  private saveTuple({ items }: Tuple): void {
    if (items.length > 3) this.out.byte(Op.Mark);
    for (const item of items) this.save(item);
    this.out.byte([Op.EmptyTuple, Op.Tuple1, Op.Tuple2, Op.Tuple3][items.length] ?? Op.Tuple);
  }

  private savePersistent({ id }: Persistent): void {
    this.save(id);
    this.out.byte(Op.BinPersId);
  }

  private saveList(list: readonly unknown[]): void {
    this.out.byte(Op.EmptyList);
    this.remember(list);
    for (let from = 0; from < list.length; from += BATCH) {
      const to = Math.min(from + BATCH, list.length);
      this.out.byte(Op.Mark);
      for (let i = from; i < to; i++) this.saveAt(i, list[i]);
      this.out.byte(Op.Appends);
    }
  }

  private saveDict({ entries }: Dict, identity: object): void {
    this.out.byte(Op.EmptyDict);
    this.remember(identity);
    this.saveItems([...entries]);
  }

  private saveItems(entries: readonly (readonly [unknown, unknown])[]): void {
    for (let from = 0; from < entries.length; from += BATCH) {
      this.out.byte(Op.Mark);
      for (const [key, value] of entries.slice(from, from + BATCH)) {
        this.save(key);
        this.saveAt(String(key), value);
      }
      this.out.byte(Op.SetItems);
    }
  }

  private saveAt(place: string | number, value: unknown): void {
    this.path.push(place);
    this.save(value);
    this.path.pop();
  }

  private saveCall({ target, args, items, state }: Call, identity: object): void {
    this.saveGlobal(target);
    this.saveTuple(new Tuple(args));
    this.out.byte(Op.Reduce);
    this.remember(identity);
    this.saveItems(items);
    if (state === undefined) return;
    this.save(state);
    this.out.byte(Op.Build);
  }
}
