/** A worker of a service: makes the model, and runs the batches that it is sent. */
import { describeFailure } from '../face/system';
import { call, native, type StateDict } from '../face/tensors';
import { load_modules, receive, type Shared, share } from '../multiprocessing';
import { torch } from '../torch';
import type { Job, Reply, Start } from './protocol';

type Model = (batch: unknown) => unknown;
type MakeModel = (state: StateDict) => unknown;

/** The function that a module exports: as its default, or as the whole of a CommonJS module. */
function makerOf(exported: { readonly default?: unknown }, module: string): MakeModel {
  // A CommonJS module that was an ES module before it was compiled has its default inside its exports.
  const inner = (exported.default as { readonly default?: unknown } | undefined)?.default;
  const maker = [exported.default, inner].find((each) => typeof each === 'function');
  if (maker === undefined) throw new TypeError(`${module} must export a function that makes the model, as its default`);
  return maker as MakeModel;
}

async function received<Value>(message: Shared<Value>): Promise<Value> {
  await load_modules(message);
  return receive(message);
}

async function makeModel({ module, state }: Start): Promise<Model> {
  const make = makerOf((await import(module)) as object, module);
  const model = await make(state === null ? {} : await received(state));
  if (typeof model !== 'function') throw new TypeError(`what ${module} makes must be a function or a Module`);
  if (model instanceof torch.nn.Module) model.eval();
  return model as Model;
}

async function answer(model: Model, { batch }: Job): Promise<Reply> {
  try {
    return { kind: 'result', result: share(await model(await received(batch))) };
  } catch (error) {
    return { kind: 'failed', failure: describeFailure(error) };
  }
}

/** Serves until the thread is ended. */
export async function serve(start: Start): Promise<void> {
  call(native.set_thread_parallelism, start.num_threads);
  torch.set_grad_enabled(false);
  const model = await makeModel(start);
  for (const batch of start.warm_up) await model(await received(batch));
  const post = (reply: Reply) => start.port.postMessage(reply);
  start.port.on('message', async (job: Job) => post(await answer(model, job)));
  post({ kind: 'ready' });
}
