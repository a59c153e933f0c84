/** Where the processes of a group find each other: the store that a URL names. */
import { TorchError } from '../base/errors';
import { FileStore, type Store, TCPStore } from './store';

export interface Rendezvous {
  store: Store;
  rank: number;
  world_size: number;
}

/** Finds the store; `rank` and `world_size` of the URL are in its query. */
export type RendezvousHandler = (url: URL, timeout: number) => Rendezvous;

const handlers = new Map<string, RendezvousHandler>();

/** @throws RangeError for what is missing or no number */
function integerOf(text: string, what: string): number {
  if (!/^[+-]?\d+$/.test(text.trim())) throw new RangeError(`${what} must be an integer, but is '${text}'`);
  return Number(text);
}

const rendezvousError = (message: string) => new RangeError(`Error initializing torch.distributed using ${message}`);

function variable(name: string): string {
  const value = process.env[name];
  if (!value) {
    throw rendezvousError(`env:// rendezvous: environment variable ${name} expected, but not set`);
  }
  return value;
}

/** What the query says, or else the environment. */
function fromQueryOr(url: URL, name: string, variableName: string): number {
  const given = url.searchParams.get(name);
  return given === null ? integerOf(variable(variableName), variableName) : integerOf(given, name);
}

function fromQuery(url: URL, name: string, scheme: string): number {
  const given = url.searchParams.get(name);
  if (given === null) throw rendezvousError(`${scheme}:// rendezvous: ${name.replace('_', ' ')} parameter missing`);
  return integerOf(given, name);
}

/** Rank 0 serves, unless the launcher does. */
function tcpStore(host: string, port: number, rank: number, world_size: number, timeout: number): Store {
  if (!(port >= 0 && port < 2 ** 16)) throw new RangeError(`port must have value from 0 to 65535 but was ${port}.`);
  const launcherServes = process.env.TORCHELASTIC_USE_AGENT_STORE === 'True';
  return new TCPStore(host, port, world_size, !launcherServes && rank === 0, {
    timeout,
    multi_tenant: !launcherServes,
  });
}

handlers.set('env', (url, timeout) => {
  const rank = fromQueryOr(url, 'rank', 'RANK');
  const world_size = fromQueryOr(url, 'world_size', 'WORLD_SIZE');
  const host = variable('MASTER_ADDR');
  const port = integerOf(variable('MASTER_PORT'), 'MASTER_PORT');
  return { store: tcpStore(host, port, rank, world_size, timeout), rank, world_size };
});

handlers.set('tcp', (url, timeout) => {
  if (url.port === '') throw rendezvousError('tcp:// rendezvous: port number missing');
  const rank = fromQuery(url, 'rank', 'tcp');
  const world_size = fromQuery(url, 'world_size', 'tcp');
  const host = url.hostname.replace(/^\[|\]$/g, '');
  return { store: tcpStore(host, Number(url.port), rank, world_size, timeout), rank, world_size };
});

handlers.set('file', (url) => {
  const path = decodeURIComponent(url.pathname);
  if (path === '') throw rendezvousError('file:// rendezvous: path missing');
  const rank = fromQuery(url, 'rank', 'file');
  const world_size = fromQuery(url, 'world_size', 'file');
  return { store: new FileStore(path, world_size), rank, world_size };
});

/**
 * Another way for processes to find each other: `handler` gets the URLs of this scheme.
 * @throws TorchError when it has one
 */
export function register_rendezvous_handler(scheme: string, handler: RendezvousHandler): void {
  if (handlers.has(scheme)) throw new TorchError(`Rendezvous handler for ${scheme}:// already registered`);
  handlers.set(scheme, handler);
}

/**
 * The store that a URL names: `env://`, `tcp://host:port` and `file://path`; a rank and a world size that are not
 * negative go into its query. The timeout is in seconds.
 * https://docs.pytorch.org/docs/2.13/distributed.html#initialization
 * @throws RangeError for what the URL or the environment lacks
 */
export function rendezvous(url: string, rank = -1, world_size = -1, { timeout = 300 } = {}): Rendezvous {
  const parsed = new URL(url);
  if (rank !== -1) parsed.searchParams.set('rank', String(rank));
  if (world_size !== -1) parsed.searchParams.set('world_size', String(world_size));
  const scheme = parsed.protocol.slice(0, -1);
  const handler = handlers.get(scheme);
  if (handler === undefined) throw new TorchError(`No rendezvous handler for ${scheme}://`);
  return handler(parsed, timeout);
}
