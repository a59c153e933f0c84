// A server of node:http over tsorch/serve: POST / takes 3,072 float32 numbers, GET /stats tells how the process is.
// --tidy reads and answers inside of torch.tidy.
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { buffer } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

const require = createRequire(import.meta.url);
const torch = require('../..').default;
const { ModelService, ServiceError } = require('../../dist/entries/serve.js');
const tidy = process.argv.includes('--tidy') ? torch.tidy : (/** @type {() => unknown} */ fn) => fn();

const service = new ModelService(fileURLToPath(new URL('model.cjs', import.meta.url)), {
  state: require('./model.cjs')({}).state_dict(),
  workers: 1,
  num_threads: 1,
  warm_up: new Float32Array(3072),
});
const lag = monitorEventLoopDelay({ resolution: 5 });
lag.enable();

function stats() {
  return { rss: process.memoryUsage.rss(), lag: lag.percentile(99) / 1e6, workers: service.health().workers };
}

const server = createServer(async (request, response) => {
  try {
    if (request.method === 'GET') return void response.end(JSON.stringify(stats()));
    const body = await buffer(request);
    const sample = new Float32Array(body.buffer, body.byteOffset, body.byteLength / 4).slice();
    const scores = await service.predict(sample);
    response.end(JSON.stringify(tidy(() => scores.tolist())));
  } catch (error) {
    response.writeHead(error instanceof ServiceError ? error.statusCode : 500).end(String(error));
  }
});

await service.ready();
server.listen(0, '127.0.0.1', () => {
  const address = /** @type {import('node:net').AddressInfo} */ (server.address());
  console.log(address.port);
});
service.drain_on('SIGTERM', server);
