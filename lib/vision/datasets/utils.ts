/** Downloads, in the manner of torchvision.datasets.utils. They wait until they are done. */
import { basename, join } from 'node:path';
import { reading } from '../../face/files';
import { runBlocking } from '../../face/system';
import type { Download } from './fetch';

const fetcher = join(__dirname, 'fetch.js');

export interface DownloadOptions {
  filename?: string | null;
  md5?: string | null;
  /** Other places of the same file, tried in order. */
  mirrors?: readonly string[];
}

/** Whether a file is there, with this MD5 if one is given. */
export function check_integrity(path: string, md5: string | null = null): boolean {
  return runBlocking<boolean>(fetcher, 'isWhole', path, md5);
}

/**
 * Fetches a file into a folder, unless it is there; it appears under its name when it is whole and its checksum is right.
 * With a checksum, what a broken download left is gone on with.
 */
export function download_url(url: string, root: string, options: DownloadOptions = {}): string {
  const { filename, md5 = null, mirrors = [] } = options;
  const path = join(root, filename ?? basename(new URL(url).pathname));
  const request: Download = { urls: [url, ...mirrors], path, md5 };
  runBlocking<void>(fetcher, 'download', request);
  return path;
}

/** Unpacks `.gz`, `.tar.gz`, `.tgz`, `.tar` and `.zip`. */
export function extract_archive(from_path: string, to_path: string): void {
  reading(() => runBlocking<void>(fetcher, 'extract', from_path, to_path));
}

/** Downloads an archive and unpacks it. */
export function download_and_extract_archive(
  url: string,
  download_root: string,
  options: DownloadOptions & { extract_root?: string | null } = {},
): void {
  const archive = download_url(url, download_root, options);
  extract_archive(archive, options.extract_root ?? download_root);
}
