/** Atomic saving. */
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  existsSync,
  fsyncSync,
  lstatSync,
  openSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** Larger files are left to the system to bring to the disk, as in Python: waiting would double the time of saving. */
const MOST_SYNCED = 1 << 26;

/**
 * Writes beside the file and puts it in its place when it is whole: whoever reads it, and whenever the process ends, sees
 * the old one or the new. Files of up to 64 MiB are on the disk then, whatever happens to the machine.
 */
export function replaceFile(path: string, write: (path: string) => void): void {
  const target = existsSync(path) ? realpathSync(path) : path; // through a link
  const old = lstatSync(target, { throwIfNoEntry: false });
  if (old !== undefined && !old.isFile()) {
    write(target); // a pipe or a device
    return;
  }
  removeLeftovers(target);
  const fresh = join(dirname(target), `${prefix(target)}${process.pid}.${randomBytes(6).toString('hex')}.tmp`);
  try {
    write(fresh);
    if (old !== undefined) chmodSync(fresh, statSync(target).mode);
    const waits = statSync(fresh).size <= MOST_SYNCED;
    if (waits) sync(fresh);
    renameSync(fresh, target);
    if (waits) syncFolder(dirname(target));
  } catch (error) {
    rmSync(fresh, { force: true });
    throw error;
  }
}

function prefix(target: string): string {
  return `.${basename(target)}.`;
}

function sync(path: string): void {
  const file = openSync(path, 'r+');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** The rename itself; not every system can sync a folder, and the file is whole either way. */
function syncFolder(path: string): void {
  let folder: number | undefined;
  try {
    folder = openSync(path, 'r');
    fsyncSync(folder);
  } catch {
    // nothing to do about it
  } finally {
    if (folder !== undefined) closeSync(folder);
  }
}

/** What processes left that were killed while they saved this file. */
function removeLeftovers(target: string): void {
  const folder = dirname(target);
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder)) {
    if (!name.startsWith(prefix(target))) continue;
    const pid = /^(\d+)\.[0-9a-f]{12}\.tmp$/.exec(name.slice(prefix(target).length))?.[1];
    const path = join(folder, name);
    if (pid !== undefined && !isRunning(Number(pid)) && isOld(path)) rmSync(path, { force: true });
  }
}

/** Whether there is a process with this number. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** A process of another machine that shares the folder may be writing: then the file changes. */
function isOld(path: string): boolean {
  const status = statSync(path, { throwIfNoEntry: false });
  return status !== undefined && Date.now() - status.mtimeMs > 10_000;
}

/** Where the bytes of a new file go. */
export interface Sink {
  write(bytes: Uint8Array): void;
}

/** A file that is written from start to end. */
export class FileSink implements Sink {
  private readonly file: number;
  private length = 0;

  constructor(path: string) {
    this.file = openSync(path, 'w');
  }

  get position(): number {
    return this.length;
  }

  write(bytes: Uint8Array): void {
    for (let done = 0; done < bytes.length; ) {
      done += writeSync(this.file, bytes, done, bytes.length - done, this.length + done);
    }
    this.length += bytes.length;
  }

  patch(position: number, bytes: Uint8Array): void {
    for (let done = 0; done < bytes.length; ) {
      done += writeSync(this.file, bytes, done, bytes.length - done, position + done);
    }
  }

  close(): void {
    closeSync(this.file);
  }
}

/** Replaces a file by what the callback writes. */
export function writeFile(path: string, write: (sink: FileSink) => void): void {
  replaceFile(path, (fresh) => {
    const sink = new FileSink(fresh);
    try {
      write(sink);
    } finally {
      sink.close();
    }
  });
}

/** Keeps the bytes. */
export class BytesSink implements Sink {
  private buffer = Buffer.alloc(1 << 12);
  private length = 0;

  get position(): number {
    return this.length;
  }

  write(bytes: Uint8Array): void {
    if (this.length + bytes.length > this.buffer.length) {
      const larger = Buffer.alloc(2 * (this.length + bytes.length));
      this.buffer.copy(larger, 0, 0, this.length);
      this.buffer = larger;
    }
    this.buffer.set(bytes, this.length);
    this.length += bytes.length;
  }

  patch(position: number, bytes: Uint8Array): void {
    this.buffer.set(bytes, position);
  }

  finish(): Uint8Array {
    return Uint8Array.prototype.slice.call(this.buffer, 0, this.length);
  }
}
