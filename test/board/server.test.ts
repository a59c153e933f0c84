/** The board's server: what it answers, and to whom. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import torch from 'tsorch';
import { SummaryWriter } from 'tsorch/utils/tensorboard';
import { allowedHost, type Board, type ByRun, type ImageReply, type IndexReply, serveBoard, typeOf } from './inside';

let folder: string;
let board: Board;
let writer: SummaryWriter;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tsorch-board-'));
  writer = new SummaryWriter({ log_dir: join(folder, 'run') });
  writer.add_scalar('loss', 1, 1);
  writer.add_image('image', torch.rand(3, 4, 5), 1);
  writer.flush();
  board = await serveBoard(folder, { port: 0, reload_interval: 0.1 });
});
afterAll(async () => {
  writer.close();
  await board.close();
  rmSync(folder, { recursive: true });
});

const get = (path: string) => fetch(new URL(path, board.url));

/** A request as it is, since `fetch` would tidy its path and set its Host. */
async function raw(path: string, headers: Record<string, string> = {}, method = 'GET') {
  const { port } = new URL(board.url);
  const sent = request({ host: '127.0.0.1', port, path, headers, method }).end();
  const [response] = (await once(sent, 'response')) as [import('node:http').IncomingMessage];
  return { status: response.statusCode, body: await text(response) };
}

test('the page with its scripts, which may load nothing else', async () => {
  expect(new URL(board.url).hostname).toBe('127.0.0.1');
  const page = await get('/');
  expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
  expect(page.headers.get('content-security-policy')).toMatch("default-src 'none'; script-src 'self'");
  const sizes = await Promise.all(
    ['/page.js', '/page.css', '/markdown.js'].map(async (path) => (await get(path)).text()),
  );
  expect(Math.min(...sizes.map(({ length }) => length))).toBeGreaterThan(1000);
  expect(sizes.join('').length).toBeLessThan(300_000);
});

test('the index, samples of a tag, and an image', async () => {
  const index = (await (await get('/api/index')).json()) as IndexReply;
  expect(index.runs).toEqual(['run']);
  expect(await (await get('/api/scalars?tag=loss')).json()).toMatchObject({ run: { steps: [1], values: [1] } });
  const images = (await (await get('/api/images?tag=image')).json()) as ByRun<ImageReply[]>;
  const id = images.run![0]!.ids[0]!;
  const image = await get(`/api/blob?kind=images&run=run&tag=image&id=${id}`);
  expect(image.headers.get('content-type')).toBe('image/png');
  expect(
    Buffer.from(await image.arrayBuffer())
      .subarray(1, 4)
      .toString(),
  ).toBe('PNG');
});

test.each([
  ['/api/blob?kind=images&run=run&tag=image&id=999999'],
  ['/api/blob?kind=images&run=../run&tag=image&id=0'],
  ['/api/constructor?tag=x'],
  ['/constructor'],
  ['/../../package.json'],
  ['/%2e%2e/%2e%2e/package.json'],
  ['/page/../../index.js'],
  ['//etc/passwd'],
])('%s is not there', async (path) => {
  expect((await raw(path)).status).toBe(404);
});

test('only reading: other methods are refused', async () => {
  expect((await raw('/', {}, 'POST')).status).toBe(405);
  expect(await raw('/', {}, 'HEAD')).toEqual({ status: 200, body: '' });
});

test('names that are not ours are refused, so that no other site can be led here', async () => {
  expect((await raw('/api/index', { host: 'evil.example:6006' })).status).toBe(403);
  expect((await raw('/api/changes', { host: 'evil.example' })).status).toBe(403);
  expect((await raw('/api/index', { host: 'localhost:6006' })).status).toBe(200);
  const allowed = (host: string | undefined) => allowedHost(host, 'gpu.lan');
  expect(['127.0.0.1:80', '[::1]:6006', '10.0.0.7', 'GPU.lan:1', 'localhost'].map(allowed)).not.toContain(false);
  expect(
    ['127.0.0.1.evil.example', 'gpu.lan.evil.example', 'localhost.evil', '', undefined].map(allowed),
  ).not.toContain(true);
});

test('pages are told of what is written', async () => {
  const stream = (await get('/api/changes')).body!.pipeThrough(new TextDecoderStream()).getReader();
  const first = (await stream.read()).value!;
  writer.add_scalar('loss', 2, 2);
  writer.flush();
  const second = (await stream.read()).value!;
  expect(Number(/\d+/.exec(second))).toBeGreaterThan(Number(/\d+/.exec(first)));
  await stream.cancel();
  expect(await (await get('/api/scalars?tag=loss')).json()).toMatchObject({ run: { steps: [1, 2] } });
});

test('files from anywhere are shown as pictures and sounds only', () => {
  expect(typeOf(Buffer.from('<svg onload="x">'))).toBe('application/octet-stream');
  expect(typeOf(Buffer.from('<!doctype html>'))).toBe('application/octet-stream');
  expect(typeOf(Buffer.from('GIF89a'))).toBe('image/gif');
  expect(typeOf(Buffer.from('RIFF....WEBP'))).toBe('image/webp');
  expect(typeOf(Buffer.from('RIFF....WAVE'))).toBe('audio/wav');
});

const cli = resolve(__dirname, '../../../scripts/cli.mjs');
const run = (...args: string[]) => spawn(process.execPath, [cli, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });

test('the command serves until Ctrl-C', async () => {
  const child = run('board', folder, '--port', '0', '--reload-interval', '0.5');
  const [line] = await once(child.stdout!.setEncoding('utf8'), 'data');
  const url = /at (http:\S+)/.exec(line as string)![1]!;
  expect((await fetch(`${url}api/index`)).status).toBe(200);
  const open = await fetch(`${url}api/changes`); // a page that is open does not keep it
  child.kill('SIGINT');
  expect(await once(child, 'exit')).toEqual([0, null]);
  await expect(open.text()).resolves.toMatch('data:');
});

test('the command says what is wrong', async () => {
  const failed = async (...args: string[]) => {
    const child = run(...args);
    const said = await text(child.stderr!);
    expect(child.exitCode ?? (await once(child, 'exit'))[0]).toBe(1);
    return said;
  };
  expect(await failed('board')).toMatch('usage:');
  expect(await failed('board', folder, '--port', 'x')).toMatch("--port takes a number from 0 on, not 'x'");
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const { port } = taken.address() as { port: number };
  expect(await failed('board', folder, '--port', String(port))).toMatch('EADDRINUSE');
  taken.close();
});

test('without a port it takes the next one that is free', async () => {
  const boards = await Promise.all([serveBoard(folder), serveBoard(folder)]);
  const ports = boards.map(({ url }) => Number(new URL(url).port));
  expect(new Set(ports).size).toBe(2);
  for (const port of ports) expect(port).toBeGreaterThanOrEqual(6006);
  await Promise.all(boards.map((each) => each.close()));
});

test('an image whose file is gone is not there', async () => {
  const [name] = readdirSync(join(folder, 'run'));
  const images = (await (await get('/api/images?tag=image')).json()) as ByRun<ImageReply[]>;
  const id = images.run![0]!.ids[0]!;
  const file = join(folder, 'run', name!);
  const bytes = readFileSync(file);
  rmSync(file);
  const { status } = await raw(`/api/blob?kind=images&run=run&tag=image&id=${id}`);
  writeFileSync(file, bytes);
  expect(status).toBe(404);
});
