/** The end of a server whose requests are all to be answered. */
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { Server } from 'node:net';

/** A server of `node:http`, or what closes in its own way: a Fastify instance. */
export interface Closable {
  close(): unknown;
}

/** Takes no more connections; fulfilled when those that are open have ended. */
export async function closed(server: Closable): Promise<void> {
  if (!(server instanceof Server)) {
    await server.close();
    return;
  }
  // A connection that is kept alive ends with its next answer; those that are idle are closed by `close`.
  server.prependListener('request', (_request: unknown, response: ServerResponse) => {
    response.setHeader('Connection', 'close');
  });
  const end = once(server, 'close');
  server.close();
  await end;
}
