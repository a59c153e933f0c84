// A registry on this machine that has the packed tarballs, so that package managers resolve optional dependencies as they do
// for users. Whatever else is asked for, it sends to the registry that npm is set up with.
import { createHash } from 'node:crypto';
import { createReadStream, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { basename } from 'node:path';
import { capture } from '../tools/run.mjs';

/** @typedef {{ name: string, version: string }} Manifest */

/** A tarball as a registry describes it. @param {string} tarball @param {string} url of the registry */
async function describe(tarball, url) {
  const { stdout } = await capture('tar', ['-xzOf', tarball, '--occurrence=1', 'package/package.json']);
  /** @type {Manifest} */
  const manifest = JSON.parse(stdout);
  const content = readFileSync(tarball);
  const digest = (/** @type {string} */ algorithm) => createHash(algorithm).update(content);
  const dist = {
    tarball: `${url}tarballs/${basename(tarball)}`,
    shasum: digest('sha1').digest('hex'),
    integrity: `sha512-${digest('sha512').digest('base64')}`,
  };
  const { name, version } = manifest;
  const versions = { [version]: { ...manifest, _id: `${name}@${version}`, dist } };
  return { name, 'dist-tags': { latest: version }, versions, time: { [version]: '2026-01-01T00:00:00.000Z' } };
}

/**
 * Runs `body` with a registry that has these tarballs.
 * @param {string[]} tarballs
 * @param {(url: string) => Promise<void>} body
 */
export async function withRegistry(tarballs, body) {
  const upstream = (await capture('npm', ['config', 'get', 'registry'])).stdout.trim();
  /** @type {Map<string, string>} */
  const described = new Map();
  const server = createServer((request, response) => {
    const path = decodeURIComponent(request.url ?? '').slice(1);
    const tarball = tarballs.find((file) => path === `tarballs/${basename(file)}`);
    const description = described.get(path);
    if (tarball) createReadStream(tarball).pipe(response);
    else if (description) response.setHeader('content-type', 'application/json').end(description);
    else response.writeHead(302, { location: new URL(path, upstream).href }).end();
  });
  await /** @type {Promise<void>} */ (new Promise((resolve) => server.listen(0, '127.0.0.1', resolve)));
  const address = server.address();
  const url = `http://127.0.0.1:${typeof address === 'object' && address?.port}/`;
  try {
    for (const tarball of tarballs) {
      const description = await describe(tarball, url);
      described.set(description.name, JSON.stringify(description));
    }
    await body(url);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}
