/** Files from the network. Runs in the worker of base/blocking.ts: no tensors here. */
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream, existsSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { isatty, WriteStream } from 'node:tty';
import { optional } from '../base/optional';

/** What a file's checksum begins with. */
export interface Checksum {
  /** `git` is a blob's name in Git: of its size and its bytes. */
  readonly algorithm: 'md5' | 'sha256' | 'git';
  /** Hexadecimal. */
  readonly digits: string;
}

export interface Fetch {
  readonly url: string;
  readonly path: string;
  readonly checksum: Checksum | null;
  /** Whether a bar shows on standard error how far it is, where that is a terminal. */
  readonly progress?: boolean;
  /** What the bar calls the file; the end of its path by default. */
  readonly label?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Where the file lies until it is whole; beside it by default. */
  readonly part?: string;
}

/** The file is there, and is another. */
export class WrongChecksum extends Error {}

/** The server answered, and not with the file. */
export class Refused extends Error {
  constructor(readonly response: Response) {
    super(`${response.status} ${response.statusText}`);
  }
}

export async function digestOf(path: string, algorithm: Checksum['algorithm']): Promise<string> {
  const hash = createHash(algorithm === 'git' ? 'sha1' : algorithm);
  if (algorithm === 'git') hash.update(`blob ${statSync(path).size}\0`);
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

/** @throws WrongChecksum for a file that is another */
async function verify(path: string, checksum: Checksum | null): Promise<void> {
  if (checksum === null) return;
  const digest = await digestOf(path, checksum.algorithm);
  if (digest.startsWith(checksum.digits)) return;
  throw new WrongChecksum(`invalid hash value (expected "${checksum.digits}", got "${digest}")`);
}

const STANDARD_ERROR = 2;

/** Passes bytes on, and draws how many of `total` there were. */
function counted(have: number, total: number, name: string): Transform {
  const { SingleBar } = optional<typeof import('cli-progress')>('cli-progress', 'a progress bar');
  const format = `${name} {percentage}% |{bar}| {value}/{total} B`;
  const bar = new SingleBar({ stream: new WriteStream(STANDARD_ERROR), format, clearOnComplete: false });
  bar.start(total, have);
  return new Transform({
    transform(piece: Buffer, _encoding, done) {
      bar.increment(piece.length);
      done(null, piece);
    },
    destroy(error, done) {
      bar.stop();
      done(error);
    },
  });
}

/**
 * Goes on with what a broken download left in `part`, where the server can and a checksum will tell whether that was of
 * the same file.
 */
async function transfer({ url, path, checksum, progress, label, ...given }: Fetch, part: string): Promise<void> {
  const have = checksum !== null && existsSync(part) ? statSync(part).size : 0;
  const range = have > 0 ? { range: `bytes=${have}-` } : undefined;
  const headers = { ...given.headers, 'accept-encoding': 'identity', ...range };
  const response = await fetch(url, { headers });
  if (response.status === 416) {
    await response.body?.cancel(); // there is nothing after what is here: too much, or all of it
    return;
  }
  if (!response.ok || response.body === null) {
    await response.body?.cancel();
    throw new Refused(response);
  }
  const goesOn = response.status === 206;
  const body = Readable.fromWeb(response.body);
  const file = createWriteStream(part, { flags: goesOn ? 'a' : 'w' });
  const rest = Number(response.headers.get('content-length') ?? 0);
  if (!progress || rest === 0 || !isatty(STANDARD_ERROR)) return pipeline(body, file);
  const before = goesOn ? have : 0;
  return pipeline(body, counted(before, before + rest, label ?? basename(path)), file);
}

/**
 * Fetches a file, which appears under its name when it is whole and its checksum is right. With a checksum, what a broken
 * download left beside it is gone on with.
 */
export async function fetchFile(request: Fetch): Promise<void> {
  mkdirSync(dirname(request.path), { recursive: true });
  const part = request.part ?? `${request.path}.part`;
  const resumed = existsSync(part);
  await transfer(request, part);
  try {
    await verify(part, request.checksum);
  } catch (error) {
    rmSync(part, { force: true });
    if (!resumed) throw error;
    return fetchFile(request); // what was left over may be of another file
  }
  renameSync(part, request.path);
}

/** Why a download failed: `fetch` hides that in the cause of its error. */
export function reasonOf(error: unknown): string {
  const { message, cause } = error as Error & { cause?: Error };
  return cause?.message ? `${message}: ${cause.message}` : message;
}

/** The same, with an error that says which address failed. */
export async function fetchFrom(request: Fetch): Promise<void> {
  try {
    await fetchFile(request);
  } catch (error) {
    if (error instanceof WrongChecksum) throw error;
    throw new Error(`cannot download ${request.url}: ${reasonOf(error)}`, { cause: error });
  }
}
