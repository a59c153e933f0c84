// Direct downloads over HTTP(S): resumed, retried, through the proxy the environment names.
import { createWriteStream, mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { require } from '../tools/packages.mjs';
import { verify } from './pins.mjs';
import { progress } from './progress.mjs';

const { EnvHttpProxyAgent, fetch } = /** @type {typeof import('undici')} */ (require('undici'));
const attempts = 4;

/**
 * Downloads `url` to `file`. An interrupted download stays as `file`.part and goes on from there next time.
 * @param {string} url
 * @param {string} file
 * @param {string | undefined} sha256
 * @throws {Error} naming the URL, after several attempts
 */
export async function download(url, file, sha256) {
  mkdirSync(dirname(file), { recursive: true });
  const part = `${file}.part`;
  for (let attempt = 1; ; attempt++) {
    try {
      await fetchRest(url, part);
      break;
    } catch (error) {
      if (attempt === attempts || isPermanent(error)) throw new Error(`${url}: ${reason(error)}`, { cause: error });
      await sleep(1000 * 2 ** attempt);
    }
  }
  try {
    await verify(part, sha256);
  } catch (error) {
    rmSync(part); // resuming a wrong file can never succeed
    throw error;
  }
  renameSync(part, file);
}

/**
 * @param {string} url
 * @param {string} part
 */
async function fetchRest(url, part) {
  const have = statSync(part, { throwIfNoEntry: false })?.size ?? 0;
  /** @type {Record<string, string>} */
  const headers = have ? { range: `bytes=${have}-` } : {};
  const response = await fetch(url, { headers, dispatcher: new EnvHttpProxyAgent() });
  if (response.status === 416) return; // everything was there already
  if (!response.ok || !response.body) throw new HttpError(response);
  const resumed = response.status === 206;
  const start = resumed ? have : 0;
  const length = Number(response.headers.get('content-length') ?? 0);
  const bar = progress('downloading', length && start + length, start);
  const count = new Transform({
    transform(chunk, _encoding, done) {
      bar.add(chunk.length);
      done(null, chunk);
    },
  });
  try {
    await pipeline(Readable.fromWeb(response.body), count, createWriteStream(part, { flags: resumed ? 'a' : 'w' }));
  } finally {
    bar.stop();
  }
}

class HttpError extends Error {
  /** @param {{ status: number, statusText: string }} response */
  constructor({ status, statusText }) {
    super(`HTTP ${status} ${statusText}`);
    this.permanent = status < 500 && status !== 429;
  }
}

const offline = ['ENOTFOUND', 'ECONNREFUSED', 'EAI_AGAIN'];

/** @param {unknown} error */
function isPermanent(error) {
  if (error instanceof HttpError) return error.permanent;
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof Error && 'code' in cause && offline.includes(String(cause.code));
}

// fetch says only 'fetch failed'; why is in its cause.
/** @param {unknown} error */
function reason(error) {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}
