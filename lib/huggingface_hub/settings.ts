/** What the environment says. https://huggingface.co/docs/huggingface_hub/package_reference/environment_variables */
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** A variable that is set and not empty. */
function variable(name: string): string | undefined {
  return process.env[name] || undefined;
}

function isSet(name: string): boolean {
  return /^(1|on|yes|true)$/i.test(process.env[name] ?? '');
}

/** A path with `~` and `$NAME` in it. */
function expanded(path: string): string {
  const named = path.replace(/\$(\w+)|\$\{(\w+)\}/g, (text, plain, braced) => process.env[plain ?? braced] ?? text);
  return /^~(?=\/|$)/.test(named) ? homedir() + named.slice(1) : named;
}

function home(): string {
  const cache = variable('XDG_CACHE_HOME') ?? join(homedir(), '.cache');
  return expanded(variable('HF_HOME') ?? join(cache, 'huggingface'));
}

/** Where repositories are kept. */
export function cacheFolder(): string {
  return expanded(variable('HF_HUB_CACHE') ?? variable('HUGGINGFACE_HUB_CACHE') ?? join(home(), 'hub'));
}

export function endpoint(): string {
  return (variable('HF_ENDPOINT') ?? 'https://huggingface.co').replace(/\/+$/, '');
}

export function isOffline(): boolean {
  return isSet('HF_HUB_OFFLINE') || isSet('TRANSFORMERS_OFFLINE');
}

export function showsProgress(): boolean {
  return !isSet('HF_HUB_DISABLE_PROGRESS_BARS');
}

/** Of HF_TOKEN, else of the file in which `hf auth login` keeps it. */
function storedToken(): string | undefined {
  const given = variable('HF_TOKEN') ?? variable('HUGGING_FACE_HUB_TOKEN');
  if (given !== undefined) return given.trim();
  const file = expanded(variable('HF_TOKEN_PATH') ?? join(home(), 'token'));
  return existsSync(file) ? readFileSync(file, 'utf8').trim() || undefined : undefined;
}

/** A token, whether to send the stored one, or null for the usual: if there is one. */
export type Token = string | boolean | null;

/** @throws Error when one must be sent and there is none */
export function tokenOf(token: Token): string | undefined {
  if (typeof token === 'string') return token;
  if (token === false || (token === null && isSet('HF_HUB_DISABLE_IMPLICIT_TOKEN'))) return undefined;
  const stored = storedToken();
  if (token === true && stored === undefined) {
    throw new Error('token: true needs a token: set HF_TOKEN, or log in with `hf auth login`');
  }
  return stored;
}
