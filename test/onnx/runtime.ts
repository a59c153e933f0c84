/** ONNX files, run by onnxruntime in a process of its own: it loads its parts in ways that jest does not know. */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import torch, { type Tensor } from 'tsorch';
import { root, temporaryFolder } from '../setup/fakes';

/** A model, and what it is to be run with. */
export interface Job {
  readonly bytes: Uint8Array;
  /** The file of its weights beside it, and its name. */
  readonly external?: { readonly path: string; readonly data: Uint8Array };
  readonly runs: readonly (readonly Tensor[])[];
}

export interface Answer {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** The results of each run. */
  readonly runs: readonly (readonly Tensor[])[];
}

interface Plain {
  type: string;
  dims: number[];
  data: string;
}

const types: Readonly<Record<string, string>> = {
  'torch.float32': 'float32',
  'torch.float64': 'float64',
  'torch.int64': 'int64',
  'torch.bool': 'bool',
};

const program = `
  const { readFileSync, writeFileSync } = require('node:fs');
  const ort = require('onnxruntime-web');
  const kinds = { float32: Float32Array, float64: Float64Array, int64: BigInt64Array, bool: Uint8Array };
  const [, jobs, answers] = process.argv;
  const tensor = ({ type, dims, data }) => {
    const bytes = Uint8Array.from(Buffer.from(data, 'base64'));
    return new ort.Tensor(type, new kinds[type](bytes.buffer), dims);
  };
  const plain = ({ type, dims, data }) => {
    const data64 = Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('base64');
    return { type, dims: [...dims], data: data64 };
  };
  async function answer({ model, external, runs }) {
    const externalData = external.map(({ path, data }) => ({ path, data: Buffer.from(data, 'base64') }));
    const session = await ort.InferenceSession.create(Buffer.from(model, 'base64'), { externalData });
    const results = [];
    for (const run of runs) {
      const feeds = Object.fromEntries(run.map((each, i) => [session.inputNames[i], tensor(each)]));
      const out = await session.run(feeds);
      results.push(session.outputNames.map((name) => plain(out[name])));
    }
    return { inputs: [...session.inputNames], outputs: [...session.outputNames], runs: results };
  }
  (async () => {
    const all = [];
    for (const job of JSON.parse(readFileSync(jobs, 'utf8'))) all.push(await answer(job).catch((error) => ({ error: String(error) })));
    writeFileSync(answers, JSON.stringify(all));
    process.exit(0); // its threads stay
  })();`;

function plain(x: Tensor): Plain {
  const array = x.detach().contiguous().typed_array();
  const bytes = Buffer.from(array.buffer, array.byteOffset, array.byteLength);
  return { type: types[String(x.dtype)]!, dims: x.shape, data: bytes.toString('base64') };
}

function tensorOf({ type, dims, data }: Plain): Tensor {
  const bytes = Uint8Array.from(Buffer.from(data, 'base64'));
  const dtype = { float32: torch.float32, float64: torch.float64, int64: torch.int64, bool: torch.bool }[type]!;
  if (bytes.length === 0) return torch.empty(dims, { dtype });
  return torch.frombuffer(bytes, { dtype }).view(dims);
}

/** Runs all of them in one process. */
export function runOnnx(jobs: readonly Job[]): (Answer | { error: string })[] {
  const folder = temporaryFolder();
  const [given, made] = [join(folder, 'jobs.json'), join(folder, 'answers.json')];
  const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');
  const listed = jobs.map(({ bytes, external, runs }) => ({
    model: base64(bytes),
    external: external === undefined ? [] : [{ path: external.path, data: base64(external.data) }],
    runs: runs.map((run) => run.map(plain)),
  }));
  writeFileSync(given, JSON.stringify(listed));
  execFileSync(process.execPath, ['-e', program, given, made], { cwd: root });
  type Told = { error: string } | { inputs: string[]; outputs: string[]; runs: Plain[][] };
  const answers: Told[] = JSON.parse(readFileSync(made, 'utf8'));
  return answers.map((each) => ('error' in each ? each : { ...each, runs: each.runs.map((run) => run.map(tensorOf)) }));
}
