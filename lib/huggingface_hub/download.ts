/** Files and whole repositories of the Hub, in the cache. */
import { existsSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { threadId } from 'node:worker_threads';
import { REQUIRED, Signature } from '../face/arguments';
import { isRunning, pathOf } from '../face/files';
import { requireInstalled, runBlocking } from '../face/system';
import { type Repo, RepoCache, type RepoType, repoOf } from './cache';
import { errorOf, LocalEntryNotFoundError, RemoteEntryNotFoundError } from './errors';
import { fnmatch } from './patterns';
import type { Access, Download, Entry, Outcome } from './requests';
import { cacheFolder, endpoint, isOffline, showsProgress, type Token, tokenOf } from './settings';

const worker = join(__dirname, 'requests.js');

/** What both functions take. */
interface CommonOptions {
  /** `'model'` by default. */
  repo_type?: RepoType | null;
  /** A branch, a tag or a commit: `'main'` by default. */
  revision?: string | null;
  /** Where repositories are kept: HF_HUB_CACHE, else `hub` in HF_HOME, else `~/.cache/huggingface/hub`. */
  cache_dir?: string | URL | null;
  /** Fetches what is in the cache already, too. */
  force_download?: boolean;
  /** HF_TOKEN by default, else what `hf auth login` stored; `false` sends none. */
  token?: Token;
  /** Asks nothing of the Hub. */
  local_files_only?: boolean;
  /** HF_ENDPOINT by default, else `https://huggingface.co`. */
  endpoint?: string | null;
  /** Seconds to wait for an answer about a file. */
  etag_timeout?: number;
}

export interface DownloadOptions extends CommonOptions {
  /** The folder of the repository that the file is in. */
  subfolder?: string | null;
}

export interface SnapshotOptions extends CommonOptions {
  /** Only files that match: `'*.json'`. A `*` stands for slashes too. */
  allow_patterns?: string | readonly string[] | null;
  /** No files that match. */
  ignore_patterns?: string | readonly string[] | null;
}

type Common = Required<CommonOptions> & { repo_id: string };

const common = {
  repo_type: null,
  revision: null,
  cache_dir: null,
  force_download: false,
  token: null,
  local_files_only: false,
  endpoint: null,
  etag_timeout: 10,
};

/** The Hub did not answer, or is unwell: what the cache has may do instead. */
class Unreachable extends Error {}

/** One repository: at the Hub, and in the cache. */
class Repository {
  readonly repo: Repo;
  readonly cache: RepoCache;
  readonly revision: string;
  /** Whether the Hub may be asked. */
  readonly online: boolean;
  private readonly access: Access;
  private readonly force: boolean;

  constructor(user: string, given: Common) {
    this.repo = repoOf(given.repo_id, given.repo_type);
    const folder = given.cache_dir === null ? cacheFolder() : pathOf(given.cache_dir);
    if (folder === undefined) throw new TypeError("expected 'cache_dir' to be a path");
    this.cache = new RepoCache(folder, this.repo);
    this.revision = given.revision ?? 'main';
    this.online = !given.local_files_only && !isOffline();
    this.force = given.force_download;
    this.access = {
      endpoint: given.endpoint?.replace(/\/+$/, '') ?? endpoint(),
      token: tokenOf(given.token),
      timeout: given.etag_timeout,
    };
    if (this.online) requireInstalled('@huggingface/hub', user);
  }

  private ask<Value>(name: string, ...args: unknown[]): Value {
    const answer = runBlocking<Outcome<Value>>(worker, name, ...args);
    if ('value' in answer) return answer.value;
    const { status, reason, url } = answer.failure;
    if (status === 0) throw new Unreachable(`cannot reach ${url}: ${reason}`);
    const error = errorOf(answer.failure, this.repo.name);
    throw status >= 500 ? new Unreachable(error.message, { cause: error }) : error;
  }

  /** The commit that the revision is at, as the Hub says; the cache keeps it. */
  commit(): string {
    if (/^[0-9a-f]{40}$/.test(this.revision)) return this.revision;
    const commit = this.ask<string>('commitOf', this.access, this.repo, this.revision);
    this.cache.setCommit(this.revision, commit);
    return commit;
  }

  entries(commit: string, paths: readonly string[] | null): Entry[] {
    return this.ask('entriesOf', this.access, this.repo, commit, paths);
  }

  private url(commit: string, path: string): string {
    const kind = this.repo.type === 'model' ? '' : `${this.repo.type}s/`;
    const parts = path.split('/').map(encodeURIComponent).join('/');
    return `${this.access.endpoint}/${kind}${this.repo.name}/resolve/${commit}/${parts}`;
  }

  /** Puts a file into the cache, unless it is there, and gives its place. */
  fetch(commit: string, entry: Entry): string {
    const file = this.cache.file(commit, entry.path);
    if (!this.force && existsSync(file)) return file;
    const { digits } = entry.checksum;
    const blob = this.cache.blob(digits);
    if (this.force || !existsSync(blob)) {
      const part = `${blob}.${process.pid}-${threadId}.part`;
      const left = this.cache.leftover(digits, isRunning);
      if (left !== undefined) renameSync(left, part);
      const url = this.url(commit, entry.path);
      const request: Download = { access: this.access, url, blob, part, entry, progress: showsProgress() };
      this.ask('download', request);
    }
    return this.cache.link(commit, entry.path, digits);
  }

  /** What the cache has, where the Hub is not asked. */
  cached(file: string): string {
    if (existsSync(file)) return file;
    const why = isOffline() ? 'HF_HUB_OFFLINE is set' : 'local_files_only is';
    throw new LocalEntryNotFoundError(`${file} is not there, and ${why}`);
  }

  /** Does what needs the Hub; where that does not answer, what the cache has of `file` is given. */
  orCached(file: () => string, work: () => string): string {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof Unreachable)) throw error;
      const known = file();
      if (existsSync(known) && !this.force) return known;
      throw new LocalEntryNotFoundError(`${error.message}; and ${known} is not there`, { cause: error });
    }
  }
}

