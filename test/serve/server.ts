/** A server of the suite, in a process of its own: tells its port, and ends at SIGTERM. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import type { Tensor } from 'tsorch';
import { ModelService } from 'tsorch/serve';
import { ones } from './models/linear';

const model = join(__dirname, 'models', 'linear.js');
const service = new ModelService<Float32Array, Tensor>(model, { state: ones(1), workers: 1 });

const server = createServer(async (request, response) => {
  const sample = Float32Array.from((await json(request)) as number[]);
  const result = await service.predict(sample);
  response.end(JSON.stringify(result.tolist()));
});

async function main(): Promise<void> {
  await service.ready();
  service.drain_on('SIGTERM', server);
  server.listen(0, '127.0.0.1', () => process.send!((server.address() as AddressInfo).port));
  process.once('disconnect', () => process.exit(1)); // the suite has ended without a signal
  process.channel!.unref();
}

void main();
