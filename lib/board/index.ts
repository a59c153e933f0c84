/** `npx tsorch board`: a page in the browser of what SummaryWriter wrote. It loads no native code. */
import type { AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import { requireInstalled } from '../face/system';
import { Logs } from './logs';
import type { Limits } from './run';
import { BoardServer } from './server';

export interface BoardOptions {
  /** The first free port from 6006 to 6025 when left out; 0 is any. */
  port?: number;
  /** Where it listens: `127.0.0.1`, so that only this machine reaches it. */
  host?: string;
  /** Seconds between two looks at the files. */
  reload_interval?: number;
  /** How many samples of a scalar are kept. Longer series are thinned evenly. */
  samples?: number;
}

const FIRST_PORT = 6006;
const PORTS = 20;

const limits = (scalars: number): Limits => ({
  scalars,
  images: 1000,
  audio: 1000,
  histograms: 200,
  text: 200,
  pr_curves: 200,
});

export interface Board {
  url: string;
  /** Reads what was written since. */
  reload(): Promise<void>;
  close(): Promise<void>;
}

/** Reads the logs below `folder`, serves the page, and goes on reading. */
export async function serveBoard(folder: string, options: BoardOptions = {}): Promise<Board> {
  requireInstalled('@bufbuild/protobuf/wire', 'tsorch board');
  const { port, host = '127.0.0.1', reload_interval = 2, samples = 2000 } = options;
  const logs = new Logs(resolve(folder), limits(samples));
  await logs.reload();
  const board = new BoardServer(logs, host);
  const address = await listen(board, host, port);
  const reload = async () => {
    if (await logs.reload()) board.announce();
  };
  const stop = repeatedly(reload, reload_interval * 1000);
  const close = async () => {
    await stop();
    await board.close();
  };
  return { url: urlOf(address), reload, close };
}

/** One run after the other, with a pause between; gives what ends that. */
function repeatedly(work: () => Promise<void>, pause: number): () => Promise<void> {
  let ended = false;
  let wake = () => {};
  const loop = (async () => {
    while (!ended) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, pause);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      if (!ended) await work();
    }
  })();
  return async () => {
    ended = true;
    wake();
    await loop;
  };
}

async function listen(board: BoardServer, host: string, port: number | undefined): Promise<AddressInfo> {
  if (port !== undefined) return await listenAt(board, host, port);
  for (let next = FIRST_PORT; ; next++) {
    try {
      return await listenAt(board, host, next);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE' || next === FIRST_PORT + PORTS - 1) throw error;
    }
  }
}

function listenAt({ server }: BoardServer, host: string, port: number): Promise<AddressInfo> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve(server.address() as AddressInfo);
    });
  });
}

function urlOf({ address, family, port }: AddressInfo): string {
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}/`;
}
