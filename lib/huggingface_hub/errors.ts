/** What goes wrong with the Hub. https://huggingface.co/docs/huggingface_hub/package_reference/utilities#http-errors */

/** The Hub refused a request. */
export class HfHubHTTPError extends Error {
  override name = 'HfHubHTTPError';

  constructor(
    message: string,
    /** The status of the answer. */
    readonly status: number,
    readonly url: string,
  ) {
    super(message);
  }
}

/** There is no such repository, or it is private and the token does not open it. */
export class RepositoryNotFoundError extends HfHubHTTPError {
  override name = 'RepositoryNotFoundError';
}

/** The repository is there, and its owner has to let the user in first. */
export class GatedRepoError extends RepositoryNotFoundError {
  override name = 'GatedRepoError';
}

/** The repository has no such branch, tag or commit. */
export class RevisionNotFoundError extends HfHubHTTPError {
  override name = 'RevisionNotFoundError';
}

/** A file is not where it was looked for. */
export class EntryNotFoundError extends Error {
  override name = 'EntryNotFoundError';
}

/** The repository has no such file. */
export class RemoteEntryNotFoundError extends EntryNotFoundError {
  override name = 'RemoteEntryNotFoundError';
}

/** The file is not in the cache, and the Hub was not, or could not be, asked. */
export class LocalEntryNotFoundError extends EntryNotFoundError {
  override name = 'LocalEntryNotFoundError';
}

/** What a request came to without an answer of use, as the thread that made it tells: errors lose their class on the way. */
export interface Failure {
  /** 0 when there was no answer. */
  readonly status: number;
  /** The Hub's own name of what is wrong (`GatedRepo`), where it gave one. */
  readonly code: string | null;
  readonly reason: string;
  readonly url: string;
}

const login = 'log in with HF_TOKEN or `hf auth login`';

/** The error that a failure stands for. */
export function errorOf({ status, code, reason, url }: Failure, repo: string): Error {
  const text = (what: string) => `${status} for ${url}: ${what}`;
  if (code === 'GatedRepo') {
    const what = `access to ${repo} is restricted: ask for it on its page, and ${login}`;
    return new GatedRepoError(text(what), status, url);
  }
  if (code === 'RevisionNotFound') return new RevisionNotFoundError(text(`${repo} has no such revision`), status, url);
  if (code === 'EntryNotFound') return new RemoteEntryNotFoundError(text(`${repo} has no such file`));
  if (code === 'RepoNotFound' || status === 401 || (status === 404 && code === null)) {
    const what = `there is no repository ${repo}, or it is private: look at its name and kind, and ${login}`;
    return new RepositoryNotFoundError(text(what), status, url);
  }
  return new HfHubHTTPError(text(reason), status, url);
}
