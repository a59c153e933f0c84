/** An event file, read as far as it is written. */
import { type FileHandle, open } from 'node:fs/promises';
import { recordSize, records } from '../face/protobuf';
import { decodeEvent, type Event } from './decode';

/** Read at once: small enough that requests are answered meanwhile. */
const CHUNK = 1 << 20;
const LARGEST_RECORD = 1 << 30;

export class EventFile {
  private offset = 0;
  /** How many records were passed over. */
  damaged = 0;
  /** Where nothing behind can be found any more. */
  stopped: number | undefined;

  constructor(
    readonly path: string,
    private readonly plugins: Map<string, string>,
  ) {}

  /**
   * Hands over what came since the last call.
   * @returns false when the file is shorter than what was read of it: another one took its place
   */
  async read(take: (event: Event) => void): Promise<boolean> {
    const file = await open(this.path);
    try {
      const { size } = await file.stat();
      if (size < this.offset) return false;
      this.stopped = undefined; // what was damaged may have been a block that was not written yet
      for (let wanted = CHUNK; this.offset < size && this.stopped === undefined; ) {
        const bytes = await chunk(file, this.offset, Math.min(wanted, size - this.offset));
        const used = this.take(bytes, take);
        if (used > 0) wanted = CHUNK;
        else if (wanted >= size - this.offset) break;
        else wanted = this.more(wanted, bytes);
      }
      return true;
    } finally {
      await file.close();
    }
  }

  /** How much to read for a record that is not in `bytes` whole. */
  private more(wanted: number, bytes: Uint8Array): number {
    const size = Math.max(2 * wanted, recordSize(bytes));
    if (size > LARGEST_RECORD) this.stopped = this.offset;
    return size;
  }

  /** Takes the whole records from bytes; gives how many bytes they had. */
  private take(bytes: Uint8Array, take: (event: Event) => void): number {
    const found = records(bytes);
    for (;;) {
      const next = found.next();
      if (next.done) {
        this.offset += next.value;
        return next.value;
      }
      if (next.value === 'length') this.stopped = this.offset;
      else if (next.value === 'data') this.damaged++;
      else this.decode(next.value.data, this.offset + next.value.start, take);
    }
  }

  private decode(data: Uint8Array, start: number, take: (event: Event) => void): void {
    let event: Event;
    try {
      event = decodeEvent(data, { file: this.path, start, plugins: this.plugins });
    } catch {
      this.damaged++; // counted, and told on the page
      return;
    }
    take(event);
  }
}

async function chunk(file: FileHandle, position: number, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  const { bytesRead } = await file.read(bytes, 0, length, position);
  return bytes.subarray(0, bytesRead);
}
