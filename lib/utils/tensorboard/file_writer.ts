/** An event file. */
import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { bytes, double, type Field, integer, message, record, string } from '../../face/protobuf';
import { requireInstalled } from '../../face/system';

/** Files that have events in memory are written when the process ends without `close()`. */
const open = new Set<FileWriter>();
let counter = 0;

function flushAll(): void {
  for (const writer of open) writer.flush();
}

const now = () => Date.now() / 1000;

/** Collects events and appends them to a file in `log_dir`, which it makes. */
export class FileWriter {
  readonly path: string;
  private readonly file: number;
  private pending: Buffer[] = [];
  private written = now();

  constructor(
    readonly log_dir: string,
    private readonly max_queue = 10,
    private readonly flush_secs = 120,
    filename_suffix = '',
  ) {
    requireInstalled('@bufbuild/protobuf/wire', 'SummaryWriter'); // before anything is written
    mkdirSync(log_dir, { recursive: true });
    const second = String(Math.floor(now())).padStart(10, '0');
    const name = `events.out.tfevents.${second}.${hostname()}.${process.pid}.${counter++}${filename_suffix}`;
    this.path = join(log_dir, name);
    this.file = openSync(this.path, 'a');
    if (open.size === 0) process.once('exit', flushAll);
    open.add(this);
    this.add_event([string(3, 'brain.Event:2'), bytes(10, message(string(1, 'tsorch.utils.tensorboard')))]);
    this.flush();
  }

  /** The folder of the event files. */
  get_logdir(): string {
    return this.log_dir;
  }

  /** Adds an event of these fields of tensorboard.Event. `walltime` is in seconds since 1970. */
  add_event(fields: readonly Field[], step?: number | null, walltime?: number | null): void {
    const when = [double(1, walltime ?? now()), ...(step === null || step === undefined ? [] : [integer(2, step)])];
    this.pending.push(record(message(...when, ...fields)));
    if (this.pending.length > this.max_queue || now() - this.written > this.flush_secs) this.flush();
  }

  /** Adds the bytes of a tensorboard.Summary. */
  add_summary(summary: Uint8Array, step?: number | null, walltime?: number | null): void {
    this.add_event([bytes(5, summary)], step, walltime);
  }

  /** Writes what is in memory. */
  flush(): void {
    if (this.pending.length > 0) writeSync(this.file, Buffer.concat(this.pending));
    this.pending = [];
    this.written = now();
  }

  /** Writes what is left and closes the file. */
  close(): void {
    if (!open.delete(this)) return;
    this.flush();
    closeSync(this.file);
    if (open.size === 0) process.removeListener('exit', flushAll);
  }
}
