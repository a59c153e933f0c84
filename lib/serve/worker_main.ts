/** Where the thread of a model's worker begins. */
import { workerData } from 'node:worker_threads';
import { describeFailure } from '../face/system';
import type { Start } from './protocol';

const start = workerData as Start;

/** What is loaded here, rather than at the top, may fail, and that has to be reported too. */
async function main(): Promise<void> {
  try {
    require('../entries/main');
    const { serve } = require('./worker') as typeof import('./worker');
    await serve(start);
  } catch (error) {
    start.port.postMessage({ kind: 'failed', failure: describeFailure(error) });
  }
}

void main();
