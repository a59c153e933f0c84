/** Python's `multiprocessing.Queue`: values from any thread to any other, through a ring of bytes in shared memory. */
import { deserialize, serialize } from 'node:v8';
import { Signature } from '../arguments/signature';
import { AssertionError } from '../base/errors';
import { typeName } from '../native/kinds';
import { discard, type Packed, pack, unpack } from './packing';
import { LockType, patience, remaining } from './synchronize';

const ofPut = new Signature<WaitOptions>('Queue.put', { block: true, timeout: null });
const ofGet = new Signature<WaitOptions>('Queue.get', { block: true, timeout: null });
const ofQueue = new Signature<{ maxsize?: number }>('Queue', { maxsize: 0 });

/** Nothing came into a queue in time. https://docs.python.org/3/library/queue.html#queue.Empty */
export class Empty extends Error {
  override readonly name = 'Empty';
}

/** No room came into being in a queue in time. https://docs.python.org/3/library/queue.html#queue.Full */
export class Full extends Error {
  override readonly name = 'Full';
}

/** Shared memory that grows, which TypeScript's library does not know yet. */
interface GrowableMemory extends SharedArrayBuffer {
  grow(length: number): void;
}
const GrowableMemory = SharedArrayBuffer as unknown as new (
  length: number,
  options: { maxByteLength: number },
) => GrowableMemory;

const FIRST_CAPACITY = 1 << 16;
/** The most bytes that wait in a queue. */
const MOST_BYTES = 1 << 30;
/** Each message begins with its length. */
const HEADER = 4;

const Cell = { Count: 0, Start: 1, Used: 2, Capacity: 3, Changes: 4 } as const;
const CELLS = 5;

/** Whether to wait, and how long, in seconds. */
export interface WaitOptions {
  block?: boolean;
  timeout?: number | null;
}

/** A queue of values for many threads. https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Queue */
export class QueueType<Value> {
  private readonly bytes = new GrowableMemory(FIRST_CAPACITY, { maxByteLength: MOST_BYTES });
  private readonly cells = new Int32Array(new SharedArrayBuffer(CELLS * Int32Array.BYTES_PER_ELEMENT));
  private readonly lock = new LockType();

  /** @internal */
  constructor(
    private readonly maxsize: number,
    private closed = false,
  ) {
    this.cells[Cell.Capacity] = FIRST_CAPACITY;
  }

  /**
   * Puts a value at the end, as `share` would: tensors keep their memory, and their thread has to live until they are
   * taken out; all else is copied.
   * @throws Full when there is no room, at once without `block`, else after `timeout` seconds
   * @throws TypeError for what cannot go to another thread; RangeError when closed, or for more than a gigabyte
   */
  put(value: Value, ...rest: [options?: WaitOptions] | [block: boolean, timeout?: number | null]): void {
    this.requireOpen();
    const { block, timeout } = ofPut.read(rest);
    const packed = pack(value, 'the value');
    try {
      const message = written(packed);
      if (!this.attempt(block, timeout, () => this.append(message))) throw new Full('');
    } catch (error) {
      discard(packed);
      throw error;
    }
  }

  /**
   * Takes the first value out, and waits for one.
   * @throws Empty when there is none, at once without `block`, else after `timeout` seconds
   */
  get(...args: [options?: WaitOptions] | [block: boolean, timeout?: number | null]): Value {
    this.requireOpen();
    const { block, timeout } = ofGet.read(args);
    let message: Buffer | undefined;
    const found = this.attempt(block, timeout, () => {
      message = this.take();
      return message !== undefined;
    });
    if (!found) throw new Empty('');
    return unpack(deserialize(message!) as Packed) as Value;
  }

  /** Puts without waiting. */
  put_nowait(value: Value): void {
    this.put(value, false);
  }

  /** Takes without waiting. */
  get_nowait(): Value {
    return this.get(false);
  }

  /** How many values wait. */
  qsize(): number {
    return Atomics.load(this.cells, Cell.Count);
  }

  /** Whether there is nothing in it now; another thread may put something there at any time. */
  empty(): boolean {
    return this.qsize() === 0;
  }

  /** Whether it holds as much as it may now. */
  full(): boolean {
    return this.maxsize > 0 && this.qsize() >= this.maxsize;
  }

  /** Says that this thread is done with the queue. */
  close(): void {
    this.closed = true;
  }

  /** In Python, waits until what was put is written; here it is when `put` returns. */
  join_thread(): void {
    if (!this.closed) throw new AssertionError('Queue not closed');
  }

