/** Deno's kernel for Jupyter, where there is a Deno: `DENO`, else one on the PATH, else that of `npm run test:install`. */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { delimiter, join, resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { ZmqSocket } from './zmtp';

const installed = resolve(
  __dirname,
  `../../../scripts/try_install/node_modules/@deno/${process.platform}-${process.arch}-glibc`,
);
const folders = [...(process.env.PATH ?? '').split(delimiter), installed];
const deno = process.env.DENO ?? folders.map((folder) => join(folder, 'deno')).find((path) => existsSync(path));

/** Tests that need Deno: named as skipped, and counted, where it is absent. */
export const withDeno = deno === undefined ? test.skip : test;

/** What a cell shows: the bundles in their order, one that is shown again in its place. */
export interface Output {
  /** Formats by MIME type; an error has its text under `error`. */
  data: Record<string, string>;
  updates: number;
}

interface Message {
  header: { msg_type: string };
  parent_header: { msg_id?: string };
  content: {
    execution_state?: string;
    data?: Record<string, string>;
    text?: string;
    transient?: { display_id?: string };
    ename?: string;
    evalue?: string;
  };
}

const DELIMITER = '<IDS|MSG>';

function parse(parts: readonly Buffer[]): Message {
  const at = parts.findIndex((part) => part.toString() === DELIMITER);
  const [header, parent_header, , content] = parts.slice(at + 2).map((part) => JSON.parse(part.toString()));
  return { header, parent_header, content };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  return port;
}

export class DenoKernel {
  private constructor(
    private readonly process: ChildProcess,
    private readonly shell: ZmqSocket,
    private readonly published: ZmqSocket,
    private readonly listeners: Set<(message: Message) => void>,
  ) {}

  /** @param folder of the notebook, with its node_modules */
  static async start(folder: string): Promise<DenoKernel> {
    const names = ['shell_port', 'iopub_port', 'stdin_port', 'control_port', 'hb_port'];
    const ports = Object.fromEntries(await Promise.all(names.map(async (name) => [name, await freePort()] as const)));
    const connection = { ...ports, ip: '127.0.0.1', key: '', transport: 'tcp', signature_scheme: 'hmac-sha256' };
    const file = join(folder, 'connection.json');
    writeFileSync(file, JSON.stringify({ ...connection, kernel_name: 'deno' }));
    const process = spawn(deno!, ['jupyter', '--kernel', '--conn', file], { cwd: folder, stdio: 'ignore' });
    const listeners = new Set<(message: Message) => void>();
    const published = await retried(process, () =>
      ZmqSocket.connect(ports.iopub_port!, 'SUB', (parts) => {
        for (const listener of listeners) listener(parse(parts));
      }),
    );
    const shell = await retried(process, () => ZmqSocket.connect(ports.shell_port!, 'DEALER', () => {}));
    return new DenoKernel(process, shell, published, listeners);
  }

  /** Runs a cell until the kernel is idle again. */
  async run(code: string): Promise<Output[]> {
    const outputs: Output[] = [];
    const byId = new Map<string, Output>();
    const options = { silent: false, store_history: true, user_expressions: {}, allow_stdin: false };
    const collected = (message: Message) => collect(message, outputs, byId);
    const stop = await this.request('execute_request', { code, ...options, stop_on_error: true }, collected);
    // Outputs are published by another task of the kernel than its state: they may come behind that, not behind the next.
    const end = await this.request('kernel_info_request', {}, () => {});
    await setTimeout(50);
    end();
    stop();
    return outputs;
  }

  /** Sends a request and waits until the kernel is idle; `heard` is told of what it publishes until the result is called. */
  private async request(type: string, content: object, heard: (message: Message) => void): Promise<() => void> {
    const msg_id = randomUUID();
    const header = { msg_id, session: 'test', username: 'test', msg_type: type, version: '5.3' };
    let listener = (_: Message) => {};
    await new Promise<void>((resolve) => {
      listener = (message: Message) => {
        if (message.parent_header.msg_id !== msg_id) return;
        heard(message);
        if (message.content.execution_state === 'idle') resolve();
      };
      this.listeners.add(listener);
      const parts = [{ ...header, date: new Date().toISOString() }, {}, {}, content];
      this.shell.send([DELIMITER, '', ...parts.map((part) => JSON.stringify(part))]);
    });
    return () => this.listeners.delete(listener);
  }

  close(): void {
    this.shell.close();
    this.published.close();
    this.process.kill();
  }
}

function collect({ header, content }: Message, outputs: Output[], byId: Map<string, Output>): void {
  const id = content.transient?.display_id;
  switch (header.msg_type) {
    case 'execute_result':
    case 'display_data': {
      const output = { data: content.data!, updates: 0 };
      outputs.push(output);
      if (id !== undefined) byId.set(id, output);
      break;
    }
    case 'update_display_data': {
      const output = byId.get(id!)!;
      output.data = content.data!;
      output.updates++;
      break;
    }
    case 'stream':
      outputs.push({ data: { stream: content.text! }, updates: 0 });
      break;
    case 'error':
      outputs.push({ data: { error: `${content.ename}: ${content.evalue}` }, updates: 0 });
  }
}

/** The kernel listens some time after its process has begun. */
async function retried<T>(process: ChildProcess, attempt: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ECONNREFUSED' || process.exitCode !== null) throw error;
      await setTimeout(100);
    }
  }
}
