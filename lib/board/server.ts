/** The server of the page: files of the package, and answers about the logs. It writes nothing and serves no other file. */

import { readFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { isIP } from 'node:net';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { hparams, index, samples } from './answers';
import type { Blob } from './decode';
import type { Logs } from './logs';
import type { Kind } from './replies';

const PAGE: Record<string, [file: string, type: string]> = {
  '/': ['index.html', 'text/html; charset=utf-8'],
  '/page.js': ['page.js', 'text/javascript; charset=utf-8'],
  '/page.css': ['page.css', 'text/css; charset=utf-8'],
  '/markdown.js': ['markdown.js', 'text/javascript; charset=utf-8'],
};

/** Logs may come from anybody: the page runs its own scripts only, and asks no other server for anything. */
const HEADERS = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; media-src 'self'; connect-src 'self'; " +
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
};

class Failure extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

/** What is sent: JSON unless it has a type. */
interface Answer {
  body: string | Uint8Array;
  type: string;
}

export class BoardServer {
  readonly server: Server;
  /** Pages that are told of changes. */
  private readonly listeners = new Set<ServerResponse>();

  constructor(
    private readonly logs: Logs,
    /** The name that it was told to listen at. */
    private readonly host: string,
  ) {
    this.server = createServer((request, response) => void this.answer(request, response));
  }

  /** Tells the pages that there is something new. */
  announce(): void {
    for (const response of this.listeners) response.write(`data: ${this.logs.revision}\n\n`);
  }

  /** Ends the connections too. */
  close(): Promise<void> {
    for (const response of this.listeners) response.end();
    return new Promise((resolve) => {
      this.server.close(() => resolve());
      this.server.closeAllConnections();
    });
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value);
    try {
      if (!allowedHost(request.headers.host, this.host)) throw new Failure(403, 'this name is not served here');
      if (request.method !== 'GET' && request.method !== 'HEAD') throw new Failure(405, 'only GET and HEAD');
      const url = new URL(request.url ?? '/', 'http://board');
      if (url.pathname === '/api/changes') return this.listen(response);
      const { body, type } = await this.find(url);
      const cached = url.pathname === '/api/blob' ? 'private, max-age=3600' : 'no-store';
      response.writeHead(200, {
        'content-type': type,
        'cache-control': cached,
        'content-length': Buffer.byteLength(body),
      });
      response.end(request.method === 'HEAD' ? undefined : body);
    } catch (error) {
      const status = error instanceof Failure ? error.status : 500;
      response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' });
      response.end(`${(error as Error).message}\n`);
    }
  }

  /** Server-sent events: the revision, now and at each change. */
  private listen(response: ServerResponse): void {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    response.write(`data: ${this.logs.revision}\n\n`);
    this.listeners.add(response);
    response.on('close', () => this.listeners.delete(response));
  }

  private async find(url: URL): Promise<Answer> {
    const page = Object.hasOwn(PAGE, url.pathname) ? PAGE[url.pathname] : undefined;
    if (page !== undefined) return { body: readFileSync(join(__dirname, 'page', page[0])), type: page[1] };
    const [, api, name = ''] = url.pathname.split('/');
    if (api !== 'api') throw new Failure(404, 'there is no such page');
    if (name === 'blob') return await this.blob(url.searchParams);
    return { body: JSON.stringify(this.json(name, url.searchParams)), type: 'application/json' };
  }

  private json(name: string, query: URLSearchParams): unknown {
    if (name === 'index') return index(this.logs);
    if (name === 'hparams') return hparams(this.logs);
    if (!Object.hasOwn(samples, name)) throw new Failure(404, 'there is no such question');
    return samples[name as Kind](this.logs, query.get('tag') ?? '');
  }

  /** An image or a sound, from its file. */
  private async blob(query: URLSearchParams): Promise<Answer> {
    const run = this.logs.runs.get(query.get('run') ?? '');
    const kind = query.get('kind') === 'audio' ? 'audio' : 'images';
    const blob = run?.blob(kind, query.get('tag') ?? '', Number(query.get('id')));
    if (blob === undefined) throw new Failure(404, 'there is no such sample');
    const body = await bytesOf(blob);
    return { body, type: typeOf(body) };
  }
}

async function bytesOf({ file, start, length }: Blob): Promise<Uint8Array> {
  const handle = await open(file).catch(() => {
    throw new Failure(404, 'its file is gone');
  });
  try {
    const bytes = new Uint8Array(length);
    const { bytesRead } = await handle.read(bytes, 0, length, start);
    return bytes.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

/** Only what a browser shows as a picture or plays: never a document. */
const TYPES: [magic: string, type: string][] = [
  ['\x89PNG', 'image/png'],
  ['\xff\xd8\xff', 'image/jpeg'],
  ['GIF8', 'image/gif'],
  ['RIFF', 'audio/wav'],
];

export function typeOf(bytes: Uint8Array): string {
  const head = Buffer.from(bytes.subarray(0, 12)).toString('latin1');
  if (head.startsWith('RIFF') && head.endsWith('WEBP')) return 'image/webp';
  return TYPES.find(([magic]) => head.startsWith(magic))?.[1] ?? 'application/octet-stream';
}

/**
 * Whether a request's Host header is one of ours. A page of another site can make its own name lead here (DNS rebinding) and
 * would read the answers; it cannot do that with an address.
 */
export function allowedHost(header: string | undefined, host: string): boolean {
  const name = (header ?? '').toLowerCase().replace(/:\d+$/, '');
  const address = name.replace(/^\[(.*)\]$/, '$1');
  return isIP(address) !== 0 || ['localhost', host.toLowerCase(), hostname().toLowerCase()].includes(name);
}
