/** A Hugging Face Hub of this machine, with one repository. */
import { createHash } from 'node:crypto';
import { Worker } from 'node:worker_threads';

/** A repository as the server has it. */
export interface FakeRepo {
  readonly name: string;
  readonly files: Readonly<Record<string, Buffer>>;
  /** Files that are kept as large ones, on another server. */
  readonly large?: readonly string[];
  /** Who has this token alone sees the files (gated), or the repository (private). */
  readonly token?: string;
  readonly access?: 'gated' | 'private';
  /** Files whose first transfer breaks off in the middle. */
  readonly broken?: readonly string[];
  /** Files of which other bytes come than the list says. */
  readonly altered?: readonly string[];
  /** The status of every answer, for a server that is unwell. */
  readonly status?: number;
}

export const commit = '0123456789abcdef0123456789abcdef01234567';
export const branches: Readonly<Record<string, string>> = { main: commit, 'refs/pr/1': commit.replace('0', 'f') };

export const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
export const gitName = (bytes: Buffer) =>
  createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex');

/** Answers as the Hub does; `/log` tells what was asked for, with the token. */
const server = `
  const { createServer } = require('node:http');
  const { parentPort, workerData } = require('node:worker_threads');
  const { repo, branches, entries } = workerData;
  const log = [];
  const broken = new Set(repo.broken ?? []);
  const commitOf = (revision) => branches[revision] ?? Object.values(branches).find((each) => each === revision);

  function serve(request, response, path, headers) {
    let bytes = Buffer.from(repo.files[path]);
    if (repo.altered?.includes(path)) bytes = Buffer.from(bytes).fill(1);
    const from = Number(/bytes=(\\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0);
    if (from > 0) return response.writeHead(206, { ...headers, 'content-length': bytes.length - from }).end(bytes.subarray(from));
    response.writeHead(200, { ...headers, 'content-length': bytes.length });
    if (request.method === 'HEAD') return response.end();
    if (!broken.delete(path)) return response.end(bytes);
    response.write(bytes.subarray(0, bytes.length >> 1), () => setTimeout(() => response.destroy(), 50));
  }

  const answer = (port) => (request, response) => {
    const url = new URL(request.url, 'http://host');
    if (url.pathname === '/log') return response.end(JSON.stringify(log));
    const token = request.headers.authorization?.replace('Bearer ', '') ?? null;
    const range = request.headers.range === undefined ? '' : ' ' + request.headers.range;
    log.push(request.method + ' ' + decodeURIComponent(url.pathname) + range + (token === null ? '' : ' as ' + token));
    const json = (value) => response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value));
    const refuse = (status, code) => response.writeHead(status, { 'x-error-code': code, 'x-error-message': 'no' }).end();
    if (repo.status) return response.writeHead(repo.status).end();
    if (url.pathname.startsWith('/cdn/')) return serve(request, response, decodeURIComponent(url.pathname.slice(5)), {});
    const [, api, type, part, rest] = /^\\/(api\\/)?(models\\/|datasets\\/)?([^/]+\\/[^/]+)\\/(.*)$/.exec(url.pathname) ?? [];
    const seen = repo.access !== 'private' || token === repo.token;
    if (part !== repo.name || !seen) return refuse(401, 'RepoNotFound');
    const [, what, revision, path = ''] = /^([^/]+)\\/([^/]+)(?:\\/(.*))?$/.exec(rest) ?? [];
    const found = commitOf(decodeURIComponent(revision));
    if (found === undefined) return refuse(404, 'RevisionNotFound');
    if (what === 'revision') return json({ _id: '1', id: repo.name, sha: found, lastModified: 0, siblings: [] });
    if (what === 'tree') return json(entries);
    if (what === 'paths-info') {
      let text = '';
      request.on('data', (piece) => { text += piece; });
      request.on('end', () => json(entries.filter((entry) => JSON.parse(text).paths.includes(entry.path))));
      return;
    }
    const name = decodeURIComponent(path);
    const entry = entries.find((each) => each.path === name && each.type === 'file');
    if (entry === undefined) return refuse(404, 'EntryNotFound');
    if (repo.access === 'gated' && token !== repo.token) return refuse(401, 'GatedRepo');
    const headers = { 'x-repo-commit': found, etag: '"' + (entry.lfs?.oid ?? entry.oid) + '"' };
    if (entry.lfs === undefined) return serve(request, response, name, headers);
    const linked = { ...headers, 'x-linked-size': entry.size, 'x-linked-etag': headers.etag };
    response.writeHead(302, { ...linked, location: 'http://localhost:' + port() + '/cdn/' + path }).end();
  };
  const app = createServer((request, response) => answer(() => app.address().port)(request, response));
  app.listen(0, () => parentPort.postMessage(app.address().port));`;

function entriesOf({ files, large = [] }: FakeRepo): object[] {
  const folders = new Set(Object.keys(files).flatMap((path) => (path.includes('/') ? [path.split('/')[0]!] : [])));
  return [
    ...[...folders].map((path) => ({ type: 'directory', path, size: 0, oid: '0'.repeat(40) })),
    ...Object.entries(files).map(([path, bytes]) => ({
      type: 'file',
      path,
      size: bytes.length,
      oid: gitName(bytes),
      ...(large.includes(path) && { lfs: { oid: sha256(bytes), size: bytes.length, pointerSize: 134 } }),
    })),
  ];
}

/** Runs the callback with the address of a Hub that has the repository; gives what it was asked for. */
export async function withHub(repo: FakeRepo, use: (url: string) => void): Promise<string[]> {
  const workerData = { repo, branches, entries: entriesOf(repo) };
  const worker = new Worker(server, { eval: true, workerData });
  try {
    const port = await new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject));
    const url = `http://127.0.0.1:${port}`;
    use(url);
    return (await (await fetch(`${url}/log`)).json()) as string[];
  } finally {
    await worker.terminate();
  }
}
