import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runModule, temporaryFolder } from './fakes';

const content = 'libtorch, in several pieces'.repeat(1000);
const sha256 = createHash('sha256').update(content).digest('hex');

/** Downloads from a server that speaks ranges and breaks off each answer of more than `limit` bytes, once those have arrived. */
function download(file: string, checksum: string, limit = Number.POSITIVE_INFINITY, path = '/file') {
  const code = `
    import { statSync } from 'node:fs';
    import { createServer } from 'node:http';
    const { download } = await import(scripts + 'libtorch/download.mjs');
    const part = ${JSON.stringify(`${file}.part`)};
    const breakOff = (response, size) =>
      statSync(part, { throwIfNoEntry: false })?.size === size ? response.destroy() : setTimeout(breakOff, 5, response, size);
    const content = Buffer.from(${JSON.stringify(content)});
    const server = createServer((request, response) => {
      console.log(request.headers.range ?? 'whole');
      if (request.url !== '/file') return response.writeHead(404).end();
      const start = Number(request.headers.range?.match(/\\d+/)[0] ?? 0);
      if (start >= content.length) return response.writeHead(416).end();
      response.writeHead(start ? 206 : 200, { 'content-length': content.length - start });
      const piece = content.subarray(start, start + ${limit === Number.POSITIVE_INFINITY ? 'content.length' : limit});
      if (piece.length === content.length - start) response.end(piece);
      else response.write(piece, () => breakOff(response, start + piece.length));
    }).listen(0, '127.0.0.1', () =>
      download('http://127.0.0.1:' + server.address().port + '${path}', ${JSON.stringify(file)}, '${checksum}')
        .catch((error) => console.log(error.message))
        .finally(() => server.close()));`;
  return runModule(code, { HTTPS_PROXY: '' }).stdout.split('\n');
}

test('a whole download', () => {
  const file = join(temporaryFolder(), 'folder', 'file');
  expect(download(file, sha256)).toEqual(['whole']);
  expect(readFileSync(file, 'utf8')).toBe(content);
});

test('a download that was interrupted goes on where it stopped', () => {
  const file = join(temporaryFolder(), 'file');
  writeFileSync(`${file}.part`, content.slice(0, 1234));
  expect(download(file, sha256)).toEqual(['bytes=1234-']);
  expect(readFileSync(file, 'utf8')).toBe(content);
  expect(existsSync(`${file}.part`)).toBe(false);
});

test('a connection that breaks is taken up again', () => {
  const file = join(temporaryFolder(), 'file');
  expect(download(file, sha256, content.length - 100)).toEqual(['whole', `bytes=${content.length - 100}-`]);
  expect(readFileSync(file, 'utf8')).toBe(content);
});

test('a complete part file needs no bytes', () => {
  const file = join(temporaryFolder(), 'file');
  writeFileSync(`${file}.part`, content);
  expect(download(file, sha256)).toEqual([`bytes=${content.length}-`]);
  expect(readFileSync(file, 'utf8')).toBe(content);
});

test('a wrong checksum is an error, and the file is gone', () => {
  const file = join(temporaryFolder(), 'file');
  const [, message] = download(file, '0'.repeat(64));
  expect(message).toMatch(`checksum of ${file}.part is wrong`);
  expect(existsSync(file)).toBe(false);
  expect(existsSync(`${file}.part`)).toBe(false);
});

test('a missing file fails at once with its address', () => {
  const file = join(temporaryFolder(), 'file');
  const lines = download(file, sha256, undefined, '/other');
  expect(lines).toHaveLength(2);
  expect(lines[1]).toMatch(/^http:.*\/other: HTTP 404 Not Found$/);
});
