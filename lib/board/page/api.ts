/** Questions to the server. */
import type { ByRun, HParamsReply, IndexReply, Kind } from '../replies';

async function ask<Reply>(path: string): Promise<Reply> {
  const response = await fetch(path);
  if (!response.ok) throw new Error(`${response.status}: ${await response.text()}`);
  return (await response.json()) as Reply;
}

export const askIndex = () => ask<IndexReply>('/api/index');
export const askHParams = () => ask<HParamsReply>('/api/hparams');

export const askSamples = <Reply>(kind: Kind, tag: string) =>
  ask<ByRun<Reply>>(`/api/${kind}?tag=${encodeURIComponent(tag)}`);

export function blobUrl(kind: 'images' | 'audio', run: string, tag: string, id: number): string {
  return `/api/blob?${new URLSearchParams({ kind, run, tag, id: String(id) })}`;
}

/** Calls `changed` when the server has something new, and `state` when the connection comes and goes. */
export function watch(changed: () => void, state: (connected: boolean) => void): void {
  const source = new EventSource('/api/changes');
  source.addEventListener('message', changed);
  source.addEventListener('open', () => state(true));
  source.addEventListener('error', () => state(false));
}
