/** As much of ZeroMQ's protocol as a kernel is spoken to with. https://rfc.zeromq.org/spec/23/ */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

const GREETING = 64;
const [MORE, LONG, COMMAND] = [1, 2, 4];

function greeting(): Buffer {
  const bytes = Buffer.alloc(GREETING);
  bytes.set([0xff, 0, 0, 0, 0, 0, 0, 0, 0, 0x7f, 3]);
  bytes.write('NULL', 12);
  return bytes;
}

function frame(flags: number, body: Buffer): Buffer {
  const head = Buffer.alloc(9);
  head[0] = flags | LONG;
  head.writeBigUInt64BE(BigInt(body.length), 1);
  return Buffer.concat([head, body]);
}

function ready(type: string): Buffer {
  const property = (name: string, value: string) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(value.length);
    return Buffer.concat([Buffer.of(name.length), Buffer.from(name), length, Buffer.from(value)]);
  };
  return frame(COMMAND, Buffer.concat([Buffer.of(5), Buffer.from('READY'), property('Socket-Type', type)]));
}

/** A connection of one kind, which hands over whole messages. */
export class ZmqSocket {
  private pending = Buffer.alloc(0);
  private greeted = false;
  private parts: Buffer[] = [];

  private constructor(
    private readonly socket: Socket,
    private readonly type: 'DEALER' | 'SUB',
    private readonly received: (parts: Buffer[]) => void,
    private readonly opened: () => void,
  ) {
    socket.on('data', (bytes) => this.read(bytes));
    socket.write(greeting());
  }

  static async connect(port: number, type: 'DEALER' | 'SUB', received: (parts: Buffer[]) => void): Promise<ZmqSocket> {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    return await new Promise((resolve) => {
      const made: ZmqSocket = new ZmqSocket(socket, type, received, () => resolve(made));
    });
  }

  send(parts: readonly string[]): void {
    parts.forEach((part, i) => {
      this.socket.write(frame(i < parts.length - 1 ? MORE : 0, Buffer.from(part)));
    });
  }

  close(): void {
    this.socket.destroy();
  }

  private read(bytes: Buffer): void {
    this.pending = Buffer.concat([this.pending, bytes]);
    if (!this.greeted) {
      if (this.pending.length < GREETING) return;
      this.pending = this.pending.subarray(GREETING);
      this.greeted = true;
      this.socket.write(ready(this.type));
    }
    while (this.takeFrame());
  }

  private takeFrame(): boolean {
    const { pending } = this;
    const head = pending[0]! & LONG ? 9 : 2;
    if (pending.length < head) return false;
    const size = head === 9 ? Number(pending.readBigUInt64BE(1)) : pending[1]!;
    if (pending.length < head + size) return false;
    this.pending = pending.subarray(head + size);
    this.take(pending[0]!, Buffer.from(pending.subarray(head, head + size)));
    return true;
  }

  private take(flags: number, body: Buffer): void {
    if (flags & COMMAND) {
      if (this.type === 'SUB') this.socket.write(frame(0, Buffer.of(1))); // all of what is published
      this.opened();
      return;
    }
    this.parts.push(body);
    if (flags & MORE) return;
    const parts = this.parts;
    this.parts = [];
    this.received(parts);
  }
}
