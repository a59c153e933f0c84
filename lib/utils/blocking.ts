/**
 * Asynchronous functions called synchronously: they run in a worker thread while this thread waits. PyTorch reads an
 * image or writes a picture in one statement, and the libraries for that in Node.js only give promises.
 */
import { join } from 'node:path';
import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads';

export interface Request {
  module: string;
  name: string;
  args: unknown[];
}

export type Reply = { value: unknown } | { error: unknown };

export interface WorkerData {
  port: MessagePort;
  /** One number: 1 when the reply is there. */
  signal: Int32Array;
}

/** One for each thread that needs it, made at the first call; it does not keep the process alive. */
let connection: WorkerData | undefined;

function connect(): WorkerData {
  const signal = new Int32Array(new SharedArrayBuffer(4));
  const { port1, port2 } = new MessageChannel();
  const workerData: WorkerData = { port: port2, signal };
  const options = { workerData, transferList: [port2], execArgv: [] };
  new Worker(join(__dirname, 'blocking_worker.js'), options).unref();
  port1.unref();
  return { port: port1, signal };
}

/**
 * Calls the function `name` that the file `module` exports, and waits for what its promise gives. Arguments and result
 * are copied as `structuredClone` does.
 */
export function runBlocking<Result>(module: string, name: string, ...args: unknown[]): Result {
  connection ??= connect();
  const { port, signal } = connection;
  Atomics.store(signal, 0, 0);
  port.postMessage({ module, name, args } satisfies Request);
  // The worker may notify for the reply before only now, when this thread has already taken it.
  while (Atomics.load(signal, 0) === 0) Atomics.wait(signal, 0, 0);
  const reply: Reply = receiveMessageOnPort(port)!.message;
  if ('error' in reply) throw reply.error;
  return reply.value as Result;
}
