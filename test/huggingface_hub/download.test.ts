/** Repositories of the Hugging Face Hub, from a server of this machine. */
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join, relative } from 'node:path';
import {
  EntryNotFoundError,
  GatedRepoError,
  HfHubHTTPError,
  hf_hub_download,
  LocalEntryNotFoundError,
  RepositoryNotFoundError,
  RevisionNotFoundError,
  snapshot_download,
  try_to_load_from_cache,
} from 'tsorch/huggingface_hub';
import { branches, commit, type FakeRepo, gitName, sha256, withHub } from '../setup/fake_hub';
import { temporaryFolder } from '../setup/fakes';

const weights = Buffer.from(Array.from({ length: 10_000 }, (_, i) => i % 251));
const config = Buffer.from('{"model_type": "gpt2"}');
const repo: FakeRepo = {
  name: 'someone/model',
  files: { 'config.json': config, 'model.safetensors': weights, 'onnx/a b.json': Buffer.from('{}') },
  large: ['model.safetensors'],
};

let cache: string;
const before = { ...process.env };
beforeEach(() => {
  cache = temporaryFolder();
  for (const name of Object.keys(process.env)) if (/^(HF|HUGG)/.test(name)) delete process.env[name];
  process.env.HF_HOME = cache;
});
afterEach(() => {
  for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
  Object.assign(process.env, before);
});

/** With the server as HF_ENDPOINT. */
const hub = (changes: Partial<FakeRepo>, use: () => void) =>
  withHub({ ...repo, ...changes }, (url) => {
    process.env.HF_ENDPOINT = `${url}/`;
    use();
  });

const home = () => join(cache, 'hub', 'models--someone--model');

function listed(folder: string): string[] {
  const names = readdirSync(folder, { recursive: true, withFileTypes: true });
  return names.filter((each) => !each.isDirectory()).map((each) => relative(folder, join(each.parentPath, each.name)));
}

test('a file is downloaded once, and lies where Python puts it', async () => {
  const log = await hub({}, () => {
    const file = hf_hub_download('someone/model', 'model.safetensors');
    expect(file).toBe(join(home(), 'snapshots', commit, 'model.safetensors'));
    expect(readFileSync(file)).toEqual(weights);
    expect(readlinkSync(file)).toBe(join('..', '..', 'blobs', sha256(weights)));
    expect(readFileSync(join(home(), 'refs', 'main'), 'utf8')).toBe(commit);
    expect(hf_hub_download({ repo_id: 'someone/model', filename: 'model.safetensors' })).toBe(file);
    expect(try_to_load_from_cache('someone/model', 'model.safetensors')).toBe(file);
    expect(try_to_load_from_cache('someone/model', 'config.json')).toBe(null);
  });
  expect(log).toEqual([
    'GET /api/models/someone/model/revision/main',
    `POST /api/models/someone/model/paths-info/${commit}`,
    `GET /someone/model/resolve/${commit}/model.safetensors`,
    'GET /cdn/model.safetensors',
    'GET /api/models/someone/model/revision/main',
  ]);
});

test('a commit is not asked for twice', async () => {
  const log = await hub({}, () => {
    const file = hf_hub_download('someone/model', 'a b.json', { subfolder: 'onnx', revision: commit });
    expect(hf_hub_download('someone/model', 'onnx/a b.json', { revision: commit })).toBe(file);
    expect(readlinkSync(file)).toBe(join('..', '..', '..', 'blobs', gitName(Buffer.from('{}'))));
    expect(existsSync(join(home(), 'refs'))).toBe(false);
  });
  expect(log).toHaveLength(2);
});

test('a whole repository, and parts of one', async () => {
  const log = await hub({}, () => {
    const some = snapshot_download('someone/model', { allow_patterns: ['*.json'], ignore_patterns: 'onnx/' });
    expect(listed(some)).toEqual(['config.json']);
    const folder = snapshot_download({ repo_id: 'someone/model', revision: 'refs/pr/1' });
    expect(listed(folder).sort()).toEqual(['config.json', 'model.safetensors', join('onnx', 'a b.json')]);
    expect(folder).toBe(join(home(), 'snapshots', branches['refs/pr/1']!));
    expect(readFileSync(join(home(), 'refs', 'refs', 'pr', '1'), 'utf8')).toBe(branches['refs/pr/1']);
    expect(listed(join(home(), 'blobs'))).toHaveLength(3);
  });
  expect(log.filter((line) => line.endsWith('config.json'))).toHaveLength(1);
});

test('the cache is where the environment says', async () => {
  await hub({}, () => {
    process.env.HF_HUB_CACHE = join(cache, 'other');
    expect(hf_hub_download('someone/model', 'config.json')).toMatch(join(cache, 'other', 'models--someone--model'));
    const given = { cache_dir: join(cache, 'third'), repo_type: 'dataset' as const };
    expect(hf_hub_download('someone/model', 'config.json', given)).toMatch(join('third', 'datasets--someone--model'));
  });
});

test('without the Hub, what is in the cache is given', async () => {
  await hub({}, () => void snapshot_download('someone/model'));
  const folder = join(home(), 'snapshots', commit);
  const use = () => {
    expect(hf_hub_download('someone/model', 'config.json')).toBe(join(folder, 'config.json'));
    expect(snapshot_download('someone/model')).toBe(folder);
    expect(() => hf_hub_download('someone/model', 'other.json')).toThrow(LocalEntryNotFoundError);
    expect(() => snapshot_download('someone/model', { revision: 'v1' })).toThrow(LocalEntryNotFoundError);
  };
  process.env.HF_ENDPOINT = 'http://127.0.0.1:1'; // there is no server
  use();
  expect(() => hf_hub_download('someone/model', 'other.json')).toThrow('cannot reach http://127.0.0.1:1: fetch failed');
  expect(await hub({ status: 503 }, use)).toHaveLength(4);
  process.env.HF_HUB_OFFLINE = '1';
  expect(await hub({}, use)).toEqual([]);
  expect(() => hf_hub_download('someone/model', 'other.json')).toThrow('HF_HUB_OFFLINE is set');
  delete process.env.HF_HUB_OFFLINE;
  const local = { local_files_only: true };
  expect(await hub({}, () => void snapshot_download('someone/model', local))).toEqual([]);
});

