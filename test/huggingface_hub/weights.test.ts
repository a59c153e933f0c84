/** Weights of a folder in the Hub's style. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import torch, { nn } from 'tsorch';
import { load_state_dict_from_file, load_torch_model } from 'tsorch/huggingface_hub';
import { save_file, save_torch_state_dict } from 'tsorch/safetensors';
import { temporaryFolder } from '../setup/fakes';

const model = () => new nn.Sequential(new nn.Linear(4, 3), new nn.ReLU(), new nn.Linear(3, 2));
const made = model();
const state = made.state_dict();
const names = Object.keys(state);

/** A folder with the weights in pickles, as `save_pretrained` wrote them before safetensors. */
function pickled(shards: number): string {
  const folder = temporaryFolder();
  if (shards === 1) torch.save(state, join(folder, 'pytorch_model.bin'));
  const weight_map: Record<string, string> = {};
  for (let i = 0; shards > 1 && i < shards; i++) {
    const file = `pytorch_model-0000${i + 1}-of-0000${shards}.bin`;
    const part = names.filter((_, at) => at % shards === i);
    torch.save(Object.fromEntries(part.map((name) => [name, state[name]])), join(folder, file));
    for (const name of part) weight_map[name] = file;
  }
  const index = join(folder, 'pytorch_model.bin.index.json');
  if (shards > 1) writeFileSync(index, JSON.stringify({ metadata: { total_size: 1 }, weight_map }));
  return folder;
}

function saved(max_shard_size: number): string {
  const folder = temporaryFolder();
  save_torch_state_dict(state, folder, { max_shard_size });
  return folder;
}

const loaded = (folder: string, options = {}) => {
  const fresh = model();
  const keys = load_torch_model(fresh, folder, { strict: true, ...options });
  expect([keys.missing_keys, keys.unexpected_keys]).toEqual([[], []]);
  torch.testing.assert_close(fresh.state_dict(), state, { rtol: 0, atol: 0 });
};

test.each([
  ['one file', 1e6],
  ['several files', 40],
])('safetensors in %s', (_, size) => loaded(saved(size)));

test.each([1, 2, 3])('pickles in %d', (shards) => {
  loaded(pickled(shards), { safe: false });
  loaded(pickled(shards), { safe: false, mmap: true });
  expect(() => load_torch_model(model(), pickled(shards))).toThrow('safetensors');
});

test('safetensors come before pickles', () => {
  const folder = pickled(2);
  save_file(Object.fromEntries(names.map((name) => [name, state[name]!])), join(folder, 'model.safetensors'));
  loaded(folder);
});

test('one file, by its name', () => {
  const folder = saved(1e6);
  torch.testing.assert_close(load_state_dict_from_file(join(folder, 'model.safetensors')), state);
  const file = join(pickled(1), 'pytorch_model.bin');
  torch.testing.assert_close(load_state_dict_from_file(file, 'cpu', { safe: false }), state);
  expect(load_state_dict_from_file(file, 'meta', { safe: false })[names[0]!]?.is_meta).toBe(true);
  expect(() => load_state_dict_from_file(file)).toThrow('{ safe: false } reads pickles too');
});

test('names that do not fit', () => {
  const other = new nn.Sequential(new nn.Linear(4, 3), new nn.ReLU(), new nn.Linear(3, 2, { bias: false }));
  const folder = saved(40);
  expect(load_torch_model(other, folder).unexpected_keys).toEqual(['2.bias']);
  const text = 'Error(s) in loading state_dict for Sequential:\n\tUnexpected key(s) in state_dict: "2.bias"';
  expect(() => load_torch_model(other, folder, { strict: true })).toThrow(text);
  expect(() => load_torch_model(other, saved(1e6), { strict: true })).toThrow(text);
  const more = new nn.Sequential(...made.children(), new nn.Linear(2, 1));
  expect(load_torch_model(more, folder).missing_keys).toEqual(['3.weight', '3.bias']);
});

test('folders without weights, and indices that lead elsewhere', () => {
  const folder = temporaryFolder();
  expect(() => load_torch_model(model(), folder)).toThrow('nor one safetensors file alone');
  expect(() => load_torch_model(model(), join(folder, 'none'))).toThrow('does not exist');
  const index = join(folder, 'model.safetensors.index.json');
  for (const [file, message] of [
    ['../x.safetensors', 'which is no file of its folder'],
    ['x.bin', 'x.bin is of another format'],
  ] as const) {
    writeFileSync(index, JSON.stringify({ weight_map: { a: file } }));
    expect(() => load_torch_model(model(), folder)).toThrow(message);
  }
  const options = { filename_pattern: 'pytorch_model{suffix}.bin' };
  expect(() => load_torch_model(model(), folder, options)).toThrow('{ safe: false } reads others too');
});
