/**
 * Asynchronous functions called synchronously: they run in a worker thread while this thread waits. PyTorch reads an
 * image or writes a picture in one statement, and the libraries for that in Node.js only give promises.
 */
import { join } from 'node:path';
import { isUint8Array } from 'node:util/types';
import { MessageChannel, type MessagePort, receiveMessageOnPort } from 'node:worker_threads';
import { WatchedThread, withShortage } from './watched_thread';

export interface Request {
  module: string;
  name: string;
  args: unknown[];
}

/** `unloaded` when the module itself could not be loaded. */
export type Reply = { value: unknown } | { error: unknown; unloaded?: boolean };

export interface WorkerData {
  port: MessagePort;
  /** One number of `Signal`. */
  signal: Int32Array;
}

export const Signal = { waiting: 0, replied: 1, ended: 2 } as const;

interface Connection extends WorkerData {
  readonly thread: WatchedThread;
}

/** One for each thread that needs it, made at the first call; it does not keep the process alive. */
let connection: Connection | undefined;

/** How often the thread that waits looks whether the other still lives, in milliseconds. */
const CHECK_INTERVAL = 100;

function connect(): Connection {
  const signal = new Int32Array(new SharedArrayBuffer(4));
  const { port1, port2 } = new MessageChannel();
  const workerData: WorkerData = { port: port2, signal };
  const options = { workerData, transferList: [port2], execArgv: [] };
  const thread = new WatchedThread('the thread for blocking calls', join(__dirname, 'blocking_worker.js'), options);
  port1.unref();
  return { port: port1, signal, thread };
}

function close(): void {
  void connection?.thread.worker.terminate();
  connection = undefined;
}

/** Bytes of their own: of a view, a message would carry all of the memory that it looks into. */
function compact(value: unknown): unknown {
  if (!isUint8Array(value) || value.byteLength === value.buffer.byteLength) return value;
  return Uint8Array.from(value);
}

/**
 * Calls the function `name` that the file `module` exports, and waits for what its promise gives. Arguments and result
 * are copied as `structuredClone` does.
 */
export function runBlocking<Result>(module: string, name: string, ...args: unknown[]): Result {
  connection ??= connect();
  const { port, signal, thread } = connection;
  Atomics.store(signal, 0, Signal.waiting);
  port.postMessage({ module, name, args: args.map(compact) } satisfies Request);
  // The worker may notify for the reply before only now, when this thread has already taken it.
  while (Atomics.load(signal, 0) === Signal.waiting) {
    const timedOut = Atomics.wait(signal, 0, Signal.waiting, CHECK_INTERVAL) === 'timed-out';
    if (timedOut && thread.hasEnded()) Atomics.compareExchange(signal, 0, Signal.waiting, Signal.ended);
  }
  if (Atomics.load(signal, 0) === Signal.ended) {
    connection = undefined; // the next call starts another
    throw thread.reason() ?? new Error(`the thread that ran ${name}() ended`);
  }
  const reply: Reply = receiveMessageOnPort(port)!.message;
  if ('error' in reply) {
    if (!reply.unloaded) throw reply.error;
    const error = withShortage(reply.error);
    close(); // Node.js remembers in a thread what it did not find; the next try shall look anew
    throw error;
  }
  return reply.value as Result;
}
