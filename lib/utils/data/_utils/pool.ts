/** The worker threads of a DataLoader, seen from the loop. */
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { MessageChannel, type MessagePort, receiveMessageOnPort } from 'node:worker_threads';
import { TorchError } from '../../../base/errors';
import { checkRoom, WatchedThread } from '../../../base/watched_thread';
import { discard, type Packed } from '../../../multiprocessing/packing';
import { native } from '../../../native/addon';
import { call } from '../../../native/frame';
import { rebuildFailure } from './failure';
import { CELLS, Cell, type Reply, type Result, type Start, type Task } from './messages';

const MAIN = join(__dirname, 'worker_main.js');

/** How often a thread that waits looks whether the workers still live, in milliseconds: seldom when all have started. */
const CHECK_INTERVAL = 1000;
const FIRST_CHECK_INTERVAL = 100;
/** How long the end of a loop waits for its workers, which may be in the middle of a call that nothing interrupts. */
const MOST_CLOSING = 5000;

interface Member {
  readonly thread: WatchedThread;
  readonly port: MessagePort;
  /** What it has not received yet. */
  start: Packed | undefined;
  /** Its native identity, once it has said so. */
  identity: number | undefined;
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
    checkRoom(size, `${size} DataLoader workers`);
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
    try {
      const name = `DataLoader worker ${settings.worker}`;
      const thread = new WatchedThread(name, MAIN, { workerData: start, transferList: [port2] });
      thread.worker.on('exit', () => this.wake?.());
      port.unref();
      return { thread, port, start: settings.work, identity: undefined };
    } catch (error) {
      discard(settings.work);
      port.close();
      throw error;
    }
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
      const left = Math.min(end - performance.now(), this.interval);
      if (left <= 0) return undefined;
      if (Atomics.wait(this.cells, Cell.Sent, sent, left) === 'timed-out') this.failWith(this.lost());
    }
  }

  /** The same while other code runs. */
  async waitAsync(timeout: number): Promise<Result | undefined> {
    this.listen();
    const end = performance.now() + timeout;
    for (;;) {
      const result = this.take();
      if (result !== undefined) return result;
      const lost = this.lost();
      if (lost.length > 0) {
        await Promise.all(lost.map(exitOf));
        this.failWith(lost);
      }
      const left = end - performance.now();
      if (left <= 0) return undefined;
      await this.woken(Math.min(left, this.interval));
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

  private get interval(): number {
    return this.members.every(({ identity }) => identity !== undefined) ? CHECK_INTERVAL : FIRST_CHECK_INTERVAL;
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
        this.leave(reply);
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

  /** @throws the reason, when a worker is gone whose batch cannot be had for that */
  explainLoss(): void {
    for (let reply = this.poll(); reply !== undefined; reply = this.poll()) {
      if (reply.kind === 'gone') this.leave(reply);
    }
    this.failWith(this.lost());
  }

  private leave({ worker, failure }: Extract<Reply, { kind: 'gone' }>): never {
    this.broken = true;
    throw failure === null ? unexpectedExit([this.members[worker]!]) : rebuildFailure(failure, worker);
  }

  /**
   * The workers that are gone without a word: one that never ran, or whose memory ran out, says nothing; but the system
   * or native code knows.
   */
  private lost(): Member[] {
    const gone = this.members.filter(
      ({ thread, identity }) =>
        thread.hasEnded() || (identity !== undefined && !call(native.is_thread_running, identity)),
    );
    const result = gone.length === 0 ? undefined : this.poll(); // its last word may have come meanwhile
    if (result === undefined) return gone;
    this.inbox.unshift(result);
    return [];
  }

  private failWith(lost: readonly Member[]): void {
    if (lost.length === 0) return;
    this.broken = true;
    throw unexpectedExit(lost);
  }

  /** Ends the workers, at once, and frees what they have not received. What they have sent ends with them. */
  close(): Promise<unknown> {
    if (this.closed) return Promise.resolve();
    this.closed = true;
    for (const { start, port } of this.members) {
      if (start !== undefined) discard(start);
      port.close();
    }
    const ended = Promise.all(this.members.map(({ thread }) => thread.worker.terminate()));
    return Promise.race([ended, pause(MOST_CLOSING, undefined, { ref: false })]);
  }
}

/** An event that comes soon: the thread has ended. */
async function exitOf({ thread }: Member): Promise<void> {
  thread.worker.ref();
  await thread.exit;
}

/** The text has the reason only of what never ran: why a thread ended that did run, synchronous code cannot know. */
function unexpectedExit(members: readonly Member[]): TorchError {
  const ids = members.map(({ thread }) => thread.id).join(', ');
  const cause = members.map(({ thread }) => thread.reason()).find((reason) => reason !== undefined);
  const message = `DataLoader worker (pid(s) ${ids}) exited unexpectedly`;
  if (cause === undefined) return new TorchError(message);
  const started = members.some(({ identity }) => identity !== undefined);
  return new TorchError(started ? message : `${message}: ${cause.message}`, { cause });
}

/** Ends the workers of a loop that nobody finished. */
export const abandoned = new FinalizationRegistry<WorkerPool>((pool) => void pool.close());