test('the token goes to the Hub, and nowhere else', async () => {
  const use = () => void hf_hub_download('someone/model', 'model.safetensors', { force_download: true });
  const tokens = (log: string[]) => log.map((line) => / as (.*)/.exec(line)?.[1]);
  const gated = { access: 'gated', token: 'secret' } as const;
  process.env.HF_TOKEN = 'secret';
  expect(tokens(await hub(gated, use))).toEqual(['secret', 'secret', 'secret', undefined]);
  delete process.env.HF_TOKEN;
  writeFileSync(join(cache, 'token'), 'secret\n');
  expect(tokens(await hub(gated, use))).toEqual(['secret', 'secret', 'secret', undefined]);
  process.env.HF_HUB_DISABLE_IMPLICIT_TOKEN = '1';
  expect(tokens(await hub({}, use))).toEqual([undefined, undefined, undefined, undefined]);
  const given = () => void hf_hub_download('someone/model', 'config.json', { token: 'given', force_download: true });
  expect(tokens(await hub({}, given))).toEqual(['given', 'given', 'given']);
});

test('what the Hub refuses', async () => {
  const file = (options = {}) => hf_hub_download('someone/model', 'model.safetensors', options);
  await hub({ access: 'gated', token: 'secret' }, () => {
    expect(() => file()).toThrow(GatedRepoError);
    expect(() => file()).toThrow('access to someone/model is restricted: ask for it on its page, and log in');
    expect(() => file({ token: true })).toThrow('token: true needs a token');
  });
  await hub({ access: 'private', token: 'secret' }, () => {
    expect(() => file({ token: 'wrong' })).toThrow(RepositoryNotFoundError);
    expect(() => file()).toThrow('there is no repository someone/model, or it is private');
  });
  await hub({}, () => {
    expect(() => hf_hub_download('someone/other', 'config.json')).toThrow(RepositoryNotFoundError);
    expect(() => file({ revision: 'v9' })).toThrow(RevisionNotFoundError);
    expect(() => hf_hub_download('someone/model', 'nothing.bin')).toThrow(EntryNotFoundError);
    expect(() => hf_hub_download('someone/model', 'nothing.bin')).toThrow(
      `someone/model has no file nothing.bin at main (commit ${commit})`,
    );
  });
  await hub({ status: 429 }, () => {
    try {
      file();
    } catch (error) {
      expect(error).toBeInstanceOf(HfHubHTTPError);
      expect(error).toMatchObject({ status: 429, url: expect.stringContaining('/api/models/someone/model') });
    }
  });
  expect.assertions(11);
});

test('a download that breaks off is gone on with', async () => {
  const log = await hub({ broken: ['model.safetensors'] }, () => {
    expect(readFileSync(hf_hub_download('someone/model', 'model.safetensors'))).toEqual(weights);
  });
  expect(log.at(-1)).toBe('GET /cdn/model.safetensors bytes=5000-');
});

test('what a process left that runs no more is gone on with', async () => {
  mkdirSync(join(home(), 'blobs'), { recursive: true });
  writeFileSync(join(home(), 'blobs', `${sha256(weights)}.999999999-7.part`), weights.subarray(0, 100));
  const log = await hub({}, () => void hf_hub_download('someone/model', 'model.safetensors'));
  expect(log.at(-1)).toBe('GET /cdn/model.safetensors bytes=100-');
  expect(listed(join(home(), 'blobs'))).toEqual([sha256(weights)]);
});

test.each(['model.safetensors', 'config.json'])('other bytes than the Hub says leave nothing: %s', async (name) => {
  await hub({ altered: [name] }, () => {
    expect(() => hf_hub_download('someone/model', name)).toThrow('invalid hash value (expected');
  });
  expect(listed(home())).toEqual([join('refs', 'main')]);
});

test('names that lead elsewhere are refused', async () => {
  const bad = { '../../../x': config };
  await hub({ files: bad }, () => {
    expect(() => snapshot_download('someone/model')).toThrow("invalid path '../../../x'");
    expect(() => hf_hub_download('someone/model', '/etc/passwd')).toThrow("invalid path '/etc/passwd'");
    expect(() => hf_hub_download('someone/model', 'a', { revision: '../../..' })).toThrow('invalid path');
  });
  for (const name of ['', 'a/b/c', '..', 'a--b', '-a/b', 'a/b.git']) {
    expect(() => snapshot_download(name)).toThrow(`invalid repo id '${name}'`);
  }
  // @ts-expect-error there is no such kind
  expect(() => snapshot_download('a/b', { repo_type: 'bucket' })).toThrow("invalid repo type 'bucket'");
});

test('a link to nothing is replaced', async () => {
  const folder = join(home(), 'snapshots', commit);
  mkdirSync(folder, { recursive: true });
  symlinkSync('../../blobs/gone', join(folder, 'config.json'));
  await hub({}, () => expect(readFileSync(hf_hub_download('someone/model', 'config.json'))).toEqual(config));
  expect(lstatSync(join(folder, 'config.json')).isSymbolicLink()).toBe(true);
});
