/** Where the thread of a worker begins. */
import { workerData } from 'node:worker_threads';
import { describeFailure } from './failure';
import { Cell, type Start } from './messages';

const start = workerData as Start;

try {
  // Not at the top: a package that cannot be loaded has to be reported too.
  require('../../../entries/main');
  const { runWorker } = require('./worker') as typeof import('./worker');
  runWorker(start);
} catch (error) {
  const cells = new Int32Array(start.signal);
  start.port.postMessage({ kind: 'gone', worker: start.worker, failure: describeFailure(error) });
  Atomics.add(cells, Cell.Sent, 1);
  Atomics.notify(cells, Cell.Sent);
}