type DownloadArguments = Common & { filename: string; subfolder: string | null };

const downloadSignature = new Signature<DownloadArguments>(
  'hf_hub_download',
  { repo_id: REQUIRED, filename: REQUIRED, subfolder: null, ...common },
  1 + Object.keys(common).length,
);

/**
 * Downloads a file of a repository, unless the cache has it, and gives its path there. The cache is Python's, with the same
 * layout. Bytes are compared with the checksum that the Hub gives; a download that breaks off is gone on with.
 * https://huggingface.co/docs/huggingface_hub/package_reference/file_download#huggingface_hub.hf_hub_download
 * @throws RepositoryNotFoundError, GatedRepoError, RevisionNotFoundError, RemoteEntryNotFoundError as the Hub answers;
 * LocalEntryNotFoundError for what is not in the cache where the Hub is not to be asked (HF_HUB_OFFLINE) or does not answer
 */
export function hf_hub_download(repo_id: string, filename: string, options?: DownloadOptions): string;
export function hf_hub_download(options: DownloadOptions & { repo_id: string; filename: string }): string;
export function hf_hub_download(...args: unknown[]): string {
  const given = downloadSignature.read(args);
  const path = given.subfolder ? `${given.subfolder}/${given.filename}` : given.filename;
  const repository = new Repository('hf_hub_download', given);
  const { cache, revision } = repository;
  const known = () => cache.file(cache.commitOf(revision), path);
  if (!repository.online) return repository.cached(known());
  if (cache.commitOf(revision) === revision && !given.force_download && existsSync(known())) return known();
  return repository.orCached(known, () => {
    const commit = repository.commit();
    if (!given.force_download && existsSync(cache.file(commit, path))) return cache.file(commit, path);
    const [entry] = repository.entries(commit, [path]);
    if (entry === undefined || entry.path !== path) {
      throw new RemoteEntryNotFoundError(`${given.repo_id} has no file ${path} at ${revision} (commit ${commit})`);
    }
    return repository.fetch(commit, entry);
  });
}

type SnapshotArguments = Common & Required<Pick<SnapshotOptions, 'allow_patterns' | 'ignore_patterns'>>;

const snapshotSignature = new Signature<SnapshotArguments>(
  'snapshot_download',
  { repo_id: REQUIRED, ...common, allow_patterns: null, ignore_patterns: null },
  2 + Object.keys(common).length,
);

/**
 * Downloads the files of a repository that the cache lacks, and gives the folder that they are in.
 * https://huggingface.co/docs/huggingface_hub/package_reference/file_download#huggingface_hub.snapshot_download
 * @throws as `hf_hub_download`
 */
export function snapshot_download(repo_id: string, options?: SnapshotOptions): string;
export function snapshot_download(options: SnapshotOptions & { repo_id: string }): string;
export function snapshot_download(...args: unknown[]): string {
  const given = snapshotSignature.read(args);
  const repository = new Repository('snapshot_download', given);
  const { cache, revision } = repository;
  const known = () => cache.snapshot(cache.commitOf(revision));
  if (!repository.online) return repository.cached(known());
  const isWanted = fnmatch(given.allow_patterns, given.ignore_patterns);
  return repository.orCached(known, () => {
    const commit = repository.commit();
    const wanted = repository.entries(commit, null).filter(({ path }) => isWanted(path));
    for (const entry of wanted) repository.fetch(commit, entry);
    return cache.snapshot(commit);
  });
}
