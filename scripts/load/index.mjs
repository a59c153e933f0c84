// npm run load: a server over tsorch/serve under load, beside one in Python (aiohttp where it is installed, else
// http.server) with the same model, by turns. Shows requests a second, latency, lag of the event loop and memory.
//   --requests N  in each turn (default 10,000)   --turns N  (default 3)   --connections N  (default 32)
//   --python PATH  one with torch (default: PYTHON, or python3)   --tidy  answers inside of torch.tidy
// --memory instead: 30,000 requests with and without tidy, and whether the server's memory stays as it is.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { root, run, script } from '../tools/run.mjs';
import { whenStale } from '../tools/stamp.mjs';

const home = join(root, 'scripts', 'load');
const { values } = parseArgs({
  options: {
    requests: { type: 'string', default: '10000' },
    turns: { type: 'string', default: '3' },
    connections: { type: 'string', default: '32' },
    python: { type: 'string', default: process.env.PYTHON ?? 'python3' },
    tidy: { type: 'boolean', default: false },
    memory: { type: 'boolean', default: false },
  },
});

/** 3,072 float32 numbers. */
const body = Buffer.from(Float32Array.from({ length: 3072 }, (_, i) => Math.sin(i)).buffer);

/** @typedef {{ name: string, url: string, stop: () => Promise<unknown> }} Server */

/**
 * Starts a server, which prints its port, and its name before it if that is another. Null where it ends instead.
 * @param {string} name @param {string} program @param {string[]} args @returns {Promise<Server | null>}
 */
async function start(name, program, args) {
  const child = spawn(program, args, { cwd: home, stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'exit').catch((error) => console.error(`${program}: ${error.message}`));
  const line = await Promise.race([once(createInterface(child.stdout), 'line').then(([text]) => text), ended]);
  if (typeof line !== 'string') return null;
  const [port, kind] = line.split(' ').reverse();
  const stop = () => {
    child.kill('SIGTERM');
    return ended;
  };
  return { name: kind === undefined ? name : `${name} (${kind})`, url: `http://127.0.0.1:${port}/`, stop };
}

async function installClient() {
  const inputs = ['package.json', 'package-lock.json'].map((file) => join(home, file));
  const outputs = [join(home, 'node_modules', 'autocannon', 'autocannon.js')];
  await whenStale('load-packages', { inputs, outputs }, () =>
    run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: home }),
  );
  return createRequire(import.meta.url)('autocannon');
}

/** How many MiB the server may take more after 30,000 requests than after 10,000: a fifth of the bodies between. */
const GROWTH = 47;

/** @param {Function} autocannon @param {boolean} tidy */
async function checkMemory(autocannon, tidy) {
  const server = await start('tsorch', process.execPath, ['server.mjs', ...(tidy ? ['--tidy'] : [])]);
  if (server === null) throw new Error('the server did not start');
  try {
    const sizes = [];
    for (let round = 0; round < 6; round++) {
      const settings = { method: 'POST', body, connections: Number(values.connections), amount: 5000, url: server.url };
      const { non2xx, errors } = await autocannon(settings);
      if (non2xx + errors > 0) throw new Error(`${non2xx + errors} requests failed`);
      const { rss } = /** @type {{ rss: number }} */ (await (await fetch(server.url)).json());
      sizes.push(Math.round(rss / 2 ** 20));
    }
    console.log(`${tidy ? 'with tidy' : 'without tidy'}: resident MiB after each 5,000 requests: ${sizes.join(', ')}`);
    const grown = sizes[5] - sizes[1];
    if (grown > GROWTH) throw new Error(`memory grew by ${grown} MiB`);
  } finally {
    await server.stop();
  }
}

await script(async () => {
  const autocannon = await installClient();
  if (values.memory) {
    for (const tidy of [false, true]) await checkMemory(autocannon, tidy);
    return;
  }
  const servers = [
    await start('tsorch', process.execPath, ['server.mjs', ...(values.tidy ? ['--tidy'] : [])]),
    await start('Python', values.python, ['server.py']),
  ].filter((server) => server !== null);
  try {
    const settings = { method: 'POST', body, connections: Number(values.connections), amount: Number(values.requests) };
    for (const { url } of servers) await autocannon({ ...settings, url, amount: 2000 }); // warms up
    for (let turn = 0; turn < Number(values.turns); turn++) {
      for (const { name, url } of servers) {
        const { requests, duration, latency, non2xx, errors } = await autocannon({ ...settings, url });
        const speed = `${Math.round(requests.total / duration)} requests/s`;
        console.log(`${name}: ${speed}, p50 ${latency.p50} ms, p99 ${latency.p99} ms, failed ${non2xx + errors}`);
        if (!name.startsWith('tsorch')) continue;
        const { rss, lag } = /** @type {{ rss: number, lag: number }} */ (await (await fetch(url)).json());
        console.log(`  event loop's lag, p99 ${lag.toFixed(1)} ms; resident ${Math.round(rss / 2 ** 20)} MiB`);
      }
    }
  } finally {
    for (const server of servers) await server.stop();
  }
});
