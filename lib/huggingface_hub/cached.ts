/** What the cache has. */
import { existsSync } from 'node:fs';
import { REQUIRED, Signature } from '../face/arguments';
import { pathOf } from '../face/files';
import { RepoCache, type RepoType, repoOf } from './cache';
import { cacheFolder } from './settings';

export interface CachedOptions {
  cache_dir?: string | URL | null;
  revision?: string | null;
  repo_type?: RepoType | null;
}

type Arguments = Required<CachedOptions> & { repo_id: string; filename: string };

const signature = new Signature<Arguments>('try_to_load_from_cache', {
  repo_id: REQUIRED,
  filename: REQUIRED,
  cache_dir: null,
  revision: null,
  repo_type: null,
});

/**
 * The path of a file in the cache, or null when it is not there. Asks nothing of the Hub.
 * https://huggingface.co/docs/huggingface_hub/package_reference/cache#huggingface_hub.try_to_load_from_cache
 */
export function try_to_load_from_cache(repo_id: string, filename: string, options?: CachedOptions): string | null;
export function try_to_load_from_cache(options: CachedOptions & { repo_id: string; filename: string }): string | null;
export function try_to_load_from_cache(...args: unknown[]): string | null {
  const given = signature.read(args);
  const folder = given.cache_dir === null ? cacheFolder() : pathOf(given.cache_dir);
  if (folder === undefined) throw new TypeError("expected 'cache_dir' to be a path");
  const cache = new RepoCache(folder, repoOf(given.repo_id, given.repo_type));
  const file = cache.file(cache.commitOf(given.revision ?? 'main'), given.filename);
  return existsSync(file) ? file : null;
}
