/** What is done with a trace when it is ready. */
import { mkdirSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { TorchError } from '../base/errors';
import * as signatures from './generated/profiler';
import type { profile } from './profile';

export type TraceHandler = (prof: profile) => void;

/**
 * Writes each trace into a folder, where TensorBoard's profiler plugin and Perfetto open it. Files are named
 * `worker.nanoseconds.pt.trace.json`, with `.gz` behind it if they are compressed.
 * https://docs.pytorch.org/docs/2.13/profiler.html#torch.profiler.tensorboard_trace_handler
 * @throws TorchError when the folder cannot be made
 */
export function tensorboard_trace_handler(...args: signatures.TensorboardTraceHandlerArgs): TraceHandler {
  const [dir_name, worker_name, use_gzip] = signatures.tensorboard_trace_handler.list(args);
  return (prof) => {
    try {
      mkdirSync(dir_name, { recursive: true });
    } catch (cause) {
      throw Object.assign(new TorchError(`Can't create directory: ${dir_name}`), { cause });
    }
    const worker = worker_name ?? `${hostname()}_${process.pid}`;
    prof.export_chrome_trace(join(dir_name, `${worker}.${timeNow()}.pt.trace.json${use_gzip ? '.gz' : ''}`));
  };
}

/** Nanoseconds since 1970, as exactly as a double holds them: two traces of a millisecond have two names. */
function timeNow(): bigint {
  return BigInt(Math.round((performance.timeOrigin + performance.now()) * 1e6));
}
