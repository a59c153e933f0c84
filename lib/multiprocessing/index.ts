/**
 * torch.multiprocessing for worker threads: values go from thread to thread with their tensors, which keep their memory.
 * https://docs.pytorch.org/docs/2.13/multiprocessing.html
 */
import { native } from '../native/addon';
import { call } from '../native/frame';
import { isOptions } from '../native/kinds';
import { discard, type Packed, pack, unpack } from './packing';
import { loadModule } from './places';

export { importable } from './places';
export { Empty, Full, Queue, QueueType, type WaitOptions } from './queue';
export {
  Array,
  ArrayType,
  type LockOptions,
  RawArrayType,
  RawValueType,
  type Stored,
  type TypeCode,
  Value,
  ValueType,
} from './shared_values';
export {
  type AcquireArguments,
  type AcquireOptions,
  Event,
  EventType,
  Lock,
  LockType,
  RLock,
  RLockType,
} from './synchronize';

declare const content: unique symbol;

/** A value on its way to another thread: post it with `postMessage` or `workerData`, and `receive` it there. */
export interface Shared<Value> {
  readonly [content]?: Value;
}

/** Marks messages, since what is posted loses its class. */
const MARK = 'tsorch.shared';

interface Message {
  readonly [MARK]: Packed;
}

/**
 * Makes a message of a value: `port.postMessage(share(x))`. Tensors inside are not copied: both threads see what either
 * writes. Dtype, strides, `requires_grad` and Parameters stay; a tensor with a graph is refused, and one over a
 * JavaScript buffer moves to memory of its own first. Other values are copied as `structuredClone` does; classes and
 * functions must be `importable`.
 *
 * A message is received once, while the thread that shared it runs; `withdraw` frees one that nobody will receive.
 * @throws TypeError naming what cannot be shared
 */
export function share<Value>(value: Value): Shared<Value> {
  return { [MARK]: pack(value, 'the value') } as Shared<Value>;
}

function contentOf(message: unknown, name: string): Packed {
  const packed = isOptions(message) ? (message as unknown as Message)[MARK] : undefined;
  if (packed === undefined) throw new TypeError(`${name}(): argument 'message' must be what share() made`);
  return packed;
}

/**
 * The value of a message: `port.on('message', (message) => { const x = receive(message); })`.
 * @throws TorchError for one received before or withdrawn, or whose sender has ended
 */
export function receive<Value>(message: Shared<Value>): Value {
  return unpack(contentOf(message, 'receive')) as Value;
}

/** Imports the modules that a message needs, where they may not be loaded yet; call it before `receive`. */
export async function load_modules(message: Shared<unknown>): Promise<void> {
  for (const module of contentOf(message, 'load_modules').modules) await loadModule(module);
}

/** Takes a message back that was not received; otherwise it does nothing. */
export function withdraw(message: Shared<unknown>): void {
  discard(contentOf(message, 'withdraw'));
}

/** How many tensors are on their way in the process: shared, and neither received nor withdrawn. */
export function in_transit(): number {
  return call(native.count_handed_over);
}
