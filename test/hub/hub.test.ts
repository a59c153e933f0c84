/** torch.hub, from a server of this machine. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import torch, { type Tensor } from 'tsorch';
import { temporaryFolder } from '../setup/fakes';
import { withServer } from '../setup/file_server';

const weights = { weight: torch.arange(6).view(2, 3), bias: torch.ones(2) };

const saved = (): Buffer => {
  const file = join(temporaryFolder(), 'weights.pt');
  torch.save(weights, file);
  return readFileSync(file);
};
const bytes = saved();
const digest = createHash('sha256').update(bytes).digest('hex');
const named = `net-${digest.slice(0, 8)}.pth`;

let printed: unknown[];
beforeEach(() => {
  printed = [];
  jest.spyOn(console, 'log').mockImplementation((line) => void printed.push(line));
});
afterEach(() => jest.restoreAllMocks());

test('weights are downloaded once', async () => {
  const folder = temporaryFolder();
  const log = await withServer({ [named]: bytes }, (url) => {
    for (let i = 0; i < 2; i++) {
      const state = torch.hub.load_state_dict_from_url<Record<string, Tensor>>(`${url}/${named}?x=1`, {
        model_dir: folder,
        check_hash: true,
      });
      torch.testing.assert_close(state, weights);
    }
    expect(printed).toEqual([`Downloading: "${url}/${named}?x=1" to ${join(folder, named)}`]);
  });
  expect(log).toEqual([`/${named}?x=1`]);
});

test('every argument has a name, and the file may have another', async () => {
  await withServer({ a: bytes }, (url) => {
    const model_dir = temporaryFolder();
    const map_location = torch.device('meta');
    const state = torch.hub.load_state_dict_from_url({ url: `${url}/a`, model_dir, file_name: 'b', map_location });
    expect(state.bias.is_meta).toBe(true);
    expect(existsSync(join(model_dir, 'b'))).toBe(true);
  });
});

test('another checksum leaves nothing', async () => {
  const file = join(temporaryFolder(), 'file');
  await withServer({ a: bytes }, (url) => {
    const message = `invalid hash value (expected "abcd", got "${digest}")`;
    expect(() => torch.hub.download_url_to_file(`${url}/a`, file, 'abcd')).toThrow(message);
    expect(existsSync(file)).toBe(false);
    expect(existsSync(`${file}.part`)).toBe(false);
    torch.hub.download_url_to_file(`${url}/a`, file, { hash_prefix: digest.slice(0, 6) });
    expect(readFileSync(file)).toEqual(bytes);
  });
});

test('a download that broke off goes on', async () => {
  const file = join(temporaryFolder(), 'file');
  const log = await withServer({ a: bytes }, (url) => {
    expect(() => torch.hub.download_url_to_file(`${url}/cut/a`, file)).toThrow(`cannot download ${url}/cut/a`);
    expect(existsSync(file)).toBe(false);
    torch.hub.download_url_to_file({ url: `${url}/a`, dst: file, hash_prefix: digest });
  });
  expect(log).toEqual(['/cut/a', '/a from 100']);
  expect(readFileSync(file)).toEqual(bytes);
});

test('what was left of another file is not gone on with', async () => {
  const file = join(temporaryFolder(), 'file');
  writeFileSync(`${file}.part`, 'something else');
  await withServer({ a: bytes }, (url) => torch.hub.download_url_to_file(`${url}/a`, file, digest));
  expect(readFileSync(file)).toEqual(bytes);
});

test('without a checksum a download begins anew: nothing would tell whether what was left is of the same file', async () => {
  const file = join(temporaryFolder(), 'file');
  writeFileSync(`${file}.part`, 'something else');
  const log = await withServer({ a: bytes }, (url) => torch.hub.download_url_to_file(`${url}/a`, file));
  expect(log).toEqual(['/a']);
  expect(readFileSync(file)).toEqual(bytes);
});

test('an address with nothing', async () => {
  const file = join(temporaryFolder(), 'file');
  await withServer({}, (url) => {
    expect(() => torch.hub.download_url_to_file(`${url}/a`, file)).toThrow(`cannot download ${url}/a: 404`);
  });
  expect(() => torch.hub.download_url_to_file('http://127.0.0.1:1/a', file)).toThrow('/a: fetch failed');
  expect(() => torch.hub.download_url_to_file('no address', file)).toThrow('cannot download no address');
});

test('the folder', () => {
  const { TORCH_HOME, XDG_CACHE_HOME } = process.env;
  try {
    delete process.env.TORCH_HOME;
    delete process.env.XDG_CACHE_HOME;
    expect(torch.hub.get_dir()).toBe(join(homedir(), '.cache', 'torch', 'hub'));
    process.env.XDG_CACHE_HOME = '/cache';
    expect(torch.hub.get_dir()).toBe('/cache/torch/hub');
    process.env.TORCH_HOME = '~/here';
    expect(torch.hub.get_dir()).toBe(join(homedir(), 'here', 'hub'));
    torch.hub.set_dir({ d: '/chosen' });
    expect(torch.hub.get_dir()).toBe('/chosen');
  } finally {
    Object.assign(process.env, { ...(TORCH_HOME && { TORCH_HOME }), ...(XDG_CACHE_HOME && { XDG_CACHE_HOME }) });
    if (TORCH_HOME === undefined) delete process.env.TORCH_HOME;
    if (XDG_CACHE_HOME === undefined) delete process.env.XDG_CACHE_HOME;
  }
});

test('repositories of Python code are left out', () => {
  expect(() => Reflect.get(torch.hub, 'load')).toThrow('torch.hub.load is left out');
});
