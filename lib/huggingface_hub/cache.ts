/**
 * The cache's layout: each file's bytes once in `blobs`, under their checksum; in `snapshots/COMMIT` the files of a commit,
 * as links to them; in `refs` which commit a branch was at.
 * https://huggingface.co/docs/huggingface_hub/guides/manage-cache
 */
import {
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { basename, dirname, isAbsolute, join, normalize, relative, sep } from 'node:path';
import { writeFile } from '../face/files';

const types = ['model', 'dataset', 'space'] as const;

export type RepoType = (typeof types)[number];

export interface Repo {
  readonly type: RepoType;
  /** With its owner: `openai-community/gpt2`. */
  readonly name: string;
}

const NAME = /^[\w.-]+(\/[\w.-]+)?$/;

/** @throws RangeError for what is no name of a repository, or no kind of one */
export function repoOf(name: string, type: string | null): Repo {
  const known = types.find((each) => each === (type ?? 'model'));
  if (known === undefined) throw new RangeError(`invalid repo type '${type}': it is one of ${types.join(', ')}`);
  const isName = typeof name === 'string' && NAME.test(name) && !/--|\.\.|(^|\/)[-.]|[-.](\/|$)|\.git$/.test(name);
  if (!isName) throw new RangeError(`invalid repo id '${name}': it is 'name' or 'owner/name'`);
  return { type: known, name };
}

/** @throws Error for a path that leads out of its folder */
function within(folder: string, path: string): string {
  const isInside = path !== '' && !isAbsolute(path) && !/^[a-z]:|\\|\0/i.test(path);
  if (!isInside || normalize(path).split(sep).includes('..')) {
    throw new Error(`invalid path '${path}': it leads out of the repository`);
  }
  return join(folder, path);
}

/** What the cache has of one repository. */
export class RepoCache {
  private readonly folder: string;

  constructor(cache: string, { type, name }: Repo) {
    this.folder = join(cache, `${type}s--${name.replace('/', '--')}`);
  }

  /** Where the files of a commit are, whether they are there or not. */
  snapshot(commit: string): string {
    return within(join(this.folder, 'snapshots'), commit);
  }

  /** Where a file of a commit is. */
  file(commit: string, path: string): string {
    return within(this.snapshot(commit), path);
  }

  blob(checksum: string): string {
    return within(join(this.folder, 'blobs'), checksum);
  }

  /** The commit that a branch or tag was at when it was last asked for; a commit is itself. */
  commitOf(revision: string): string {
    const ref = within(join(this.folder, 'refs'), revision);
    return existsSync(ref) ? readFileSync(ref, 'utf8').trim() : revision;
  }

  setCommit(revision: string, commit: string): void {
    if (revision === commit) return;
    const ref = within(join(this.folder, 'refs'), revision);
    if (existsSync(ref) && readFileSync(ref, 'utf8') === commit) return;
    mkdirSync(dirname(ref), { recursive: true });
    writeFile(ref, (sink) => sink.write(Buffer.from(commit)));
  }

  /** Puts a blob among the files of a commit, and gives its place. */
  link(commit: string, path: string, checksum: string): string {
    const file = this.file(commit, path);
    const blob = this.blob(checksum);
    mkdirSync(dirname(file), { recursive: true });
    if (lstatSync(file, { throwIfNoEntry: false }) !== undefined) rmSync(file);
    try {
      symlinkSync(relative(dirname(file), blob), file);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EEXIST') return file; // another process was as fast
      if (code !== 'EPERM' && code !== 'ENOSYS') throw error;
      copyFileSync(blob, file); // a file system without links
    }
    return file;
  }

  /** A download that a process began which no longer runs: `NAME.PID-THREAD.part`. */
  leftover(checksum: string, isRunning: (pid: number) => boolean): string | undefined {
    const blob = this.blob(checksum);
    if (!existsSync(dirname(blob))) return undefined;
    const name = readdirSync(dirname(blob)).find((each) => {
      const pid = each.startsWith(`${basename(blob)}.`) ? /\.(\d+)-\d+\.part$/.exec(each)?.[1] : undefined;
      return pid !== undefined && !isRunning(Number(pid));
    });
    return name === undefined ? undefined : join(dirname(blob), name);
  }
}
