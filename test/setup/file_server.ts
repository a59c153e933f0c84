/** A server of files for tests of downloads. */
import { Worker } from 'node:worker_threads';

/**
 * A server of files, in a thread: a download waits in this one. `/cut/…` breaks off in the middle of a first request;
 * ranges are served; `/log` tells what was asked for.
 */
const server = `
  const { createServer } = require('node:http');
  const { parentPort, workerData } = require('node:worker_threads');
  const log = [];
  const app = createServer((request, response) => {
    if (request.url === '/log') return response.end(JSON.stringify(log));
    const name = request.url.split('?')[0].split('/').at(-1);
    const range = /bytes=(\\d+)-/.exec(request.headers.range ?? '');
    log.push(request.url + (range ? ' from ' + range[1] : ''));
    const file = workerData[name];
    if (file === undefined || request.url.startsWith('/none')) return response.writeHead(404).end();
    if (range && Number(range[1]) >= file.length) return response.writeHead(416).end();
    if (range) return response.writeHead(206).end(file.subarray(Number(range[1])));
    if (!request.url.startsWith('/cut')) return response.end(file);
    response.writeHead(200, { 'content-length': file.length });
    response.write(file.subarray(0, 100), () => setTimeout(() => response.destroy(), 50));
  });
  app.listen(0, '127.0.0.1', () => parentPort.postMessage(app.address().port));`;

/** Runs the callback with the address of a server of `files`; gives what it was asked for. */
export async function withServer(files: Record<string, Buffer>, use: (url: string) => void): Promise<string[]> {
  const worker = new Worker(server, { eval: true, workerData: files });
  try {
    const port = await new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject));
    const url = `http://127.0.0.1:${port}`;
    use(url);
    return (await (await fetch(`${url}/log`)).json()) as string[];
  } finally {
    await worker.terminate();
  }
}
