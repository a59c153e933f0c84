// A registry on this machine, which has the packed tarballs and passes on what else is asked for: package managers then
// resolve optional dependencies as they do for users.
import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { capture, root } from '../tools/run.mjs';
import { nodes } from './managers.mjs';

/** @returns {Promise<number>} a port that nobody listens on */
function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer().on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

/** @param {string} folder @param {string} upstream */
const configuration = (folder, upstream) => ({
  storage: join(folder, 'storage'),
  uplinks: { upstream: { url: upstream, maxage: '1h' } },
  packages: {
    tsorch: { access: '$all', publish: '$anonymous' },
    '@tsorch/*': { access: '$all', publish: '$anonymous' },
    '**': { access: '$all', proxy: 'upstream' },
  },
  max_body_size: '300mb',
  web: { enable: false },
  log: { type: 'file', path: join(folder, 'log.txt'), level: 'warn' },
});

/**
 * Runs `body` with a registry that has these tarballs.
 * @param {string} folder
 * @param {string[]} tarballs
 * @param {(url: string) => Promise<void>} body
 */
export async function withRegistry(folder, tarballs, body) {
  mkdirSync(folder, { recursive: true });
  const upstream = (await capture('npm', ['config', 'get', 'registry'])).stdout.trim();
  const file = join(folder, 'config.yaml'); // JSON is YAML too
  writeFileSync(file, JSON.stringify(configuration(folder, upstream)));
  const address = `127.0.0.1:${await freePort()}`;
  const program = join(root, 'scripts', 'try_install', 'node_modules', 'verdaccio', 'bin', 'verdaccio');
  const server = spawn(nodes['Node.js 24'], [program, '--config', file, '--listen', address], { stdio: 'ignore' });
  try {
    await answers(`http://${address}/`);
    for (const tarball of tarballs) await publish(`http://${address}/`, tarball);
    await body(`http://${address}/`);
  } finally {
    server.kill();
  }
}

/** @param {string} url */
async function answers(url) {
  for (let attempt = 0; attempt < 120; attempt++) {
    try {
      if ((await fetch(`${url}-/ping`)).ok) return;
    } catch {
      // not listening yet
    }
    await sleep(500);
  }
  throw new Error(`the registry at ${url} does not answer`);
}

/** @param {string} url @param {string} tarball */
async function publish(url, tarball) {
  const token = `--${url.replace('http:', '')}:_authToken=nobody`; // npm wants one; the registry lets anybody in
  const { status, stderr } = await capture('npm', ['publish', tarball, '--registry', url, token]);
  if (status !== 0) throw new Error(`npm publish ${tarball}: ${stderr}`);
}
