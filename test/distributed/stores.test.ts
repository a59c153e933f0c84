/** Stores: classes of c10d, and where ranks find each other. */
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import torch from 'tsorch';
import * as dist from 'tsorch/distributed';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'stores-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const makers: [string, () => dist.Store][] = [
  ['HashStore', () => new dist.HashStore()],
  ['FileStore', () => new dist.FileStore(join(folder, 'store'), 1)],
  ['TCPStore', () => new dist.TCPStore('127.0.0.1', 0, 1, true, { wait_for_workers: false })],
  ['PrefixStore', () => new dist.PrefixStore('p', new dist.HashStore())],
];

test.each(makers)('%s has values by key', (_, make) => {
  const store = make();
  store.set('text', 'hé');
  store.set('bytes', new Uint8Array([0, 255]));
  expect(store.get('text').toString()).toBe('hé');
  expect([...store.get('bytes')]).toEqual([0, 255]);
  expect([store.add('n', 3), store.add('n', -1)]).toEqual([3, 2]);
  expect([store.check(['text', 'n']), store.check(['text', 'absent'])]).toEqual([true, false]);
  expect(store.compare_set('text', 'hé', 'new').toString()).toBe('new');
  expect(store.compare_set('text', 'other', 'newer').toString()).toBe('new');
  expect(store.delete_key('n')).toBe(true);
  store.wait(['text'], 1);
  store.set_timeout(0.2);
  expect(store.timeout).toBe(0.2);
  expect(() => store.get('absent')).toThrow(torch.TorchError);
  expect(() => store.wait(['absent'], 0.1)).toThrow(torch.TorchError);
});

test('a TCPStore has queues, lists and several values at a time', () => {
  const store = new dist.TCPStore('localhost', 0, { is_master: true, wait_for_workers: false });
  expect([store.host, store.port > 0, store.has_extended_api()]).toEqual(['localhost', true, true]);
  store.multi_set(['a', 'b'], ['1', '2']);
  store.append('a', '0');
  expect(store.multi_get(['a', 'b']).map(String)).toEqual(['10', '2']);
  store.queue_push('q', 'x');
  expect([store.queue_len('q'), String(store.queue_pop('q'))]).toEqual([1, 'x']);
  expect(() => store.queue_pop('q', false)).toThrow(dist.QueueEmptyError);
  expect(store.list_keys()).toEqual(expect.arrayContaining(['a', 'b']));
  const client = new dist.TCPStore({ host_name: 'localhost', port: store.port, wait_for_workers: false });
  client.set('c', 'from a client');
  expect(String(store.get('c'))).toBe('from a client');
  expect(String(store.clone().get('c'))).toBe('from a client');
});

test('a store at loopback listens nowhere else', async () => {
  const store = new dist.TCPStore('127.0.0.1', 0, { is_master: true, wait_for_workers: false });
  const outside = Object.values(networkInterfaces())
    .flat()
    .find((each) => each!.family === 'IPv4' && !each!.internal)?.address;
  const reaches = (host: string) =>
    new Promise<boolean>((resolve) => {
      const socket = connect(store.port, host, () => {
        socket.destroy();
        resolve(true);
      });
      socket.on('error', () => resolve(false));
    });
  expect(await reaches('127.0.0.1')).toBe(true);
  if (outside !== undefined) expect(await reaches(outside)).toBe(false);
});

test('nobody serves: an error in time', () => {
  expect(() => new dist.TCPStore('127.0.0.1', 1, 2, false, { timeout: 0.5 })).toThrow(dist.DistNetworkError);
});

describe('rendezvous', () => {
  const variables = ['RANK', 'WORLD_SIZE', 'MASTER_ADDR', 'MASTER_PORT'];
  afterEach(() => {
    for (const name of variables) delete process.env[name];
  });

  test('says what the environment lacks', () => {
    expect(() => dist.init_process_group('gloo')).toThrow(
      new RangeError(
        'Error initializing torch.distributed using env:// rendezvous: environment variable RANK expected, but not set',
      ),
    );
  });

  test('says what a URL lacks', () => {
    const init = (url: string) => () => dist.init_process_group('gloo', url);
    expect(init('tcp://127.0.0.1')).toThrow('tcp:// rendezvous: port number missing');
    expect(init('tcp://127.0.0.1:1')).toThrow('tcp:// rendezvous: rank parameter missing');
    expect(init('file:///x?rank=0')).toThrow('file:// rendezvous: world size parameter missing');
    expect(init('smoke://signals')).toThrow('No rendezvous handler for smoke://');
  });

  test.each([
    ['a file', () => ({ init_method: `file://${join(folder, 'meet')}`, rank: 0, world_size: 1 })],
    ['a store', () => ({ store: new dist.HashStore(), rank: 0, world_size: 1 })],
  ])('by %s', (_, options) => {
    dist.init_process_group({ backend: 'gloo', ...options() });
    expect([dist.get_rank(), dist.get_world_size(), dist.get_backend()]).toEqual([0, 1, 'gloo']);
    expect(() => dist.init_process_group('gloo')).toThrow('trying to initialize the default process group twice!');
    dist.barrier();
    dist.destroy_process_group();
    expect(dist.is_initialized()).toBe(false);
    expect(() => dist.get_rank()).toThrow('Default process group has not been initialized');
  });

  test('by a handler of one’s own', () => {
    dist.register_rendezvous_handler('memory', (url) => ({
      store: new dist.HashStore(),
      rank: Number(url.searchParams.get('rank')),
      world_size: 1,
    }));
    dist.init_process_group('gloo', 'memory://here?rank=0');
    expect(dist.get_rank()).toBe(0);
    dist.destroy_process_group();
  });
});

test('other backends are refused', () => {
  expect(() => dist.init_process_group('nccl')).toThrow("Distributed package doesn't have NCCL built in");
  expect(() => dist.init_process_group('pigeon')).toThrow(RangeError);
  expect([dist.is_available(), dist.is_gloo_available(), dist.is_nccl_available()]).toEqual([true, true, false]);
});
