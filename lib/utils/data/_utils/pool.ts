/** The worker threads of a DataLoader, seen from the loop. */
import { join } from 'node:path';
import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads';
import { TorchError } from '../../../errors';
import { discard, type Packed } from '../../../multiprocessing/packing';
import { native } from '../../../native/addon';
import { call } from '../../../native/frame';
import { rebuildFailure } from './failure';
import { CELLS, Cell, type Reply, type Result, type Start, type Task } from './messages';

const MAIN = join(__dirname, 'worker_main.js');

/** How often a thread that waits looks whether the workers still live, in milliseconds. */
const CHECK_INTERVAL = 1000;

interface Member {
  readonly thread: Worker;
  readonly id: number;
  readonly port: MessagePort;
  /** What it has not received yet. */
  start: Packed | undefined;
  /** Its native identity, once it has said so. */
  identity: number | undefined;
  exited: boolean;
}

/** Threads are unreferenced: one that waits for work never keeps the process alive. */
export class WorkerPool {
  private readonly members: Member[];
  private readonly cells = new Int32Array(new SharedArrayBuffer(CELLS * Int32Array.BYTES_PER_ELEMENT));
  /** Replies that came as events. */
  private readonly inbox: Reply[] = [];
  private listening = false;
  private wake: (() => void) | undefined;
  closed = false;
  /** Whether a worker was lost. */
  broken = false;

  constructor(
    readonly size: number,
    startOf: (worker: number) => Omit<Start, 'port' | 'signal'>,
  ) {
    this.members = [];
    try {
      for (let worker = 0; worker < size; worker++) this.members.push(this.launch(startOf(worker)));
    } catch (error) {
      this.close();
      throw error;
    }
  }

  private launch(settings: Omit<Start, 'port' | 'signal'>): Member {
    const { port1: port, port2 } = new MessageChannel();
    const start: Start = { ...settings, port: port2, signal: this.cells.buffer as SharedArrayBuffer };
    const name = `data worker ${settings.worker}`;
    const thread = new Worker(MAIN, { workerData: start, transferList: [port2], name });
    thread.unref();
    port.unref();
    const { threadId: id } = thread;
    const member: Member = { thread, id, port, start: settings.work, identity: undefined, exited: false };
    thread.on('error', () => {}); // such as memory that ran out: `exit` follows
    thread.on('exit', () => {
      member.exited = true;
      this.wake?.();
    });
    return member;
  }

  post(worker: number, task: Task): void {
    this.members[worker]!.port.postMessage(task);
  }

  /** Starts an epoch: workers leave the tasks of an earlier one. */
  begin(epoch: number): void {
    Atomics.store(this.cells, Cell.Epoch, epoch);
  }

  /**
   * The next result, for which this thread sleeps; undefined when none came in `timeout` milliseconds.
   * @throws TorchError when a worker is gone
   */
  wait(timeout: number): Result | undefined {
    const end = performance.now() + timeout;
    for (;;) {
      const sent = Atomics.load(this.cells, Cell.Sent);
      const result = this.take();
      if (result !== undefined) return result;
      const left = Math.min(end - performance.now(), CHECK_INTERVAL);
      if (left <= 0) return undefined;
      if (Atomics.wait(this.cells, Cell.Sent, sent, left) === 'timed-out') this.checkWorkers();
    }
  }

  /** The same while other code runs. */
  async waitAsync(timeout: number): Promise<Result | undefined> {
    this.listen();
    const end = performance.now() + timeout;
    for (;;) {
      const result = this.take();
      if (result !== undefined) return result;
      this.checkWorkers();
      const left = end - performance.now();
      if (left <= 0) return undefined;
      await this.woken(Math.min(left, CHECK_INTERVAL));
    }
  }

  /** Replies come as events from now on, and wake who waits. */
  private listen(): void {
    if (this.listening) return;
    this.listening = true;
    for (const { port } of this.members) {
      port.on('message', (reply: Reply) => {
        this.inbox.push(reply);
        this.wake?.();
      });
      port.unref();
    }
  }

  /** The timer keeps the process alive meanwhile. */
  private woken(timeout: number): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.wake = undefined;
        resolve();
      };
      const timer = setTimeout(done, timeout);
      this.wake = done;
    });
  }

  /** A result that is here. */
  private take(): Result | undefined {
    for (let reply = this.poll(); reply !== undefined; reply = this.poll()) {
      const member = this.members[reply.worker]!;
      if (reply.kind === 'started') {
        member.identity = reply.thread;
      } else if (reply.kind === 'gone') {
        this.broken = true;
        throw reply.failure === null ? unexpectedExit([member]) : rebuildFailure(reply.failure, reply.worker);
      } else {
        member.start = undefined;
        return reply;
      }
    }
    return undefined;
  }

  private poll(): Reply | undefined {
    if (this.inbox.length > 0) return this.inbox.shift();
    for (const { port } of this.members) {
      const received = receiveMessageOnPort(port) as { message: Reply } | undefined;
      if (received !== undefined) return received.message;
    }
    return undefined;
  }

  /** A thread that ran out of memory says nothing, but native code knows that it is gone. */
  private checkWorkers(): void {
    const gone = this.members.filter(
      ({ exited, identity }) =>
        exited || (identity !== undefined && !call<boolean>(native.is_thread_running, identity)),
    );
    if (gone.length === 0) return;
    this.broken = true;
    throw unexpectedExit(gone);
  }

  /** Ends the workers, at once, and frees what they have not received. What they have sent ends with them. */
  close(): Promise<unknown> {
    if (this.closed) return Promise.resolve();
    this.closed = true;
    for (const { start, port } of this.members) {
      if (start !== undefined) discard(start);
      port.close();
    }
    return Promise.all(this.members.map(({ thread }) => thread.terminate()));
  }
}

function unexpectedExit(members: readonly Member[]): TorchError {
  return new TorchError(`DataLoader worker (pid(s) ${members.map(({ id }) => id).join(', ')}) exited unexpectedly`);
}

/** Ends the workers of a loop that nobody finished. */
export const abandoned = new FinalizationRegistry<WorkerPool>((pool) => void pool.close());
