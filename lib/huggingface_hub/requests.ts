/** What is asked of the Hub. Runs in the worker of base/blocking.ts: no tensors here. */
import { setTimeout } from 'node:timers/promises';
import { type Checksum, fetchFile, optional, Refused, reasonOf, WrongChecksum } from '../face/system';
import type { Repo } from './cache';
import type { Failure } from './errors';

/** How the Hub is reached. */
export interface Access {
  readonly endpoint: string;
  readonly token: string | undefined;
  /** Seconds to wait for an answer about a file, not for the file. */
  readonly timeout: number;
}

/** A file of a commit. */
export interface Entry {
  readonly path: string;
  readonly checksum: Checksum;
}

export type Outcome<Value> = { readonly value: Value } | { readonly failure: Failure };

function authorization({ token }: Access): Record<string, string> {
  return token === undefined ? {} : { authorization: `Bearer ${token}` };
}

/** A `fetch` for the client library, which knows our token, and whose errors keep what the Hub says of them. */
function fetcher(access: Access): typeof fetch {
  return async (input, init) => {
    const headers = new Headers(init?.headers);
    for (const [name, value] of Object.entries(authorization(access))) headers.set(name, value);
    const response = await fetch(input, { ...init, headers, signal: AbortSignal.timeout(1000 * access.timeout) });
    if (!response.ok) throw new Refused(response);
    return response;
  };
}

async function outcome<Value>(url: string, work: () => Promise<Value>): Promise<Outcome<Value>> {
  try {
    return { value: await work() };
  } catch (error) {
    if (error instanceof WrongChecksum) throw new Error(`${url}: ${error.message}`);
    if (!(error instanceof Refused)) return { failure: { status: 0, code: null, reason: reasonOf(error), url } };
    const { status, headers } = error.response;
    const reason = headers.get('x-error-message') ?? error.message;
    return { failure: { status, code: headers.get('x-error-code'), reason, url: error.response.url } };
  }
}

function client(): typeof import('@huggingface/hub') {
  return optional('@huggingface/hub', 'huggingface_hub');
}

/** The commit that a branch or tag is at. */
export function commitOf(access: Access, { type, name }: Repo, revision: string): Promise<Outcome<string>> {
  const { modelInfo, datasetInfo, spaceInfo } = client();
  const fields: 'sha'[] = ['sha'];
  const given = { name, revision, hubUrl: access.endpoint, fetch: fetcher(access), additionalFields: fields };
  return outcome(access.endpoint, async () => {
    if (type === 'dataset') return (await datasetInfo(given)).sha;
    if (type === 'space') return (await spaceInfo(given)).sha;
    return (await modelInfo(given)).sha;
  });
}

interface Listed {
  readonly type: string;
  readonly path: string;
  readonly oid?: string;
  readonly lfs?: { readonly oid: string };
}

/** Large files are known by the SHA-256 of their bytes, the others by their name in Git. */
function entryOf({ path, oid, lfs }: Listed): Entry {
  const digits = lfs?.oid ?? oid ?? '';
  const isRight = lfs === undefined ? /^[0-9a-f]{40}$/ : /^[0-9a-f]{64}$/;
  if (!isRight.test(digits)) throw new Error(`the Hub gives no checksum for ${path}`);
  return { path, checksum: { algorithm: lfs === undefined ? 'git' : 'sha256', digits } };
}

/** The files of a commit: those that are asked for and are there, or all. */
export function entriesOf(
  access: Access,
  repo: Repo,
  revision: string,
  paths: readonly string[] | null,
): Promise<Outcome<Entry[]>> {
  const { listFiles, pathsInfo } = client();
  const given = { repo, revision, hubUrl: access.endpoint, fetch: fetcher(access) };
  return outcome(access.endpoint, async () => {
    const listed: Listed[] = [];
    if (paths !== null) listed.push(...(await pathsInfo({ ...given, paths: [...paths] })));
    else for await (const entry of listFiles({ ...given, recursive: true })) listed.push(entry);
    return listed.filter(({ type }) => type === 'file').map(entryOf);
  });
}

export interface Download {
  readonly access: Access;
  readonly url: string;
  /** Where the bytes go, and where they are until they are whole. */
  readonly blob: string;
  readonly part: string;
  readonly entry: Entry;
  readonly progress: boolean;
}

/** So often a download that breaks off is gone on with. */
const TRIES = 5;

/** Fetches the bytes of a file. */
export function download({ access, url, blob, part, entry, progress }: Download): Promise<Outcome<null>> {
  const { path: label, checksum } = entry;
  const request = { url, path: blob, part, checksum, progress, label, headers: authorization(access) };
  return outcome(url, async () => {
    for (let attempt = 1; ; attempt++) {
      try {
        await fetchFile(request);
        return null;
      } catch (error) {
        const brokeOff = error instanceof TypeError; // as fetch says it
        if (!brokeOff || attempt === TRIES) throw error;
        await setTimeout(100 * 2 ** attempt);
      }
    }
  });
}
