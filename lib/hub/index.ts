/** torch.hub: weights from the network, kept in a folder. https://docs.pytorch.org/docs/2.13/hub.html */
import { existsSync, mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, join } from 'node:path';
import { runBlocking } from '../base/blocking';
import type { Fetch } from '../files/download';
import { load } from '../serialization/load';
import * as signatures from './generated/hub';

const downloader = join(__dirname, '..', 'files', 'download.js');

/** What `set_dir` has chosen. */
let chosen: string | undefined;

/**
 * Where downloads are kept: what `set_dir` chose, else `hub` in TORCH_HOME, else `torch/hub` in XDG_CACHE_HOME or
 * `~/.cache`.
 * https://docs.pytorch.org/docs/2.13/hub.html#torch.hub.get_dir
 */
export function get_dir(): string {
  if (chosen !== undefined) return chosen;
  const { TORCH_HOME, XDG_CACHE_HOME } = process.env;
  const home = TORCH_HOME ?? join(XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'torch');
  return join(withoutTilde(home), 'hub');
}

/** A path as a shell reads it. */
function withoutTilde(path: string): string {
  return /^~(?=\/|$)/.test(path) ? homedir() + path.slice(1) : path;
}

/**
 * Sets where downloads are kept.
 * https://docs.pytorch.org/docs/2.13/hub.html#torch.hub.set_dir
 */
export function set_dir(...args: signatures.SetDirArgs): void {
  chosen = withoutTilde(signatures.set_dir.read(args).d);
}

/**
 * Downloads a file, and waits for it; it appears under its name when it is whole. `hash_prefix` is what its SHA-256 begins
 * with: then a download that broke off is gone on with. `progress` draws a bar on a terminal's standard error.
 * https://docs.pytorch.org/docs/2.13/hub.html#torch.hub.download_url_to_file
 * @throws Error for an address that gives nothing, and for a file with another checksum
 */
export function download_url_to_file(...args: signatures.DownloadUrlToFileArgs): void {
  const { url, dst, hash_prefix, progress } = signatures.download_url_to_file.read(args);
  const checksum = hash_prefix === null ? null : { algorithm: 'sha256' as const, digits: hash_prefix };
  const request: Fetch = { url, path: withoutTilde(dst), checksum, progress };
  runBlocking<void>(downloader, 'fetchFrom', request);
}

/** The digits in `resnet18-5c106cde.pth`. */
const hashInName = /-([a-f0-9]*)\./;

/**
 * Loads weights from an address: into `checkpoints` of `get_dir()` at the first time, from there later. With
 * `check_hash`, the name ends in the first digits of the file's SHA-256 (`resnet18-5c106cde.pth`), which are compared.
 * https://docs.pytorch.org/docs/2.13/hub.html#torch.hub.load_state_dict_from_url
 * @throws Error for an address that gives nothing; UnpicklingError for a file that is none of torch.save's
 */
// biome-ignore lint/suspicious/noExplicitAny: as with torch.load, only who calls knows what is in the file
export function load_state_dict_from_url<Value = any>(...args: signatures.LoadStateDictFromUrlArgs): Value {
  const given = signatures.load_state_dict_from_url.read(args);
  const folder = withoutTilde(given.model_dir ?? join(get_dir(), 'checkpoints'));
  const name = given.file_name ?? basename(new URL(given.url).pathname);
  const file = join(folder, name);
  if (!existsSync(file)) {
    mkdirSync(folder, { recursive: true });
    console.log(`Downloading: "${given.url}" to ${file}`);
    const hash_prefix = given.check_hash ? (hashInName.exec(name)?.[1] ?? null) : null;
    download_url_to_file(given.url, file, { hash_prefix, progress: given.progress });
  }
  return load<Value>(file, { map_location: given.map_location });
}