  /** In Python, lets a process end before what it has put is written. */
  cancel_join_thread(): void {}

  private requireOpen(): void {
    if (this.closed) throw new RangeError('Queue is closed');
  }

  /** Tries a step until it succeeds, again whenever something has changed. */
  private attempt(block: boolean, timeout: number | null, step: () => boolean): boolean {
    const { cells } = this;
    const [start, most] = [performance.now(), block ? patience(timeout) : 0];
    for (;;) {
      const changes = Atomics.load(cells, Cell.Changes);
      if (this.lock.with(step)) {
        Atomics.add(cells, Cell.Changes, 1);
        Atomics.notify(cells, Cell.Changes);
        return true;
      }
      const left = remaining(start, most);
      if (left <= 0) return false;
      Atomics.wait(cells, Cell.Changes, changes, left);
    }
  }

  /** Whether there was room. */
  private append(message: Uint8Array): boolean {
    const { cells } = this;
    if (this.full() || !this.reserve(message.length)) return false;
    this.write((cells[Cell.Start]! + cells[Cell.Used]!) % cells[Cell.Capacity]!, message);
    cells[Cell.Used]! += message.length;
    Atomics.add(cells, Cell.Count, 1);
    return true;
  }

  private take(): Buffer | undefined {
    const { cells } = this;
    if (cells[Cell.Count] === 0) return undefined;
    const length = this.read(cells[Cell.Start]!, HEADER).readUInt32LE();
    const message = this.read((cells[Cell.Start]! + HEADER) % cells[Cell.Capacity]!, length);
    cells[Cell.Start] = (cells[Cell.Start]! + HEADER + length) % cells[Cell.Capacity]!;
    cells[Cell.Used]! -= HEADER + length;
    Atomics.sub(cells, Cell.Count, 1);
    return message;
  }

  /** Makes room; false when there is none until something is taken out. */
  private reserve(length: number): boolean {
    const { cells } = this;
    const before = cells[Cell.Capacity]!;
    const [start, used] = [cells[Cell.Start]!, cells[Cell.Used]!];
    if (used + length <= before) return true;
    if (used + length > MOST_BYTES) return false;
    let capacity = before;
    while (capacity < used + length) capacity *= 2;
    this.bytes.grow(capacity);
    const memory = new Uint8Array(this.bytes);
    if (start + used > before) memory.copyWithin(before, 0, start + used - before); // what went around goes on
    cells[Cell.Capacity] = capacity;
    return true;
  }

  private write(at: number, message: Uint8Array): void {
    const memory = new Uint8Array(this.bytes, 0, this.cells[Cell.Capacity]);
    const first = Math.min(message.length, memory.length - at);
    memory.set(message.subarray(0, first), at);
    memory.set(message.subarray(first), 0);
  }

  /** A copy of bytes of the ring. */
  private read(at: number, length: number): Buffer {
    const memory = new Uint8Array(this.bytes, 0, this.cells[Cell.Capacity]);
    const first = Math.min(length, memory.length - at);
    return Buffer.concat([memory.subarray(at, at + first), memory.subarray(0, length - first)]);
  }
}

/** The bytes of a message. */
function written(packed: Packed): Buffer {
  const body = bytesOf(packed);
  if (HEADER + body.length > MOST_BYTES) throw new RangeError('the value is larger than what a Queue can hold');
  const header = Buffer.alloc(HEADER);
  header.writeUInt32LE(body.length);
  return Buffer.concat([header, body]);
}

/** Bytes keep no memory shared. */
function isSharedMemory(value: unknown): boolean {
  return (ArrayBuffer.isView(value) ? value.buffer : value) instanceof SharedArrayBuffer;
}

function bytesOf(packed: Packed): Buffer {
  if (packed.nodes.some((node) => node.kind === 'copied' && isSharedMemory(node.value))) {
    throw new TypeError(
      'shared memory, and the Locks, Events, Values, Arrays and Queues that are made of it, cannot go through a Queue: ' +
        'share() them with a thread when it starts',
    );
  }
  return serialize(packed);
}

/**
 * A queue of values for many threads; with `maxsize` above 0 no more than so many wait in it.
 * https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Queue
 */
export function Queue<Value = unknown>(...args: [maxsize?: number | { maxsize?: number }]): QueueType<Value> {
  const { maxsize } = ofQueue.read(args);
  if (!Number.isInteger(maxsize)) {
    throw new TypeError(`Queue(): argument 'maxsize' must be int, not ${typeName(maxsize)}`);
  }
  return new QueueType<Value>(maxsize);
}
